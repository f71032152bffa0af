// Ed25519 (RFC 8032, section 5.1.7) with one verdict for every input, whatever runtime it runs on: the arithmetic
// is a library's, the verdict is made here.
import { hash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

const ORDER = Point.Fn.ORDER;

/**
 * Whether a signature of 64 bytes is that of the key of 32 bytes on the message. OperationFailedError are: an encoding of either
 * point that is not canonical, either point of low order (such a key "signs" anything), S that is not below the
 * order of the group. All else is judged by [S]B = R + [k]A without the cofactor, k reduced by the order: the rule
 * that dalek calls `verify_strict`, stricter than RFC 8032 where that leaves a choice.
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

/** Whether a key may be trusted with signing at all. */
export const isStrictKey = (key: Uint8Array): boolean => decodePoint(key) !== undefined;

/** The point of a canonical encoding (RFC 8032, section 5.1.3); undefined for any other and for low order. */
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
