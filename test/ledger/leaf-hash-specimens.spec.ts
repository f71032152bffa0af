// The bytes that a leaf hash is computed from may never change, or all published proofs become invalid. Specimens are only
// ever added.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { aggregates } from '../../src/domain/aggregates.js';
import { AMENDMENT_TYPES } from '../../src/eventsourcing/amendments.js';
import type { Json } from '../../src/json/json.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import { type Entry, encodeLeaf, hashLeaf } from '../../src/ledger/entry.js';
import { projectRoot } from '../support/project-root.js';
import { computeLeafHash } from './support/ledger-integrity.js';

type Specimen = {
  readonly entry: Omit<Entry, 'entry' | 'leaf' | 'previous'> & { readonly previous: string | null };
  readonly bytes: string;
  readonly hash: string;
};
const specimenFile = join(projectRoot, 'test/specimens/leaves.json');
const specimens = JSON.parse(readFileSync(specimenFile, 'utf8')) as readonly Specimen[];
const toStoredEntry = ({ previous, ...entry }: Specimen['entry']) => ({
  ...entry,
  previous: previous === null ? null : Buffer.from(previous, 'hex'),
});

describe('the leaf hash of each event type', () => {
  it.each(specimens.map((specimen) => [specimen.entry.type, specimen] as const))('%s', (_, specimen) => {
    expect(encodeLeaf(toStoredEntry(specimen.entry))).toBe(specimen.bytes);
    expect(hashLeaf(specimen.bytes).toString('hex')).toBe(specimen.hash);
  });

  it('has a specimen', () => {
    const types = aggregates.flatMap(({ commands }) => Object.values(commands).map(({ event }) => event));
    const known = new Set(specimens.map(({ entry: { type } }) => type));
    const lacking = new Set([...types, ...AMENDMENT_TYPES].filter((type) => !known.has(type)));
    // To add one, append an object of the same form, with an entry of the new type, to the file.
    expect({ file: specimenFile, lacking: [...lacking] }).toEqual({ file: specimenFile, lacking: [] });
  });
});

it('no specimen was removed or altered', () => {
  const first = specimens.slice(0, 34).map((specimen) => specimen.hash);
  expect(hash('sha256', first.join('\n'))).toBe(
    '5cdc39bce566239eebcc0d2a0ce515a853ea5313ab46069dd4b092319720ee86',
  );
});

it('a leaf is the hash of a zero byte and canonical JSON of all members', () =>
  fc.assert(
    fc.property(
      fc.record({
        id: fc.uuid(),
        stream: fc.stringMatching(/^[a-z]{1,9}-[a-z0-9.:-]{1,20}$/),
        revision: fc.nat(),
        type: fc.stringMatching(/^[A-Z][A-Za-z]{1,20}$/),
        recordedAt: fc
          .date({ min: new Date('1970-01-01'), max: new Date('2199-01-01'), noInvalidDate: true })
          .map((date) => date.toISOString()),
        data: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => canonicalJson(value as Json)),
        metadata: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => canonicalJson(value as Json)),
        previous: fc.option(
          fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
        ),
      }),
      (entry) => {
        const bytes = encodeLeaf(entry);
        expect(canonicalJson(JSON.parse(bytes) as Json)).toBe(bytes);
        expect(hashLeaf(bytes)).toEqual(computeLeafHash({ ...entry, entry: 1, leaf: Buffer.alloc(0) }));
      },
    ),
  ));
