// A small ledger and its proofs, made independently: leaves by the server's code, trees by the definition of RFC
// 6962, signatures by node:crypto.
import { createPrivateKey, createPublicKey, hash, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../src/json/json.js';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { encodeLeaf, hashLeaf } from '../../../src/ledger/entry.js';
import { verifyFile } from '../../../src/verify/verify-file.js';
import { createTemporaryDirectory } from '../../ledger/support/temporary-directory.js';
import {
  computeInclusionProof,
  computeConsistencyProof,
  computeRoot,
} from '../../ledger/merkle/support/rfc6962-reference.js';

export type ExportedEntryLine = {
  data: { [key: string]: Json };
  entry: number;
  id: string;
  leaf: string;
  metadata: { [key: string]: Json };
  previous: string | null;
  recordedAt: string;
  revision: number;
  stream: string;
  type: string;
};

const computeLeafHash = ({ data, metadata, previous, ...line }: ExportedEntryLine): string =>
  hashLeaf(
    encodeLeaf({
      ...line,
      data: canonicalJson(data),
      metadata: canonicalJson(metadata),
      previous: previous === null ? null : Buffer.from(previous, 'hex'),
    }),
  ).toString('hex');

/** The same entry with its own hash computed again, whatever its previous leaf is. */
export const recomputeLeaf = (line: ExportedEntryLine): ExportedEntryLine => ({
  ...line,
  leaf: computeLeafHash(line),
});

const parseLeaves = (lines: readonly ExportedEntryLine[]): Buffer[] =>
  lines.map(({ leaf }) => Buffer.from(leaf, 'hex'));

/** An entry for each of these streams, in this order. */
export const createBook = (streams: readonly string[]): ExportedEntryLine[] =>
  recomputeHashes(
    streams.map((stream, index) => ({
      data: { text: `Statement ${index + 1} — “für”`, page: index },
      entry: index + 1,
      id: `00000000-0000-5000-8000-${String(index + 1).padStart(12, '0')}`,
      leaf: '',
      metadata: { actor: 'clerk', salt: hash('md5', String(index)) },
      previous: null,
      recordedAt: new Date(1_700_000_000_000 + index * 1000).toISOString(),
      revision: streams.slice(0, index).filter((each) => each === stream).length,
      stream,
      type: 'StatementRecorded',
    })),
  );

/** The same entries with all hashes computed again, as a forger would who has the whole file. */
export function recomputeHashes(lines: readonly ExportedEntryLine[]): ExportedEntryLine[] {
  const ends = new Map<string, string>();
  return lines.map((line) => {
    const next = { ...line, previous: ends.get(line.stream) ?? null };
    next.leaf = computeLeafHash(next);
    ends.set(line.stream, next.leaf);
    return next;
  });
}

/** The same entries, numbered from 1 and in their streams from 0. */
export function renumberEntries(lines: readonly ExportedEntryLine[]): ExportedEntryLine[] {
  const revisions = new Map<string, number>();
  return lines.map((line, index) => {
    const revision = revisions.get(line.stream) ?? 0;
    revisions.set(line.stream, revision + 1);
    return { ...line, entry: index + 1, revision };
  });
}

type Signer = {
  readonly name: string;
  readonly vkey: string;
  readonly line: (text: string) => string;
};

/** The key of a seed (RFC 8032), in PKCS #8 (RFC 8410). */
export function createSigner(seed: string, name = 'example.com/book'): Signer {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    hash('sha256', seed, 'buffer'),
  ]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const bytes = Buffer.concat([
    Buffer.of(1),
    createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32),
  ]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'buffer').subarray(0, 4);
  return {
    name,
    vkey: `${name}+${id.toString('hex')}+${bytes.toString('base64')}`,
    line: (text) =>
      `— ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64')}\n`,
  };
}

export const clerkSigner = createSigner('clerk');

export const signNote = (text: string, ...signers: readonly Signer[]): string =>
  `${text}\n${signers.map(({ line }) => line(text)).join('')}`;

const encodeRoot = (lines: readonly ExportedEntryLine[]): string =>
  computeRoot(parseLeaves(lines)).toString('base64');

export const signCheckpoint = (lines: readonly ExportedEntryLine[], by: Signer = clerkSigner): string =>
  signNote(`${by.name}\n${lines.length}\n${encodeRoot(lines)}\n`, by);

export const toNdjson = (...values: readonly Json[]): string =>
  values.map((value) => `${canonicalJson(value)}\n`).join('');

export const toExport = (
  lines: readonly ExportedEntryLine[],
  header: { readonly [key: string]: Json } = {},
): string =>
  toNdjson(
    {
      entries: lines.length,
      export: 'minutebook',
      key: clerkSigner.vkey,
      root: encodeRoot(lines),
      v: 1,
      ...header,
    },
    ...lines,
  );

export const createReceipt = (
  lines: readonly ExportedEntryLine[],
  entry: number,
  by: Signer = clerkSigner,
): string =>
  [
    'c2sp.org/tlog-proof@v1',
    `index ${entry - 1}`,
    ...computeInclusionProof(entry - 1, parseLeaves(lines)).map((each) => each.toString('base64')),
    '',
    signCheckpoint(lines, by),
  ].join('\n');

/** The record of a stream; its entries and its receipt can be replaced. */
export function toStreamRecord(
  lines: readonly ExportedEntryLine[],
  stream: string,
  {
    own = lines.filter((line) => line.stream === stream),
    proved = createReceipt(lines, own.at(-1)!.entry),
  } = {},
): string {
  const header = { entries: own.length, export: 'minutebook-stream', key: clerkSigner.vkey, stream, v: 1 };
  return toNdjson(header, ...own, { receipt: proved });
}

export const createConsistencyProof = (lines: readonly ExportedEntryLine[], from: number): string =>
  JSON.stringify({
    from,
    to: lines.length,
    hashes: computeConsistencyProof(from, parseLeaves(lines)).map((each) => each.toString('base64')),
  });

/** The verifier's result for files with these contents; the key is that of the clerk unless another is given. */
export function verifyContent(
  file: string | Uint8Array,
  evidence: {
    readonly [name in 'checkpoint' | 'consistency' | 'key']?: string | Uint8Array | undefined;
  } = {},
): ReturnType<typeof verifyFile> {
  const directory = createTemporaryDirectory();
  const written = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const paths = Object.entries({ key: clerkSigner.vkey, ...evidence }).flatMap(([name, content]) =>
    content === undefined ? [] : [[name, written(name, content)]],
  );
  return verifyFile(written('file', file), Object.fromEntries(paths) as Parameters<typeof verifyFile>[1]);
}
