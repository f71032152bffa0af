// Signed notes as a client reads them by the specifications alone (C2SP signed-note, tlog-checkpoint).
import { createPublicKey, hash, verify } from 'node:crypto';

export type VerifiedCheckpoint = { readonly origin: string; readonly size: number; readonly root: Buffer };

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The content of a checkpoint that the key has signed. Throws otherwise. */
export function verifyCheckpointNote(note: string, vkey: string): VerifiedCheckpoint {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim()) ?? [];
  const typed = Buffer.from(encoded, 'base64');
  const expected = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer').subarray(0, 4);
  if (expected.toString('hex') !== id || typed[0] !== 1) throw new Error(`not a key: ${vkey}`);
  const key = createPublicKey({
    key: Buffer.concat([SPKI, typed.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  const blank = note.lastIndexOf('\n\n');
  const text = note.slice(0, blank + 1);
  const signatures = note
    .slice(blank + 2)
    .trimEnd()
    .split('\n');
  const ours = signatures
    .map((line) => /^\u2014 (\S+) (\S+)$/.exec(line))
    .filter((found) => found?.[1] === name)
    .map((found) => Buffer.from(found?.[2] ?? '', 'base64'))
    .find((bytes) => bytes.subarray(0, 4).equals(expected));
  if (!ours || !verify(null, Buffer.from(text), key, ours.subarray(4)))
    throw new Error(`not signed: ${note}`);
  const [origin = '', size = '', root = ''] = text.split('\n');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}
