// C2SP signed-note.
import { decodeBase64 } from './base64.js';
import { VerificationError, quote } from './verification-error.js';
import { isKeyName, type VerifierKey } from './verifier-key.js';

type Signature = {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly signature: Buffer;
};

export type Note = {
  /** The signed text, including the last line feed. */
  readonly text: string;
  readonly signatures: readonly Signature[];
};

/** The longest note in bytes. The format requires room for at least 16 signatures, the largest known of 5 kB. */
export const NOTE_MAX_BYTES = 1_000_000;
const SIGNATURES_MAX = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes text without control characters other than line feeds. Throws VerificationError; `what` begins its sentence. */
export function decodeText(bytes: Uint8Array, what: string): string {
  if (bytes.length > NOTE_MAX_BYTES)
    throw new VerificationError(`${what} has more than ${NOTE_MAX_BYTES} bytes.`);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new VerificationError(`${what} is not UTF-8.`);
  }
  // eslint-disable-next-line no-control-regex -- control characters are what it matches
  if (/[\0-\x09\x0b-\x1f]/.test(text))
    throw new VerificationError(`${what} holds a control character, such as a carriage return.`);
  return text;
}

/** Parses a note without verifying its signatures. Throws VerificationError. */
export function parseNote(bytes: Uint8Array, what = 'The note'): Note {
  const all = decodeText(bytes, what);
  const end = all.lastIndexOf('\n\n');
  if (end < 0) throw new VerificationError(`${what} has no empty line before its signatures.`);
  const lines = all.slice(end + 2).split('\n');
  if (lines.pop() !== '') throw new VerificationError(`${what} does not end with a line feed.`);
  if (lines.length === 0) throw new VerificationError(`${what} has no signature.`);
  if (lines.length > SIGNATURES_MAX)
    throw new VerificationError(`${what} has more than ${SIGNATURES_MAX} signatures.`);
  return {
    text: all.slice(0, end + 1),
    signatures: lines.map((line) => {
      const [, name = '', base64 = ''] = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line) ?? [];
      const blob = decodeBase64(base64);
      if (!isKeyName(name) || !blob || blob.length <= 4)
        throw new VerificationError(
          `${what} has a signature line that is not written as "— <name> <base64>".`,
        );
      return { name, id: blob.toString('hex', 0, 4), signature: blob.subarray(4) };
    }),
  };
}

/**
 * Throws VerificationError unless the key has signed the note. Signatures of other keys are ignored, also with the same
 * name or the same id; a signature with the name and id of the key that is not valid is refused, whatever others there are.
 */
export function assertSigned(note: Note, key: VerifierKey, what = 'The note'): void {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (own.length === 0)
    throw new VerificationError(`${what} is not signed by the key ${quote(key.name)} with the id ${key.id}.`);
  const message = Buffer.from(note.text);
  if (!own.every(({ signature }) => key.verify(message, signature)))
    throw new VerificationError(
      `${what} has a signature under the name of the key ${quote(key.name)} that this key did not make.`,
    );
}
