// Every command with every field at its maximum length, filled with text that is costly to handle, recorded by a server and
// projected: what deciding and projecting do grows with the size of the command only. Work is counted, not timed.
import { afterAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { publishedReadModels, readModels } from '../../projections/index.js';
import type { JsonObject } from '../../src/json/json.js';
import { createEntryUpcaster } from '../../src/ledger/entry-upcasting.js';
import { createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { Projector } from '../../src/read-models/projecting/projector.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { fetchPaths } from '../projections/support/read-all-routes.js';
import { getSpecimen, specimens } from '../support/command-specimens.js';
import { validator } from '../support/command-validator.js';
import { ADVERSARIAL_UNITS, countNormalized, fillFields } from '../support/large-commands.js';
import {
  cleanUp,
  createTemporaryDirectory,
  startTestServer,
  type TestServer,
} from '../support/test-server.js';

afterAll(cleanUp);

const MEETING = 'csto-cfm-2011-05-31';
const meetingFact = (revision: number): string => `meeting-${MEETING}@${revision}`;
type Step = readonly [command: string, overrides?: JsonObject];

/** A history in which every command is legal, with the fields that differ from its specimen. */
const HISTORY: readonly Step[] = [
  ['register-source', { sources: null }],
  ...['cis', 'csto', 'un', 'un-ga', 'uzbekistan', 'belarus'].map((organization): Step => [
    'register-organization',
    { organization, partOf: organization === 'cis' ? null : 'cis' },
  ]),
  ['register-person'],
  ['rename-organization'],
  ['acquire-legal-status'],
  ['admit-member'],
  ['suspend-participation'],
  ['resume-participation'],
  ['end-membership'],
  ['grant-observer-status'],
  ['end-observer-status'],
  ['assume-office'],
  ['leave-office'],
  [
    'schedule-meeting',
    {
      meeting: 'csto-cfm-2010',
      scheduledFor: '2010',
      before: null,
      after: null,
      announcedAt: null,
      partOf: null,
    },
  ],
  ['open-meeting', { meeting: 'csto-cfm-2010', at: '2010-05-01' }],
  ['record-decision', { meeting: 'csto-cfm-2010', agendaItem: null }],
  ...['csto-summit-2011', 'csto-week-2011', 'csto-cfm-2011-12-20'].map((meeting): Step => [
    'schedule-meeting',
    { meeting, scheduledFor: '2011-12-20', before: null, after: null, announcedAt: null, partOf: null },
  ]),
  ['postpone-meeting', { meeting: 'csto-summit-2011' }],
  ['cancel-meeting', { meeting: 'csto-week-2011' }],
  ['schedule-meeting', { scheduledFor: '2011' }],
  ['reschedule-meeting', { scheduledFor: '2011-05-31' }],
  ['relocate-meeting'],
  ['confirm-meeting'],
  ['open-meeting'],
  ['add-agenda-item'],
  ['record-participant'],
  ['record-statement', { statement: '1', inReplyTo: null }],
  ['record-statement'],
  ['record-report'],
  ['record-decision'],
  ['withdraw-agenda-item'],
  ['adjourn-meeting'],
  ['close-meeting'],
  ['circulate-minutes'],
  ['approve-minutes'],
  ['correct-fact', { fact: meetingFact(7) }],
  ['dispute-fact', { fact: meetingFact(7) }],
  ['retract-fact', { fact: meetingFact(8) }],
  ['dissolve-organization'],
];

/** The data of a step, its texts, lists and maps as large as they may be. */
function createData([command, overrides = {}]: Step, unit: string): JsonObject {
  const { request } = validator.commands.get(command)!;
  const present = ([, value]: readonly [string, unknown]): boolean => value !== null;
  const data = Object.fromEntries(Object.entries({ ...getSpecimen(command), ...overrides }).filter(present));
  if (command !== 'correct-fact') return fillFields(request, data, unit);
  const replacement = createData(['record-statement', { statement: '1', inReplyTo: null }], `${unit}b`);
  return { ...fillFields(request, { ...data, reason: 'short' }, unit), note: 'short', with: replacement };
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

/** Records the history. What the server did for each command, and how large its answer was. */
async function recordHistory(book: TestServer, unit: string): Promise<readonly RecordedCommand[]> {
  const read = countReadEntries(book.server.node.ledger);
  const found: RecordedCommand[] = [];
  for (const step of HISTORY) {
    const body = JSON.stringify(createData(step, unit));
    read.entries = 0;
    const stopCounting = countNormalized();
    const { status, text } = await book.send(`/commands/${step[0]}`, body);
    const normalized = stopCounting();
    if (status !== 201) throw new Error(`${step[0]}: ${status} ${text.slice(0, 1_000)}`);
    const deciding = { answer: Buffer.byteLength(text), normalized, entries: read.entries };
    const { stream } = JSON.parse(text) as { readonly stream: string };
    found.push({ command: step[0], stream, bytes: Buffer.byteLength(body), deciding });
  }
  return found;
}

/** Projects the history entry by entry into all read models. What that read, normalized and wrote for each. */
function projectHistory({ server: { node } }: TestServer): readonly Work[] {
  const directory = createTemporaryDirectory();
  const files = readModels.map((model) =>
    ReadModelWriter.create(createNextGeneration(directory, model.name, model.version), model),
  );
  const databases = files.map(({ generation }) => new Database(generation.file, { readonly: true }));
  const read = countReadEntries(node.ledger);
  const projector = new Projector(node.ledger, createEntryUpcaster({}));
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

const stepCommands = new Set(HISTORY.map(([command]) => command));

it('has every command in its history', () =>
  expect(Object.keys(specimens).filter((command) => !stepCommands.has(command))).toEqual([]));

/** Those that grow most when they are folded, escaped or encoded. */
const UNITS = ADVERSARIAL_UNITS.filter((unit) => /[\u0323\uFDFA"\u200D]/u.test(unit));

describe.each(UNITS)('the largest commands, with texts of %j', (unit) => {
  it('cost what their size allows: to decide, to answer and to project', async () => {
    const book = await startTestServer();
    const recorded = await recordHistory(book, unit);
    const projected = projectHistory(book);
    expect(projected).toHaveLength(recorded.length);
    /** By stream, since an event may change rows that others of its stream have put. */
    const largest = new Map<string, number>();
    for (const [n, { command, stream, bytes, deciding }] of recorded.entries()) {
      const size = bytes + (largest.get(stream) ?? 0);
      largest.set(stream, Math.max(bytes, largest.get(stream) ?? 0));
      const projecting = projected[n] as Work;
      const exceeded = {
        ...findExceeded(deciding, { answer: 1_000, normalized: size + 10_000, entries: 40 }),
        // A character of texts that are compared may stand for 18.
        ...findExceeded(projecting, { rows: 200, bytes: 40 * size, normalized: 20 * size, entries: 10 }),
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
