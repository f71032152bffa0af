// RFC 6962, section 2.1, to the letter.
import { hash } from 'node:crypto';

export const leaf = (data: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.of(0), data]), 'buffer');
const node = (left: Buffer, right: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');

const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

export function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return hash('sha256', '', 'buffer');
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return node(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

export function path(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k
    ? [...path(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}

export function proof(m: number, leaves: readonly Buffer[], isKnown = true): Buffer[] {
  if (m === leaves.length) return isKnown ? [] : [treeHash(leaves)];
  const k = split(leaves.length);
  return m <= k
    ? [...proof(m, leaves.slice(0, k), isKnown), treeHash(leaves.slice(k))]
    : [...proof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}
