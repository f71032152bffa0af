// Ed25519 (RFC 8032, section 5.1.7) with the same verdict for every input on every runtime: the arithmetic is that of a
// library, the acceptance rules are here.
import { hash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

const ORDER = Point.Fn.ORDER;

/**
 * Whether a signature of 64 bytes is that of the key of 32 bytes on the message. Refused are: a non-canonical encoding of
 * either point, a point of low order (such a key "signs" anything), and S not below the order of the group. All else is
 * checked by [S]B = R + [k]A without the cofactor, k reduced by the order: the rule that dalek calls `verify_strict`,
 * stricter than RFC 8032 where that leaves a choice.
 */
export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const a = decodePoint(key);
  const r = decodePoint(signature.subarray(0, 32));
  const s = decodeLittleEndian(signature.subarray(32));
  if (!a || !r || s >= ORDER) return false;
  const k = decodeLittleEndian(
    hash('sha512', Buffer.concat([signature.subarray(0, 32), key, message]), 'buffer'),
  );
  return Point.BASE.multiplyUnsafe(s).equals(r.add(a.multiplyUnsafe(k % ORDER)));
}

/** Whether a key is acceptable at all: canonical and not of low order. */
export const isStrictKey = (key: Uint8Array): boolean => decodePoint(key) !== undefined;

/** Decodes a canonical encoding (RFC 8032, section 5.1.3); undefined for any other, and for a point of low order. */
function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    const point = Point.fromBytes(bytes, false);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}

const decodeLittleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
