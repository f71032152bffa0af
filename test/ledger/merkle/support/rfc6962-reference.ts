// RFC 6962, section 2.1, implemented literally.
import { hash } from 'node:crypto';

export const hashLeaf = (data: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.of(0), data]), 'buffer');
const hashNodes = (left: Buffer, right: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');

const findSplit = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

export function computeRoot(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return hash('sha256', '', 'buffer');
  if (leaves.length === 1) return only;
  const k = findSplit(leaves.length);
  return hashNodes(computeRoot(leaves.slice(0, k)), computeRoot(leaves.slice(k)));
}

export function computeInclusionProof(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = findSplit(leaves.length);
  return m < k
    ? [...computeInclusionProof(m, leaves.slice(0, k)), computeRoot(leaves.slice(k))]
    : [...computeInclusionProof(m - k, leaves.slice(k)), computeRoot(leaves.slice(0, k))];
}

export function computeConsistencyProof(m: number, leaves: readonly Buffer[], isKnown = true): Buffer[] {
  if (m === leaves.length) return isKnown ? [] : [computeRoot(leaves)];
  const k = findSplit(leaves.length);
  return m <= k
    ? [...computeConsistencyProof(m, leaves.slice(0, k), isKnown), computeRoot(leaves.slice(k))]
    : [...computeConsistencyProof(m - k, leaves.slice(k), false), computeRoot(leaves.slice(0, k))];
}
