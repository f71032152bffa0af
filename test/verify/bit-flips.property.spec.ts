// A proof with any altered byte is refused.
import fc from 'fast-check';
import { parseCheckpoint } from '../../src/verify/checkpoint.js';
import { assertSigned } from '../../src/verify/note.js';
import { parseReceipt, receiptProvesLeaf } from '../../src/verify/receipt.js';
import { parseVerifierKey } from '../../src/verify/verifier-key.js';
import {
  createBook,
  signCheckpoint,
  clerkSigner,
  toExport,
  verifyContent,
  signNote,
  createReceipt,
  toStreamRecord,
  createSigner,
} from './support/signed-book.js';

const lines = createBook(['meeting-a', 'person-b', 'meeting-a', 'meeting-a', 'person-b']);
const key = parseVerifierKey(clerkSigner.vkey);
const leaf = Buffer.from(lines[3]!.leaf, 'hex');

const accepts = (act: () => unknown): boolean => {
  try {
    return act() !== false;
  } catch {
    return false;
  }
};
const acceptsCheckpoint = (bytes: Buffer): boolean =>
  accepts(() => assertSigned(parseCheckpoint(bytes).note, key));
const acceptsReceipt = (bytes: Buffer): boolean =>
  accepts(() => {
    const read = parseReceipt(bytes);
    assertSigned(read.checkpoint.note, key);
    return read.index === 3n && receiptProvesLeaf(read, leaf);
  });

/** Texts that differ from this one in one bit: every one of them, or one for each byte. */
function* flipEachBit(bytes: Buffer, step = 1): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit += step) {
    const other = Buffer.from(bytes);
    other[bit >> 3]! ^= 1 << (bit & 7);
    yield other;
  }
}

describe.each([
  ['a checkpoint', Buffer.from(signCheckpoint(lines)), acceptsCheckpoint],
  ['a receipt', Buffer.from(createReceipt(lines, 4)), acceptsReceipt],
])('%s', (_, whole, isAccepted) => {
  it('is accepted unaltered', () => expect(isAccepted(whole)).toBe(true));

  it('is refused with any bit flipped', () => {
    const accepted = [...flipEachBit(whole)].filter(isAccepted).map(String);
    expect(accepted).toEqual([]);
  });

  it('is refused with any byte removed, or truncated anywhere', () => {
    for (let at = 0; at < whole.length; at += 1) {
      expect(isAccepted(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]))).toBe(false);
      expect(isAccepted(whole.subarray(0, at))).toBe(false);
    }
  });

  it('is refused with bytes of another one in it', () =>
    fc.assert(
      fc.property(fc.nat(), fc.nat(8), fc.uint8Array({ maxLength: 8 }), (from, length, bytes) => {
        const at = from % (whole.length + 1);
        const other = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + length)]);
        fc.pre(!other.equals(whole));
        expect(isAccepted(other)).toBe(false);
      }),
      { numRuns: 300 },
    ));
});

it('accepts any signatures of other keys, and no altered text', () => {
  const text = signCheckpoint(lines).split('\n\n')[0] ?? '';
  const witnessed = Buffer.from(
    signNote(`${text}\n`, clerkSigner, createSigner('witness', 'witness.example/w1')),
  );
  const end = witnessed.indexOf('— witness');
  for (const other of flipEachBit(witnessed, 9)) {
    if (!acceptsCheckpoint(other)) continue;
    expect(other.subarray(0, end)).toEqual(witnessed.subarray(0, end));
    expect(parseCheckpoint(other).root).toEqual(parseCheckpoint(witnessed).root);
  }
});

describe('a file', () => {
  const one = createBook(['meeting-a']);
  const evidence = { checkpoint: signCheckpoint(one) };
  const turned = (file: string, bit: number): Buffer => {
    const other = Buffer.from(file);
    other[(bit >> 3) % other.length]! ^= 1 << (bit & 7);
    return other;
  };

  it('that is an export is refused with any bit flipped', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), async (bit) => {
        expect((await verifyContent(turned(toExport(one), bit), evidence)).ok).toBe(false);
      }),
      { numRuns: 100 },
    ));

  it('that is the record of a stream is refused with any bit flipped', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), async (bit) => {
        expect((await verifyContent(turned(toStreamRecord(one, 'meeting-a'), bit), evidence)).ok).toBe(false);
      }),
      { numRuns: 100 },
    ));
});
