// Notes, checkpoints, receipts and keys: exactly one encoding is accepted, and everything else is refused.
import { hash } from 'node:crypto';
import { decodeBase64 } from '../../src/verify/base64.js';
import { parseCheckpoint } from '../../src/verify/checkpoint.js';
import { quote } from '../../src/verify/verification-error.js';
import { assertSigned, NOTE_MAX_BYTES, parseNote } from '../../src/verify/note.js';
import { parseReceipt } from '../../src/verify/receipt.js';
import { EMPTY_ROOT } from '../../src/verify/tree.js';
import { parseVerifierKey } from '../../src/verify/verifier-key.js';
import { createBook, clerkSigner, signNote, createReceipt, createSigner } from './support/signed-book.js';

const toBytes = (text: string): Buffer => Buffer.from(text);
const key = parseVerifierKey(clerkSigner.vkey);
const witness = createSigner('witness', 'witness.example/w1');
const lines = createBook(['meeting-a', 'meeting-a', 'person-b', 'meeting-a', 'person-b']);

describe('a note', () => {
  const text = 'Ognuno sta solo\n\ned è subito sera.\n';

  it('is text and signatures, separated by the last empty line', () => {
    const read = parseNote(toBytes(signNote(text, clerkSigner)));
    expect(read.text).toBe(text);
    expect(read.signatures).toMatchObject([{ name: clerkSigner.name, id: key.id }]);
    expect(() => assertSigned(read, key)).not.toThrow();
  });

  it('may have many signatures of unknown keys and of any length', () => {
    const others = Array.from({ length: 60 }, (_, index) =>
      createSigner(`witness ${index}`, `witness.example/w${index}`),
    );
    const large = `— pq.example/mldsa ${Buffer.alloc(5_000, 7).toString('base64')}\n`;
    const all = `${signNote(text, ...others, clerkSigner)}${large}`;
    expect(() => assertSigned(parseNote(toBytes(all)), key)).not.toThrow();
  });

  it('is not signed by a key with only the same name or only the same id', () => {
    const sameName = createSigner('another', clerkSigner.name);
    expect(() => assertSigned(parseNote(toBytes(signNote(text, sameName))), key)).toThrow(
      'is not signed by the key',
    );
    expect(() => assertSigned(parseNote(toBytes(signNote(text, sameName, clerkSigner))), key)).not.toThrow();
    const sameId = signNote(text, clerkSigner).replace(`— ${clerkSigner.name}`, '— example.com/another');
    expect(() => assertSigned(parseNote(toBytes(sameId)), key)).toThrow('is not signed by the key');
  });

  it('is refused for one invalid signature of a known key, also beside a valid one', () => {
    const ofAnother = clerkSigner.line('something else\n');
    expect(() => assertSigned(parseNote(toBytes(`${signNote(text)}${ofAnother}`)), key)).toThrow(
      'that this key did not make',
    );
    expect(() => assertSigned(parseNote(toBytes(`${signNote(text, clerkSigner)}${ofAnother}`)), key)).toThrow(
      'that this key did not make',
    );
  });

  const signed = signNote(text, clerkSigner);
  const base64 = / (\S+)\n$/.exec(signed)?.[1] ?? '';
  it.each([
    ['nothing', '', 'no empty line'],
    ['no signature', `${text}\n`, 'no signature'],
    ['no empty line', 'text\n— a AAAAAAA=\n', 'no empty line'],
    ['no line feed at its end', signed.slice(0, -1), 'does not end'],
    ['carriage returns', signed.replaceAll('\n', '\r\n'), 'control character'],
    ['a tab', signed.replace('solo', 'so\tlo'), 'control character'],
    ['a zero byte', signed.replace('solo', 'so\0lo'), 'control character'],
    ['a hyphen instead of the dash', signed.replace('—', '-'), 'signature line'],
    ['two spaces', signed.replace('— ', '—  '), 'signature line'],
    ['a name with a plus', signed.replace('— ', '— a+'), 'signature line'],
    ['a name with a no-break space', signed.replace('— ', '— a\u00a0'), 'signature line'],
    ['a space at the end of the line', signed.replace(/\n$/, ' \n'), 'signature line'],
    ['base64 without padding', signed.replace(base64, base64.replace(/=+$/, '')), 'signature line'],
    ['base64 of URLs', signed.replace(base64, 'AAAA_w=='), 'signature line'],
    ['base64 with unused bits set', signed.replace(base64, 'AAAAAAB='), 'signature line'],
    ['an id without a signature', signed.replace(base64, 'AAAAAA=='), 'signature line'],
    ['too many signatures', signed + '— a AAAAAAA=\n'.repeat(100), 'more than 100'],
    ['a line among them that is not a signature', `${signed}something\n`, 'signature line'],
  ])('is refused with %s', (_, wrong, expected) => {
    expect(() => parseNote(toBytes(wrong))).toThrow(expected);
  });

  it('is refused if it is too long or not UTF-8', () => {
    expect(() => parseNote(toBytes(signNote('a'.repeat(NOTE_MAX_BYTES), clerkSigner)))).toThrow('bytes');
    expect(() => parseNote(Buffer.concat([Buffer.of(0xff), toBytes(signed)]))).toThrow('UTF-8');
    expect(() => parseNote(Buffer.concat([toBytes('\ufeff'), toBytes(signed)]))).not.toThrow(); // and is not part of it
    expect(parseNote(Buffer.concat([toBytes('\ufeff'), toBytes(signed)])).text).toBe(`\ufeff${text}`);
  });
});

