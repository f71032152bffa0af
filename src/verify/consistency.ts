// A consistency proof, in the format of `GET /proofs/consistency`.
import { decodeBase64Hash } from './base64.js';
import { isCount } from './json-shape.js';
import { isObject, type Json, type JsonObject } from './canonical-json.js';
import { VerificationError } from './verification-error.js';
import { provesConsistency, type TreeHead } from './proofs.js';

export type ConsistencyProof = {
  readonly from: bigint;
  readonly to: bigint;
  readonly path: readonly Buffer[];
};

/** Parses `{ from, to, hashes }`; further members are ignored. Throws VerificationError. */
export function parseConsistencyProof(bytes: Buffer): ConsistencyProof {
  const { from = null, to = null, hashes = null } = parseObject(bytes);
  if (!isCount(from) || !isCount(to) || !Array.isArray(hashes))
    throw new VerificationError('The consistency proof does not have the members "from", "to" and "hashes".');
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
    // reported below
  }
  if (!isObject(value)) throw new VerificationError('The consistency proof is not a JSON object.');
  return value;
}

function parseHash(text: Json): Buffer {
  const hash = typeof text === 'string' ? decodeBase64Hash(text) : undefined;
  if (!hash)
    throw new VerificationError(
      'The consistency proof contains something that is not a hash, 32 bytes in base64.',
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
      `The consistency proof is from ${from} to ${to}; one from ${earlier.size} to ${later.size} is required.`,
    );
  if (!provesConsistency(earlier, later, path))
    throw new VerificationError(
      `The consistency proof is invalid: it does not prove that the tree of size ${later.size} begins with that of size ${earlier.size}.`,
    );
}
