// Every command with every field at its maximum length, filled with text that is costly to handle, recorded by a server and
// projected: what deciding and projecting do grows with the size of the command only. Work is counted, not timed.
import { upcasters } from '../../src/domain/upcasters.js';
import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { publishedReadModels, readModels } from '../../projections/index.js';
import type { RegisteredCommand } from '../../src/commands/command-validation.js';
import type { JsonObject } from '../../src/json/json.js';
import { createEntryUpcaster } from '../../src/ledger/entry-upcasting.js';
import { createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { Projector } from '../../src/read-models/projecting/projector.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { fetchPaths } from '../projections/support/read-all-routes.js';
import { validator } from '../support/command-validator.js';
import { recordExampleBook } from '../support/example-book.js';
import { ADVERSARIAL_UNITS, countNormalized, fillFields } from '../support/large-commands.js';
import {
  cleanUp,
  createTemporaryDirectory,
  startTestServer,
  type TestServer,
} from '../support/test-server.js';

afterAll(cleanUp);

const MEETING = 'csto-cfm-2011-05-31';

/** The fields that name what an earlier command has named, and lists that no body can have at full length. */
const KEPT_FIELDS: { readonly [command: string]: readonly string[] } = {
  'leave-office': ['office'],
  'deposit-instrument': ['declarations'],
  'record-decision': ['conditions'],
};

/** The examples of the commands, which are legal in this order after the example book. */
const examples = [...validator.commands.values()];

/** The data of an example, its texts, lists and maps as large as they may be. */
function createData({ name, request, example }: RegisteredCommand, unit: string): JsonObject {
  const kept = Object.fromEntries((KEPT_FIELDS[name] ?? []).map((field) => [field, example[field] ?? null]));
  const filled = { ...fillFields(request, example, unit), ...kept };
  if (name !== 'correct-fact') return filled;
  const { request: corrected } = validator.commands.get('assume-office')!;
  const given = example['with'] as JsonObject;
  // Who leaves the office names it, too.
  const replacement = { ...fillFields(corrected, given, `${unit}b`), office: given['office'] ?? null };
  return { ...filled, note: 'short', reason: 'short', with: replacement };
}

const ENTRY_METHODS = [
  'readAfter',
  'findByRequestKey',
  'readStream',
  'readStreamByTypes',
  'findAmendments',
] as const;

/** Counts the entries that are read from now on. */
function countReadEntries(ledger: TestServer['server']['node']['ledger']): { entries: number } {
  const count = { entries: 0 };
  for (const name of ENTRY_METHODS) {
    const read = ledger[name].bind(ledger) as (...args: readonly unknown[]) => readonly unknown[];
    Object.assign(ledger, {
      [name]: (...args: readonly unknown[]) => {
        const found = read(...args);
        count.entries += found.length;
        return found;
      },
    });
  }
  return count;
}

/** Counts of what is done. */
type Work = { readonly [what: string]: number };
type RecordedCommand = {
  readonly command: string;
  readonly stream: string;
  /** Of the request's body. */
  readonly bytes: number;
  readonly deciding: Work;
};

const findExceeded = (work: Work, limits: Work): Work =>
  Object.fromEntries(Object.entries(work).filter(([what, count]) => !(count <= (limits[what] ?? 0))));

/** Records the largest commands. What the server did for each command, and how large its answer was. */
async function recordExamples(book: TestServer, unit: string): Promise<readonly RecordedCommand[]> {
  const read = countReadEntries(book.server.node.ledger);
  const found: RecordedCommand[] = [];
  for (const command of examples) {
    const body = JSON.stringify(createData(command, unit));
    read.entries = 0;
    const stopCounting = countNormalized();
    const { status, text } = await book.send(`/commands/${command.name}`, body);
    const normalized = stopCounting();
    if (status !== 201) throw new Error(`${command.name}: ${status} ${text.slice(0, 1_000)}`);
    const deciding = { answer: Buffer.byteLength(text), normalized, entries: read.entries };
    const { stream } = JSON.parse(text) as { readonly stream: string };
    found.push({ command: command.name, stream, bytes: Buffer.byteLength(body), deciding });
  }
  return found;
}

/** Projects the book entry by entry into all read models. What that read, normalized and wrote for each. */
function projectBook({ server: { node } }: TestServer): readonly Work[] {
  const directory = createTemporaryDirectory();
  const files = readModels.map((model) =>
    ReadModelWriter.create(createNextGeneration(directory, model.name, model.version), model),
  );
  const databases = files.map(({ generation }) => new Database(generation.file, { readonly: true }));
  const read = countReadEntries(node.ledger);
  const projector = new Projector(node.ledger, createEntryUpcaster(upcasters));
  const costs: Work[] = [];
  for (let entry = 1; entry <= node.ledger.getHead().entry; entry++) {
    read.entries = 0;
    const stopCounting = countNormalized();
    while (projector.projectBatch(files, entry).length > 0) continue;
    const normalized = stopCounting();
    const rows = files.flatMap(({ model }, n) =>
      Object.keys(model.tables).flatMap((table) =>
        (databases[n] as Database.Database)
          .prepare(`SELECT * FROM "${table}" WHERE from_entry = @entry OR to_entry = @entry`)
          .all({ entry }),
      ),
    );
    const bytes = rows.reduce<number>((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)), 0);
    costs.push({ rows: rows.length, bytes, normalized, entries: read.entries });
  }
  for (const each of [...databases, ...files]) each.close();
  return costs;
}

/** Those that grow most when they are folded, escaped or encoded. */
const UNITS = ADVERSARIAL_UNITS.filter((unit) => /[\u0323\uFDFA"\u200D]/u.test(unit));

describe.each(UNITS)('the largest commands, with texts of %j', (unit) => {
  it('cost what their size allows: to decide, to answer and to project', async () => {
    const book = await startTestServer();
    await recordExampleBook(book);
    const recorded = await recordExamples(book, unit);
    const projected = projectBook(book).slice(-recorded.length);
    /** By stream, since an event may change rows that others of its stream have put. */
    const largest = new Map<string, number>();
    for (const [n, { command, stream, bytes, deciding }] of recorded.entries()) {
      const size = bytes + (largest.get(stream) ?? 0);
      largest.set(stream, Math.max(bytes, largest.get(stream) ?? 0));
      const projecting = projected[n] as Work;
      const exceeded = {
        ...findExceeded(deciding, { answer: 1_000, normalized: size + 10_000, entries: 40 }),
        // Each read model keeps the names that it shows; a character of texts that are compared may stand for 18.
        ...findExceeded(projecting, { rows: 200, bytes: 60 * size, normalized: 30 * size, entries: 10 }),
      };
      expect([command, size, exceeded]).toEqual([command, size, {}]);
    }
    const paths = publishedReadModels.flatMap(({ routes }) => routes.map(({ path }) => path));
    const read = paths.map((path) => path.replace(/:meeting/, MEETING).replace(/:\w+/, 'csto'));
    for (const [path, answer] of Object.entries(await fetchPaths(book, read)))
      expect([path, answer.length < 1024 * 1024]).toEqual([path, true]);
    await book.close();
  }, 120_000);
});