describe('a checkpoint', () => {
  const root = EMPTY_ROOT.toString('base64');
  const of = (...rows: readonly string[]): Buffer =>
    toBytes(signNote(rows.map((row) => `${row}\n`).join(''), clerkSigner));

  it('is an origin, a size, a root and extension lines', () => {
    expect(parseCheckpoint(of('a log, with an extension', '7', root, 'Timestamp: 1', '—'))).toMatchObject({
      origin: 'a log, with an extension',
      size: 7n,
      root: EMPTY_ROOT,
      extensions: ['Timestamp: 1', '—'],
    });
    expect(parseCheckpoint(of('a', String(2n ** 64n - 1n), root)).size).toBe(2n ** 64n - 1n);
    expect(parseCheckpoint(of('a', '0', root)).size).toBe(0n);
  });

  it.each([
    ['no origin', ['', '7', root], 'origin'],
    ['no size', ['a'], 'tree size'],
    ['a size with a leading zero', ['a', '07', root], 'tree size'],
    ['two zeroes', ['a', '00', root], 'tree size'],
    ['a sign', ['a', '+7', root], 'tree size'],
    ['a negative size', ['a', '-7', root], 'tree size'],
    ['a space', ['a', '7 ', root], 'tree size'],
    ['other digits', ['a', '٧', root], 'tree size'],
    ['a size of 2^64', ['a', String(2n ** 64n), root], 'tree size'],
    ['no root', ['a', '7'], 'root'],
    ['a root in hex', ['a', '7', EMPTY_ROOT.toString('hex')], 'root'],
    ['a root of 31 bytes', ['a', '7', Buffer.alloc(31).toString('base64')], 'root'],
    ['a root without padding', ['a', '7', root.replace('=', '')], 'root'],
    ['an empty line among the extensions', ['a', '7', root, 'x', '', 'y'], 'empty line'],
    ['an empty tree with another root', ['a', '0', Buffer.alloc(32).toString('base64')], 'empty tree'],
  ])('is refused with %s', (_, rows, expected) => {
    expect(() => parseCheckpoint(of(...rows))).toThrow(expected);
  });
});

