import { hash } from 'node:crypto';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { Entry } from '../../../src/ledger/entry.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { computeRoot } from '../merkle/support/rfc6962-reference.js';

/** Reads the whole ledger and checks every invariant. Returns its entries. */
export function assertLedgerIntegrity(ledger: Ledger): readonly Entry[] {
  const entries = ledger.readAfter(0, Number.MAX_SAFE_INTEGER);
  const heads = new Map<string, Entry>();
  let recordedAt = '';
  for (const [index, entry] of entries.entries()) {
    const before = heads.get(entry.stream);
    expect(entry.entry).toBe(index + 1);
    expect(entry.revision).toBe((before?.revision ?? -1) + 1);
    expect(entry.previous).toEqual(before?.leaf ?? null);
    expect(entry.leaf).toEqual(computeLeafHash(entry));
    expect(entry.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(entry.recordedAt >= recordedAt).toBe(true);
    recordedAt = entry.recordedAt;
    heads.set(entry.stream, entry);
  }
  const last = entries.at(-1);
  expect(ledger.getHead()).toMatchObject({
    entry: entries.length,
    leaf: last?.leaf ?? null,
    recordedAt: last?.recordedAt ?? null,
  });
  const leaves = entries.map(({ leaf }) => leaf);
  expect(ledger.tree.getRoot(leaves.length)).toEqual(computeRoot(leaves));
  for (const [stream, { revision }] of heads) {
    expect(ledger.getStreamRevision(stream)).toBe(revision);
    expect(ledger.readStream(stream)).toEqual(entries.filter((entry) => entry.stream === stream));
  }
  return entries;
}

/** The leaf hash from its definition, by another implementation. */
export function computeLeafHash({
  id,
  stream,
  revision,
  type,
  recordedAt,
  data,
  metadata,
  previous,
}: Entry): Buffer {
  const payload = hash(
    'sha256',
    canonicalJson({ data: JSON.parse(data) as object, metadata: JSON.parse(metadata) as object } as never),
  );
  const leaf = { v: 1, id, stream, revision, type, recordedAt, previous: previous?.toString('hex') ?? null };
  return hash('sha256', `\0${canonicalJson({ ...leaf, payload })}`, 'buffer');
}
