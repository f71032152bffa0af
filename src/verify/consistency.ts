// A proof of consistency as `GET /proofs/consistency` answers it.
import { hashFromBase64 } from './base64.js';
import { isCount, isObject, type Json, type JsonObject } from './canonical-json.js';
import { VerificationError } from './verification-error.js';
import { provesConsistency, type TreeHead } from './proofs.js';

export type ConsistencyProof = {
  readonly from: bigint;
  readonly to: bigint;
  readonly path: readonly Buffer[];
};

/** Reads `{ from, to, hashes }`; more members are not looked at. Throws VerificationError. */
export function parseConsistencyProof(bytes: Buffer): ConsistencyProof {
  const { from = null, to = null, hashes = null } = parseObject(bytes);
  if (!isCount(from) || !isCount(to) || !Array.isArray(hashes))
    throw new VerificationError('The proof of consistency has not the members "from", "to" and "hashes".');
  return {
    from: BigInt(Number(from)),
    to: BigInt(Number(to)),
    path: (hashes as readonly Json[]).map(parseHash),
  };
}

function parseObject(bytes: Buffer): JsonObject {
  let value: Json = null;
  try {
    value = JSON.parse(bytes.toString()) as Json;
  } catch {
    // said below
  }
  if (!isObject(value)) throw new VerificationError('The proof of consistency is not a JSON object.');
  return value;
}

function parseHash(text: Json): Buffer {
  const hash = typeof text === 'string' ? hashFromBase64(text) : undefined;
  if (!hash)
    throw new VerificationError(
      'The proof of consistency holds something that is not a hash, 32 bytes in base64.',
    );
  return hash;
}

/** Throws VerificationError unless the proof shows that the later tree begins with the earlier one. */
export function assertConsistency(
  earlier: TreeHead,
  later: TreeHead,
  { from, to, path }: ConsistencyProof,
): void {
  if (from !== earlier.size || to !== later.size)
    throw new VerificationError(
      `The proof of consistency is from ${from} to ${to}; what is needed is one from ${earlier.size} to ${later.size}.`,
    );
  if (!provesConsistency(earlier, later, path))
    throw new VerificationError(
      `The proof of consistency does not hold: the tree of size ${later.size} was not shown to begin with that of size ${earlier.size}.`,
    );
}
