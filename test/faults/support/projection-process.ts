// A process that projects read models as the server does and prints each rebuild when it is durable.
import { writeSync } from 'node:fs';
import { ReadModels } from '../../../src/read-models/read-models.js';
import { TestLedger } from '../../read-models/support/test-ledger.js';
import { SHELVES_MODULE_URL } from '../../read-models/support/shelves-module-urls.js';
import { createShelfEvent } from './shelf-events.js';

/** From now on every crash leaves a file of this read model that is at this entry or later. */
export type OutputLine = { readonly rebuilt: string; readonly entry: number };

const [, , directory = ''] = process.argv;
const ledger = new TestLedger();
try {
  const start = async () => {
    const models = await ReadModels.start({
      directory,
      ledgerFile: ledger.file,
      declarations: SHELVES_MODULE_URL,
      warn: (sentence) => void writeSync(2, `${sentence}\n`),
    });
    await rebuildAll(models);
    return models;
  };
  /** Waits for rebuilds, also for those that are running already. */
  const rebuildAll = async (models: ReadModels) => {
    for (const { name } of models.statuses()) {
      await models.rebuild(name).finished;
      writeSync(1, `${JSON.stringify({ rebuilt: name, entry: ledger.head } satisfies OutputLine)}\n`);
    }
  };
  const follow = async (models: ReadModels, until: number) => {
    while (ledger.head < until) {
      for (let n = 0; n < 3; n++) ledger.record(...createShelfEvent(ledger.head + 1));
      models.notify(ledger.head);
      await models.waitForEntry(ledger.head, { timeoutMs: 60_000 });
    }
  };
  for (let n = 0; n < 6; n++) ledger.record(...createShelfEvent(ledger.head + 1));
  let models = await start();
  await follow(models, 18);
  await models.close();
  models = await start();
  await follow(models, 24);
} finally {
  ledger.remove();
  process.kill(process.pid, 'SIGKILL');
}
