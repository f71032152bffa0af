// The tree over tiles, compared with a literal implementation of RFC 6962 and with published values.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { MerkleTree } from '../../../src/ledger/merkle/merkle-tree.js';
import { InMemoryTileStore, buildTree } from './support/in-memory-tile-store.js';
import {
  hashLeaf,
  computeInclusionProof,
  computeConsistencyProof,
  computeRoot,
} from './support/rfc6962-reference.js';

const createLeaves = (size: number): Buffer[] =>
  Array.from({ length: size }, (_, n) => hashLeaf(Buffer.from(`leaf ${n}`)));
const toHex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));

describe('a tree has the hashes of RFC 6962', () => {
  const most = 1_100;
  const all = createLeaves(most);
  const tree = buildTree(all);

  it('for each size around the edges of its tiles', () => {
    for (const size of [0, 1, 2, 3, 5, 255, 256, 257, 511, 512, 513, 767, 768, 1023, 1024, 1025, most])
      expect([size, tree.getRoot(size).toString('hex')]).toEqual([
        size,
        computeRoot(all.slice(0, size)).toString('hex'),
      ]);
  });

  it('for any inclusion proof and any consistency proof', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: most }), fc.nat(), fc.nat(), (size, one, other) => {
        const [index, from] = [one % size, 1 + (other % size)];
        expect(toHex(tree.getInclusionProof(index, size))).toEqual(
          toHex(computeInclusionProof(index, all.slice(0, size))),
        );
        expect(toHex(tree.getConsistencyProof(from, size))).toEqual(
          toHex(computeConsistencyProof(from, all.slice(0, size))),
        );
      }),
      { numRuns: 200 },
    ));

  it('while it grows: a read does not affect later reads', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 8 }), (steps) => {
        const tiles = new InMemoryTileStore();
        const growing = new MerkleTree(tiles);
        let size = 0;
        for (const step of steps) {
          for (const each of all.slice(size, size + step)) tiles.push(each);
          size = Math.min(size + step, most);
          expect(growing.getRoot(size)).toEqual(computeRoot(all.slice(0, size)));
          expect(toHex(growing.getInclusionProof(size - 1, size))).toEqual(
            toHex(computeInclusionProof(size - 1, all.slice(0, size))),
          );
        }
      }),
      { numRuns: 30 },
    ));

  it('and refuses leaves that do not exist', () => {
    expect(() => tree.getRoot(most + 1)).toThrow(RangeError);
    expect(() => tree.getInclusionProof(5, 5)).toThrow(RangeError);
    expect(() => tree.getInclusionProof(-1, 5)).toThrow(RangeError);
    expect(() => tree.getConsistencyProof(6, 5)).toThrow(RangeError);
    expect(tree.getConsistencyProof(0, 5)).toEqual([]);
  });
});

describe('tiles', () => {
  const all = createLeaves(70_000);
  const tree = buildTree(all);

  it('are those of the specification for a tree of 70,000 leaves', () => {
    expect(tree.getTile(0, 272, 256)).toEqual(Buffer.concat(all.slice(272 * 256, 273 * 256)));
    expect(tree.getTile(0, 273, 112)).toEqual(Buffer.concat(all.slice(273 * 256)));
    expect(tree.getTile(0, 273, 113)).toBeUndefined();
    expect(tree.getTile(1, 0, 256)?.subarray(0, 32)).toEqual(computeRoot(all.slice(0, 256)));
    expect(tree.getTile(1, 1, 17)?.subarray(-32)).toEqual(computeRoot(all.slice(272 * 256, 273 * 256)));
    expect(tree.getTile(1, 1, 18)).toBeUndefined();
    expect(tree.getTile(2, 0, 1)).toEqual(computeRoot(all.slice(0, 65_536)));
    expect(tree.getTile(2, 0, 2)).toBeUndefined();
    expect(tree.getTile(3, 0, 1)).toBeUndefined();
  });
});

/** draft-ietf-plants-merkle-tree-certs, section 4.1. */
const isSubtree = (start: number, end: number): boolean => {
  let ceiling = 1;
  while (ceiling < end - start) ceiling *= 2;
  return start % ceiling === 0;
};

/**
 * draft-ietf-plants-merkle-tree-certs, "Subtree Test Vectors": a line for every subtree of trees of up to 130 leaves,
 * leaf i being the byte i, and the SHA-256 of all lines.
 */
describe('the accumulated values published with the draft on Merkle Tree Certificates', () => {
  const most = 130;
  const tree = buildTree(Array.from({ length: most }, (_, n) => hashLeaf(Buffer.of(n))));
  const accumulated = (lines: Iterable<readonly [string, readonly Buffer[]]>): string => {
    const sum = createHash('sha256');
    for (const [words, hashes] of lines) sum.update(`${[words, ...toHex(hashes)].join(' ')}\n`);
    return sum.digest('hex');
  };
  function* subtrees(): Generator<readonly [start: number, end: number]> {
    for (let end = 0; end <= most; end++)
      for (let start = 0; start <= end; start++) if (isSubtree(start, end)) yield [start, end];
  }

  it('hashes', () => {
    const lines = [...subtrees()].map(
      ([start, end]) => [`[${start}, ${end})`, [tree.getSubtreeRoot(start, end)]] as const,
    );
    expect(accumulated(lines)).toBe('b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81');
  });

  it('inclusion proofs', () => {
    const lines = [...subtrees()].flatMap(([start, end]) =>
      Array.from({ length: end - start }, (_, n) => {
        const index = start + n;
        return [`${index} [${start}, ${end})`, tree.getInclusionProof(index, end, start)] as const;
      }),
    );
    expect(accumulated(lines)).toBe('ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f');
  });

  it('consistency proofs', () => {
    function* lines(): Generator<readonly [string, readonly Buffer[]]> {
      for (let n = 0; n <= most; n++)
        for (const [start, end] of subtrees())
          if (end <= n) yield [`[${start}, ${end}) ${n}`, tree.getConsistencyProof(end, n, start)];
    }
    expect(accumulated(lines())).toBe('10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74');
  });
});
