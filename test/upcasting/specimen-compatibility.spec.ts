// Every event shape ever stored stays readable, for command decisions and for every read model.
import { hash } from 'node:crypto';
import { readModels, entryUpcaster } from '../../projections/index.js';
import { aggregates } from '../../src/domain/aggregates.js';
import { upcasters } from '../../src/domain/upcasters.js';
import { foldStream } from '../../src/eventsourcing/stream-state.js';
import { AMENDMENT_TYPES } from '../../src/eventsourcing/amendments.js';
import type { AnyAggregate } from '../../src/eventsourcing/aggregate.js';
import { getNewestVersion } from '../../src/eventsourcing/upcasters.js';
import { toRecordedEvent } from '../../src/ledger/entry.js';
import { upcastEntries } from '../../src/ledger/entry-upcasting.js';
import { hashText } from '../../src/commands/stream-state-cache.js';
import { assertLedgerIntegrity } from '../ledger/support/ledger-integrity.js';
import { computeRoot } from '../ledger/merkle/support/rfc6962-reference.js';
import { itEmbedded, IMPORT_UNSUPPORTED_REASON } from '../support/embedded-or-cluster.js';
import { cleanUp, startTestServer } from '../support/test-server.js';
import {
  projectSpecimens,
  header,
  lines,
  type SpecimenLine,
  SPECIMEN_FILE,
  openSpecimenLedger,
} from './support/specimen-ledger.js';

const ledger = openSpecimenLedger();
const entries = ledger.readAfter(0, lines.length + 1);
const streams = [...new Set(entries.map(({ stream }) => stream))];
afterAll(async () => {
  ledger.close();
  await cleanUp();
});

const listEventTypes = ({ commands }: AnyAggregate): readonly string[] =>
  Object.values(commands).map(({ event }) => event);
const types = [...aggregates.flatMap(listEventTypes), ...AMENDMENT_TYPES];

it('the specimen ledger is complete and its leaf hashes and root match', () => {
  expect(assertLedgerIntegrity(ledger)).toHaveLength(lines.length);
  const leaves = entries.map(({ leaf }) => leaf);
  expect(leaves.map((leaf) => leaf.toString('hex'))).toEqual(
    lines.map((line) => (JSON.parse(line) as SpecimenLine).leaf),
  );
  const root = computeRoot(leaves).toString('base64');
  expect(JSON.parse(header)).toMatchObject({ entries: lines.length, export: 'minutebook', root, v: 1 });
});

itEmbedded(
  IMPORT_UNSUPPORTED_REASON,
  'the specimen ledger can be imported into an empty ledger and exported unchanged',
  async () => {
    const book = await startTestServer();
    const headers = { 'content-type': 'application/x-ndjson' };
    const { status } = await book.send('/commands', [header, ...lines].join('\n'), { headers });
    expect([status, book.headEntry]).toEqual([200, lines.length]);
    const { text } = await book.get('/events', { accept: 'application/x-ndjson' });
    expect(text.trimEnd().split('\n').slice(1)).toEqual(lines);
  },
);

it('the first specimens are unchanged', () => {
  const first = lines.slice(0, 138).join('\n');
  expect(hash('sha256', first)).toBe('fe42ccd136e8faf5d0b27ed58fbfc0f243309cd93201bee223cd23a184e701d5');
});

it('every event type has a specimen in each of its shapes', () => {
  const versions = new Map<string, Set<number>>();
  for (const entry of entries) {
    const { version = 1 } = toRecordedEvent(entry).metadata;
    versions.set(entry.type, (versions.get(entry.type) ?? new Set()).add(version));
  }
  const lacking = types.flatMap((type) =>
    Array.from({ length: 1 + (Object.entries(upcasters).find(([of]) => of === type)?.[1].length ?? 0) })
      .map((_, index) => index + 1)
      .filter((version) => versions.get(type)?.has(version) !== true)
      .map((version) => `${type} in shape ${version}`),
  );
  // To add one: import the specimen file into an empty ledger, record what is missing there, and export that.
  expect({ file: SPECIMEN_FILE, lacking }).toEqual({ file: SPECIMEN_FILE, lacking: [] });
});

it('every upcaster belongs to an existing event type', () => {
  expect(types).toEqual(expect.arrayContaining(Object.keys(upcasters)));
});

it.each(streams)('%s is read in the newest shapes and folded by its aggregate', (stream) => {
  const facts = upcastEntries(ledger.readStream(stream), entryUpcaster);
  for (const [revision, fact] of facts.entries())
    expect(fact.metadata.version ?? 1).toBe(getNewestVersion(fact, upcasters, facts.slice(0, revision)));
  const aggregate = aggregates.find(({ category }) => stream.startsWith(`${category}-`));
  expect(aggregate && foldStream(aggregate, facts, hashText).revision).toBe(facts.length - 1);
});

it.each(readModels.map((model) => [model.name, model] as const))(
  '%s projects all specimens without parking a stream',
  (_, model) => {
    const { entry, parked } = projectSpecimens(model);
    expect({ entry, parked }).toEqual({ entry: lines.length, parked: [] });
  },
);
