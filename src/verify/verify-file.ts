// Verifies an export, or the record of one stream, offline: without the server that made it, and with none of its code.
import { open } from 'node:fs/promises';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { type ConsistencyProof, parseConsistencyProof } from './consistency.js';
import { verifyExport } from './export.js';
import { parseHeader, type StreamRecordHeader } from './export-header.js';
import { type Line, readLines, skipByteOrderMark } from './lines.js';
import { VerificationError, quote, escapeInvisible } from './verification-error.js';
import { assertSigned, NOTE_MAX_BYTES } from './note.js';
import { compareCheckpoints, verifyStreamRecord } from './stream-record.js';
import { InputError } from './input-error.js';
import { parseVerifierKey, type VerifierKey } from './verifier-key.js';

/** What a file is verified with; each member is the path of a file. */
export type VerificationInputs = {
  /** Required for an export. The record of a stream has one in its receipt, which is then related to this one. */
  readonly checkpoint?: string | undefined;
  /** A C2SP verifier key, also as the text itself. By default the key that the file itself names. */
  readonly key?: string | undefined;
  /** The answer of `GET /proofs/consistency`, required where two sizes must be related. */
  readonly consistency?: string | undefined;
};

type VerificationResult = {
  readonly ok: boolean;
  readonly sentences: readonly string[];
  /** The first invalid entry; absent if there is none, or if it cannot be determined. */
  readonly entry?: number;
};

/** Throws InputError if an input cannot be used. Holds one line, and one hash for each stream, in memory. */
export async function verifyFile(path: string, evidence: VerificationInputs): Promise<VerificationResult> {
  const trusted = evidence.key === undefined ? undefined : await readTrustedKey(evidence.key);
  const checkpoint = await readSmallFile(evidence.checkpoint);
  const consistency = await readSmallFile(evidence.consistency);
  const lines = readLines(path);
  try {
    const first = await lines.next();
    const header = parseHeader(first.done === true ? undefined : first.value);
    const { key, sentence } = chooseKey(header.key, trusted);
    const given = checkpoint && parseSignedCheckpoint(checkpoint, key);
    const proof = consistency && parseConsistencyProof(consistency);
    const found =
      header.export === 'minutebook'
        ? await verifyExport(header, lines, requireCheckpoint(given), proof)
        : await verifyRecordFile(header, lines, key, given, proof);
    return { ok: true, sentences: [...found, sentence] };
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const { message, entry } = error;
    return { ok: false, sentences: [message], ...(entry !== undefined && { entry }) };
  } finally {
    await lines.return();
  }
}

function requireCheckpoint(checkpoint: Checkpoint | undefined): Checkpoint {
  if (!checkpoint)
    throw new InputError('An export is verified with a checkpoint: name its file with --checkpoint.');
  return checkpoint;
}

async function verifyRecordFile(
  header: StreamRecordHeader,
  lines: AsyncIterable<Line>,
  key: VerifierKey,
  given: Checkpoint | undefined,
  proof: ConsistencyProof | undefined,
): Promise<readonly string[]> {
  const { checkpoint, sentences } = await verifyStreamRecord(header, lines);
  assertSignedByKey(checkpoint, key, 'The checkpoint in the receipt');
  return given ? [...sentences, compareCheckpoints(checkpoint, given, proof)] : sentences;
}

function parseSignedCheckpoint(bytes: Buffer, key: VerifierKey): Checkpoint {
  const checkpoint = parseCheckpoint(bytes);
  assertSignedByKey(checkpoint, key, 'The checkpoint');
  return checkpoint;
}

/** The origin of a book is the name of its key, so the key of one book proves nothing about another. Throws VerificationError. */
function assertSignedByKey({ origin, note }: Checkpoint, key: VerifierKey, what: string): void {
  if (origin !== key.name)
    throw new VerificationError(`${what} is of ${quote(origin)}, but the key is that of ${quote(key.name)}.`);
  assertSigned(note, key, what);
}

function chooseKey(
  named: string | null,
  trusted: VerifierKey | undefined,
): { readonly key: VerifierKey; readonly sentence: string } {
  const own = named === null ? undefined : parseVerifierKey(named);
  const key = trusted ?? own;
  if (!key) throw new VerificationError('The file names no key: name the one that you trust with --key.');
  if (!trusted)
    return {
      key,
      sentence: `Signed by the key that the file itself names: ${escapeInvisible(key.text)}; compare it with the one that you trust.`,
    };
  const another =
    own && own.text !== key.text ? `; the file itself names another: ${escapeInvisible(own.text)}` : '';
  return { key, sentence: `Signed by the given key: ${escapeInvisible(key.text)}${another}.` };
}

/** Parses a key that is given as text, or as the path of a file. Throws InputError. */
async function readTrustedKey(textOrPath: string): Promise<VerifierKey> {
  const isText = /^[^+]+\+[0-9a-f]{8}\+/.test(textOrPath);
  const text = isText ? textOrPath : (await readSmallFile(textOrPath))?.toString().replace(/\r?\n$/, '');
  try {
    return parseVerifierKey(text ?? '');
  } catch (error) {
    throw error instanceof VerificationError ? new InputError(error.message) : error;
  }
}

/** Reads a small file; a larger one is cut at a length that every parser refuses. Throws InputError. */
async function readSmallFile(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(NOTE_MAX_BYTES + 1),
        0,
        NOTE_MAX_BYTES + 1,
        0,
      );
      return skipByteOrderMark(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw InputError.fromSystemError(path, error);
  }
}
