// A process that folds read models as the server does and says what is on the disk: each rebuild that is over.
import { writeSync } from 'node:fs';
import { ReadModels } from '../../../src/read-models/read-models.js';
import { TestLedger } from '../../read-models/support/test-ledger.js';
import { SHELVES_URL } from '../../read-models/support/shelves-urls.js';
import { createShelfEvent } from './shelf-events.js';

/** The file of that entry or a later one, of this read model, is there whatever happens. */
export type OutputLine = { readonly rebuilt: string; readonly entry: number };

const [, , directory = ''] = process.argv;
const book = new TestLedger();
try {
  const start = async () => {
    const models = await ReadModels.start({
      directory,
      ledgerFile: book.file,
      declarations: SHELVES_URL,
      warn: (sentence) => void writeSync(2, `${sentence}\n`),
    });
    await rebuilt(models);
    return models;
  };
  /** What is being built already is waited for. */
  const rebuilt = async (models: ReadModels) => {
    for (const { name } of models.statuses()) {
      await models.rebuild(name).finished;
      writeSync(1, `${JSON.stringify({ rebuilt: name, entry: book.head } satisfies OutputLine)}\n`);
    }
  };
  const follow = async (models: ReadModels, until: number) => {
    while (book.head < until) {
      for (let n = 0; n < 3; n++) book.record(...createShelfEvent(book.head + 1));
      models.notify(book.head);
      await models.waitForEntry(book.head, { timeoutMs: 60_000 });
    }
  };
  for (let n = 0; n < 6; n++) book.record(...createShelfEvent(book.head + 1));
  let models = await start();
  await follow(models, 18);
  await models.close();
  models = await start();
  await follow(models, 24);
} finally {
  book.remove();
  process.kill(process.pid, 'SIGKILL');
}