describe('a receipt', () => {
  const whole = createReceipt(lines, 3);
  const [first = '', index = '', sibling = '', ...rest] = whole.split('\n');
  const of = (...rows: readonly string[]): Buffer => toBytes(rows.join('\n'));

  it('is an index, hashes and a checkpoint, and may have unsigned extra data', () => {
    const read = parseReceipt(toBytes(whole));
    expect(read).toMatchObject({ index: 2n, extra: undefined });
    expect(read.path).toHaveLength(3);
    expect(read.checkpoint.size).toBe(5n);
    expect(parseReceipt(of(first, 'extra AAEC', index, sibling, ...rest)).extra).toEqual(Buffer.of(0, 1, 2));
    expect(parseReceipt(of(first, 'extra ', index, sibling, ...rest)).extra).toEqual(Buffer.of());
  });

  it.each([
    ['another first line', of('c2sp.org/tlog-proof@v2', index, sibling, ...rest), 'does not begin'],
    ['no index', of(first, sibling, ...rest), 'index'],
    ['an index with a leading zero', of(first, 'index 02', sibling, ...rest), 'index'],
    ['two indexes', of(first, index, index, sibling, ...rest), 'not a hash'],
    ['an extra line behind the index', of(first, index, 'extra AAEC', sibling, ...rest), 'not a hash'],
    ['an extra line that is not base64', of(first, 'extra AAE', index, sibling, ...rest), 'extra'],
    ['a hash of 31 bytes', of(first, index, Buffer.alloc(31).toString('base64'), ...rest), 'not a hash'],
    ['a truncated hash', of(first, index, sibling.slice(0, -1), ...rest), 'not a hash'],
    [
      'more hashes than any tree needs',
      of(first, index, ...Array<string>(65).fill(sibling), ...rest),
      'more than',
    ],
    ['no checkpoint', of(first, index, sibling), 'no empty line'],
    ['carriage returns', toBytes(whole.replaceAll('\n', '\r\n')), 'control character'],
    ['nothing', of(), 'no empty line'],
    ['a truncated checkpoint', toBytes(whole.slice(0, -1)), 'does not end'],
  ])('is refused with %s', (_, wrong, expected) => {
    expect(() => parseReceipt(wrong)).toThrow(expected);
  });
});

describe('a key', () => {
  it('is identified by its name and the id of its bytes', () => {
    expect(key).toMatchObject({ name: 'example.com/book', text: clerkSigner.vkey });
    expect(parseVerifierKey(witness.vkey).name).toBe('witness.example/w1');
  });

  const [name = '', id = '', ...base64] = clerkSigner.vkey.split('+');
  const material = base64.join('+');
  const lowOrder = encodeKey(`01${'00'.repeat(32)}`);
  const notCanonical = encodeKey(`01ee${'ff'.repeat(30)}7f`);
  it.each([
    ['nothing', '', 'does not have the form'],
    ['no name', `+${id}+${material}`, 'does not have the form'],
    ['a name with a space', `a b+${id}+${material}`, 'does not have the form'],
    ['an id in upper case', `${name}+ABCDEF01+${material}`, 'does not have the form'],
    ['an id of another key', `${name}+00000000+${material}`, 'does not have the id'],
    ['the name of another key', `example.com/other+${id}+${material}`, 'does not have the id'],
    ['a line feed', `${clerkSigner.vkey}\n`, 'does not have the form'],
    ['a private key', 'PRIVATE+KEY+a+00000000+AA==', 'does not have the form'],
    ['an unknown type', `${name}+${id}+${Buffer.alloc(33, 4).toString('base64')}`, 'of type 0x04'],
    ['a point of low order', lowOrder, 'is not an acceptable Ed25519 key'],
    ['a point that is not canonical', notCanonical, 'is not an acceptable Ed25519 key'],
  ])('is refused with %s', (_, wrong, expected) => {
    expect(() => parseVerifierKey(wrong)).toThrow(expected);
  });

  it('is refused in any other encoding', () => {
    for (let at = 0; at < clerkSigner.vkey.length; at += 1) {
      const other = Buffer.from(clerkSigner.vkey);
      other[at]! ^= 1;
      expect(() => parseVerifierKey(other.toString())).toThrow();
    }
  });
});

/** A key with the id that follows from its bytes. */
function encodeKey(hex: string): string {
  const material = Buffer.from(hex, 'hex');
  const id = hash('sha256', Buffer.concat([toBytes('example.com/book\n'), material])).slice(0, 8);
  return `example.com/book+${id}+${material.toString('base64')}`;
}

it('a sentence contains no character that controls a terminal', () => {
  expect(quote('a\u001b[2J\u009b\u202e"')).toBe('"a\\u001b[2J\\u{9b}\\u{202e}\\""');
});

it('base64 has one encoding', () => {
  expect(decodeBase64('AA==')).toEqual(Buffer.of(0));
  for (const other of ['AA', 'AA=', 'AB==', 'AA==\n', ' AA==', 'A A==', 'AA===', '_w==', '-w=='])
    expect(decodeBase64(other)).toBeUndefined();
});
