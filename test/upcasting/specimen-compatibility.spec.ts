// Whatever was ever stored is read for ever: by those who decide, and by every read model.
import { hash } from 'node:crypto';
import { readModels, read } from '../../projections/index.js';
import { nouns } from '../../src/domain/aggregates.js';
import { upcasters } from '../../src/domain/upcasters.js';
import { foldStream } from '../../src/eventsourcing/decide-command.js';
import { AMENDMENTS } from '../../src/eventsourcing/amendments.js';
import type { AnyNoun } from '../../src/eventsourcing/aggregate.js';
import { newestVersion } from '../../src/eventsourcing/upcasters.js';
import { recorded } from '../../src/ledger/entry.js';
import { readStream } from '../../src/ledger/event-reader.js';
import { texts } from '../../src/commands/stream-state-cache.js';
import { whole } from '../ledger/support/ledger-integrity.js';
import { treeHash } from '../ledger/merkle/support/rfc6962-reference.js';
import { itEmbedded, TAKES_NO_BOOK } from '../support/ledger-environment.js';
import { cleanUp, startTestServer } from '../support/test-server.js';
import {
  foldedSpecimens,
  header,
  lines,
  type Line,
  SPECIMEN_BOOK,
  specimenLedger,
} from './support/specimen-ledger.js';

const ledger = specimenLedger();
const entries = ledger.after(0, lines.length + 1);
const streams = [...new Set(entries.map(({ stream }) => stream))];
afterAll(async () => {
  ledger.close();
  await cleanUp();
});

const typesOf = ({ commands }: AnyNoun): readonly string[] =>
  Object.values(commands).map(({ event }) => event);
const types = [...nouns.flatMap(typesOf), ...AMENDMENTS];

it('the specimen book is a whole book', () => {
  expect(whole(ledger)).toHaveLength(lines.length);
  const leaves = entries.map(({ leaf }) => leaf);
  expect(leaves.map((leaf) => leaf.toString('hex'))).toEqual(
    lines.map((line) => (JSON.parse(line) as Line).leaf),
  );
  const root = treeHash(leaves).toString('base64');
  expect(JSON.parse(header)).toMatchObject({ entries: lines.length, export: 'minutebook', root, v: 1 });
});

itEmbedded(
  TAKES_NO_BOOK,
  'the specimen book is taken over by an empty one, and given out again as it was',
  async () => {
    const book = await startTestServer();
    const headers = { 'content-type': 'application/x-ndjson' };
    const { status } = await book.send('/commands', [header, ...lines].join('\n'), { headers });
    expect([status, book.head]).toEqual([200, lines.length]);
    const { text } = await book.get('/events', { accept: 'application/x-ndjson' });
    expect(text.trimEnd().split('\n').slice(1)).toEqual(lines);
  },
);

it('no specimen was ever taken away or altered', () => {
  const first = lines.slice(0, 138).join('\n');
  expect(hash('sha256', first)).toBe('fe42ccd136e8faf5d0b27ed58fbfc0f243309cd93201bee223cd23a184e701d5');
});

it('there is a specimen of every shape', () => {
  const versions = new Map<string, Set<number>>();
  for (const entry of entries) {
    const { version = 1 } = recorded(entry).metadata;
    versions.set(entry.type, (versions.get(entry.type) ?? new Set()).add(version));
  }
  const lacking = types.flatMap((type) =>
    Array.from({ length: 1 + (Object.entries(upcasters).find(([of]) => of === type)?.[1].length ?? 0) })
      .map((_, index) => index + 1)
      .filter((version) => versions.get(type)?.has(version) !== true)
      .map((version) => `${type} in shape ${version}`),
  );
  // To add one: import the specimen book into an empty one, record what is lacking there, and export that.
  expect({ file: SPECIMEN_BOOK, lacking }).toEqual({ file: SPECIMEN_BOOK, lacking: [] });
});

it('only types that there are have old shapes', () => {
  expect(types).toEqual(expect.arrayContaining(Object.keys(upcasters)));
});

it.each(streams)('%s is read in the newest shapes, and decided on', (stream) => {
  const facts = readStream(ledger.stream(stream), read);
  for (const [revision, fact] of facts.entries())
    expect(fact.metadata.version ?? 1).toBe(newestVersion(fact, upcasters, facts.slice(0, revision)));
  const noun = nouns.find(({ kind }) => stream.startsWith(`${kind}-`));
  expect(noun && foldStream(noun, facts, texts).revision).toBe(facts.length - 1);
});

it.each(readModels.map((model) => [model.name, model] as const))('%s digests all of it', (_, model) => {
  const { entry, parked } = foldedSpecimens(model);
  expect({ entry, parked }).toEqual({ entry: lines.length, parked: [] });
});
