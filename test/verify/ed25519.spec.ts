// Which signatures are accepted is a rule of this project and not of the runtime: published edge cases, and the runtime
// where all implementations agree.
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isStrictKey, verifyEd25519 } from '../../src/verify/ed25519.js';
import { findVectors } from '../support/test-vectors.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const cctv = findVectors('cctv');
(cctv === undefined ? describe.skip : describe)('the edge cases of C2SP CCTV', () => {
  type Case = { key: string; sig: string; msg: string; flags: readonly string[] | null };
  const cases =
    cctv === undefined
      ? []
      : (JSON.parse(readFileSync(join(cctv, 'ed25519/ed25519vectors.json'), 'utf8')) as readonly Case[]);
  const REFUSED = /^(?:low_order_A|low_order_R|non_canonical_A|non_canonical_R|low_order_residue)$/;

  it('are complete', () => expect(cases).toHaveLength(914));

  it('are refused for a point of low order or not canonical, and for a residue of low order; otherwise accepted', () => {
    const wrong = cases.filter(({ key, sig, msg, flags }) => {
      const isRefused = flags?.some((flag) => REFUSED.test(flag)) ?? false;
      return verifyEd25519(hex(key), Buffer.from(msg), hex(sig)) === isRefused;
    });
    expect(wrong).toEqual([]);
  });

  it('contain accepted and refused signatures', () => {
    const accepted = cases.filter(({ key, sig, msg }) => verifyEd25519(hex(key), Buffer.from(msg), hex(sig)));
    expect(accepted).toHaveLength(43);
  });
});

const wycheproof = findVectors('wycheproof');
(wycheproof === undefined ? describe.skip : describe)('the cases of Wycheproof', () => {
  type Group = {
    publicKey: { pk: string };
    tests: readonly {
      tcId: number;
      comment: string;
      msg: string;
      sig: string;
      result: 'valid' | 'invalid';
    }[];
  };
  const { testGroups } = (
    wycheproof === undefined
      ? { testGroups: [] }
      : JSON.parse(readFileSync(join(wycheproof, 'testvectors_v1/ed25519_test.json'), 'utf8'))
  ) as { testGroups: readonly Group[] };
  const cases = testGroups.flatMap(({ publicKey: { pk }, tests }) => tests.map((test) => ({ ...test, pk })));

  it('are complete', () => expect(cases).toHaveLength(151));

  it('are accepted or refused as published', () => {
    const wrong = cases.filter(
      ({ pk, msg, sig, result }) => verifyEd25519(hex(pk), hex(msg), hex(sig)) !== (result === 'valid'),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a signature of the runtime', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);

  it('is accepted, and refused with any bit of it, of the key or of the message flipped', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (message, at) => {
        const signature = sign(null, message, privateKey);
        expect(verifyEd25519(key, message, signature)).toBe(true);
        for (const part of [message, signature, key]) {
          const bit = at % (part.length * 8);
          const turn = (): void => void (part[bit >> 3]! ^= 1 << (bit & 7));
          turn();
          expect(verifyEd25519(key, message, signature)).toBe(false);
          turn();
        }
      }),
      { numRuns: 40 },
    ));

  it('is refused with S + L for S, which is the same scalar', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const message = Buffer.from('said twice');
    const signature = sign(null, message, privateKey);
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse().copy(signature, 32);
    expect(verifyEd25519(key, message, signature)).toBe(false);
    expect(verify(null, message, publicKey, signature)).toBe(false);
  });

  it.each([
    ['a key of another length', 31, 64],
    ['a signature of another length', 32, 63],
    ['nothing', 0, 0],
  ])('is refused with %s', (_, keyLength, signatureLength) => {
    expect(verifyEd25519(Buffer.alloc(keyLength, 2), Buffer.of(), Buffer.alloc(signatureLength))).toBe(false);
  });
});

describe('a key', () => {
  const p = 2n ** 255n - 19n;
  const encoded = (y: bigint, sign: 0 | 1): Buffer =>
    Buffer.from((y + (BigInt(sign) << 255n)).toString(16).padStart(64, '0'), 'hex').reverse();
  const small = Array.from({ length: 19 }, (_, y) => BigInt(y));

  it('is a point in its canonical encoding', () => {
    const trusted = small.flatMap((y) => ([0, 1] as const).filter((sign) => isStrictKey(encoded(y, sign))));
    expect(trusted.length).toBeGreaterThan(10);
    for (const y of small)
      for (const sign of [0, 1] as const) expect([y, isStrictKey(encoded(p + y, sign))]).toEqual([y, false]);
  });

  it('is refused as a point of low order', () => {
    for (const y of [0n, 1n, p - 1n])
      for (const sign of [0, 1] as const) expect([y, isStrictKey(encoded(y, sign))]).toEqual([y, false]);
  });
});
