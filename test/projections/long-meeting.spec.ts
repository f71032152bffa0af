// The cost of adding to a record does not depend on its length: no row grows with its stream.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { publishedReadModels } from '../../projections/index.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  type Command,
  councilCommands,
  recordDecision,
  addAgendaItem,
  openMeeting,
  recordParticipant,
  recordReport,
  scheduleMeeting,
  recordStatement,
} from './support/council-commands.js';
import { fetchAllPages } from './support/read-all-routes.js';

const STATEMENTS = 10_000;
/** Addresses in answers begin with it. */
const BASE_PATH = '/minutebook';
const TOPICS = ['fish', 'ships', 'ice'];

const createStatement = (n: number): Command =>
  recordStatement('long', `s${n}`, `Word ${n} of many.`, {
    speaker: n % 2 ? 'anna' : 'boris',
    topics: [TOPICS[n % TOPICS.length]],
    ...(n > 0 && { inReplyTo: `s${n - 1}` }),
  });

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer({ BASE_PATH });
  await book.recordCommands(
    ...councilCommands,
    scheduleMeeting('long', '2011-05-31'),
    openMeeting('long', '2011-05-31'),
  );
  const { results } = await book.sendLines(
    Array.from({ length: STATEMENTS }, (_, n) => {
      const [command, data] = createStatement(n);
      return { command, data };
    }),
  );
  const failed = results.filter(({ status }) => status !== 201);
  if (failed.length > 0) throw new Error(JSON.stringify(failed.slice(0, 3)));
  await book.server.node.readModels.waitForEntry(book.headEntry, { timeoutMs: 60_000 });
}, 120_000);
afterAll(cleanUp);

/** Counts the rows that the entry opened or closed in each read model, by table, with the length of the longest. */
function countWrittenRows(entry: number): {
  readonly rows: { [table: string]: number };
  readonly longest: number;
} {
  const rows: { [table: string]: number } = {};
  let longest = 0;
  for (const { model } of publishedReadModels) {
    const file = `${book.server.node.directory.readModelsDirectory}/${model.name}-${model.version}-1.db`;
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      for (const table of Object.keys(model.tables)) {
        const found = db
          .prepare(`SELECT * FROM "${table}" WHERE from_entry = ? OR to_entry = ?`)
          .all(entry, entry);
        if (found.length > 0) rows[`${model.name}: ${table}`] = found.length;
        longest = Math.max(longest, ...found.map((row) => JSON.stringify(row).length));
      }
    } finally {
      db.close();
    }
  }
  return { rows, longest };
}

describe(`a meeting with ${STATEMENTS} statements`, () => {
  it('writes as many rows for the next event of each kind as for the first', async () => {
    const next: [Command, number][] = [
      [createStatement(STATEMENTS), 5], // in the record, the statements, twice by topic
      [recordParticipant('long', 'anna', 'chair', 'present', { person: 'anna' }), 1],
      [addAgendaItem('long', 'i1', 'One more item'), 1],
      [recordDecision('long', 'd1'), 2],
      [recordReport('long', 'r1', { concerning: [{ decision: 'd1' }] }), 4],
      [['adjourn-meeting', { meeting: 'long', at: '2011-05-31' }], 12],
    ];
    for (const [command, most] of next) {
      const entry = await book.recordCommands(command);
      const { rows, longest } = countWrittenRows(entry);
      const total = Object.values(rows).reduce((sum, n) => sum + n, 0);
      expect([command[0], rows, total > 0 && total <= most]).toEqual([command[0], rows, true]);
      expect(longest).toBeLessThan(1_000);
    }
  });

  it('corrects one statement without writing rows of the others', async () => {
    const entry = await book.recordCommands([
      'correct-fact',
      // Statement 4998: the meeting was scheduled and opened before the first.
      {
        fact: 'meeting-long@5000',
        with: { ...createStatement(4998)[1], text: 'Something else of many.' },
        reason: 'Misheard.',
      },
    ]);
    await book.server.node.readModels.waitForEntry(entry, { timeoutMs: 30_000 });
    const { rows } = countWrittenRows(entry);
    expect(rows).toEqual({
      'meeting-record: statements': 2, // one closed, one opened
      'statements: statements': 2,
    });
  });

  it('has a trail in pages, each with the corrections of its events', async () => {
    const items = await fetchAllPages(book, '/audit/trail/meeting-long', 1000);
    expect(items.map(({ revision }) => revision)).toEqual(Array.from({ length: items.length }, (_, n) => n));
    expect(items.length).toBeGreaterThan(STATEMENTS);
    const corrected = items.filter(({ correctedBy }) => correctedBy !== null);
    expect(corrected.map(({ revision, data }) => [revision, data.text])).toEqual([
      [5000, 'Word 4998 of many.'],
    ]);
    const { id, entry, changes } = items.at(-1);
    expect(corrected[0].correctedBy).toEqual({ id, entry });
    expect(
      changes.map((change: { list: string; before: { text: string }; after: { text: string } }) => [change.list, change.before.text, change.after.text]), // prettier-ignore
    ).toEqual([[`${BASE_PATH}/statements`, 'Word 4998 of many.', 'Something else of many.']]);
    const all = await fetchAllPages(book, `/audit/changes?from=${items[0].entry - 1}`, 1000);
    expect(items.flatMap((fact) => fact.changes as unknown[])).toEqual(all);
    expect(all.length).toBeGreaterThan(STATEMENTS);
  });

  it('is read page by page, in the order of its statements', async () => {
    const inOrder = Array.from({ length: STATEMENTS + 1 }, (_, n) => `s${n}`);
    const all = await fetchAllPages(book, '/statements?meeting=long', 1000);
    expect(all.map(({ statement }) => statement)).toEqual(inOrder);
    expect(all[4998]).toMatchObject({ text: 'Something else of many.', corrected: true });
    const even = await fetchAllPages(book, '/statements?speaker=boris&topic=fish&q=many', 700);
    expect(even.map(({ statement }) => statement)).toEqual(inOrder.filter((_, n) => n % 6 === 0));
    const record = (await book.get('/meetings/long')).json;
    expect(record.statements.map(({ statement }: { statement: string }) => statement)).toEqual(
      inOrder.slice(0, 1000),
    );
    expect(record.allStatements).toBe(`${BASE_PATH}/statements?meeting=long`);
    expect(await fetchAllPages(book, record.allStatements, 1000)).toHaveLength(STATEMENTS + 1);
    const topics = await fetchAllPages(book, '/topics');
    expect(topics.map(({ topic, statements }) => [topic, statements])).toEqual(
      [...TOPICS].sort().map((topic) => [topic, inOrder.filter((_, n) => TOPICS[n % 3] === topic).length]),
    );
  });
});
