import { randomUUID } from 'node:crypto';
import { readFileSync, existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Book } from '../../node/open-node.js';
import { Configuration } from '../../node/configuration.js';
import { may } from '../../api/shared/access.guard.js';
import { importLines, isExport, LINE_MAX, type Result } from '../../commands/bulk-import.js';
import { KeyFile } from '../../auth/sqlite-key-store.js';
import type { Key } from '../../auth/key-store.js';
import { Keys } from '../../auth/api-keys.js';
import { linesOf } from '../../json/ndjson-lines.js';
import type { DataDirectory } from '../../ledger/data-directory.js';
import type { ImportReport } from './import-report.js';
import { Refused } from '../_shared/errors.js';

/**
 * Takes lines into the book of a stopped server, or into a new one. What stands in it at the end is durable; its read
 * models are brought up to date by the next start. Rejects with Refused, or with what Book.open rejects with.
 */
export async function importInto(
  path: string,
  key: string | undefined,
  source: Readable,
  report: ImportReport,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, dataDirectory, checkpointKeyFile, checkpointName } = new Configuration({
    ...process.env,
    DATA_DIR: path,
  });
  if (cluster)
    throw new Refused(
      'LEDGER names a cluster, whose nodes take lines only while they run: name one of them with --url.',
    );
  const book = await Book.open({
    dataDirectory,
    checkpointKeyFile,
    checkpointName,
    onLost: (sentence) => {
      console.error(sentence);
      process.exit(1);
    },
    warn: (sentence) => console.error(sentence),
  });
  signal.addEventListener('abort', () => source.destroy());
  try {
    const lines = linesOf(source, LINE_MAX);
    const first = await lines.next();
    report.begin(first.value?.bytes.toString() ?? '');
    const { name, role } = isExport(first) ? OWNER : await speakerOf(book.directory, key);
    await importLines(first, lines, {
      book,
      sender: { actor: name, correlationId: randomUUID() },
      role,
      stopsAtFailure: report.stopsAtFailure,
      write: (result: Result) => {
        if (!signal.aborted) report.hear(result);
        return Promise.resolve();
      },
      isOver: () => signal.aborted,
    });
  } finally {
    source.destroy();
    await book.close();
  }
}

/** Whoever has the files may fill an empty book: the entries name who recorded them. */
const OWNER = { name: '', role: 'admin' } as const;

/** Whose name stands in the facts: that of the key, or of the directory's admin key. Throws Refused. */
async function speakerOf(
  { keys: file, adminKey }: DataDirectory,
  key = process.env['MINUTEBOOK_KEY'],
): Promise<Key> {
  const keys = new Keys(new KeyFile(file));
  try {
    if (await keys.ensureAdmin(adminKey)) console.error(`Made the first admin key; it is in ${adminKey}.`);
    const secret = key || (existsSync(adminKey) ? readFileSync(adminKey, 'utf8').trim() : undefined);
    const found = secret === undefined ? undefined : keys.find(secret);
    if (!found)
      throw new Refused(
        secret === undefined
          ? `Facts name who recorded them, and ${adminKey} is gone: name a key with --key.`
          : 'The key is not known to this book, or was revoked.',
      );
    if (!may(found.role, 'record'))
      throw new Refused(`The role of this key is "${found.role}", which may not record.`);
    return found;
  } finally {
    await keys.close();
  }
}
