// Proofs of RFC 9162 against published probes, and against the naive tree of RFC 6962.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isInteger, parse } from 'lossless-json';
import { provesConsistency, provesInclusion, type TreeHead } from '../../src/verify/proofs.js';
import { EMPTY_ROOT, CompactRange, leafHash } from '../../src/verify/tree.js';
import {
  hashLeaf,
  computeInclusionProof,
  computeConsistencyProof,
  computeRoot,
} from '../ledger/merkle/support/rfc6962-reference.js';
import { findVectors } from '../support/test-vectors.js';

const merkle = findVectors('merkle');
const bytes = (base64: string | null): Buffer => Buffer.from(base64 ?? '', 'base64');

/** The probes of one kind; their integers go up to 2^64-1. */
const probes = <Probe>(kind: string): readonly Probe[] =>
  merkle === undefined
    ? []
    : globSync(`testdata/${kind}/**/*.json`, { cwd: merkle }).map(
        (file) =>
          parse(readFileSync(join(merkle, file), 'utf8'), null, (text) =>
            isInteger(text) ? BigInt(text) : Number(text),
          ) as Probe,
      );

(merkle === undefined ? describe.skip : describe)('the probes of transparency-dev', () => {
  type Common = { proof: readonly string[] | null; desc: string; wantErr: boolean };
  const inclusion = probes<Common & { leafIdx: bigint; treeSize: bigint; root: string; leafHash: string }>(
    'inclusion',
  );
  const consistency = probes<Common & { size1: bigint; size2: bigint; root1: string; root2: string }>(
    'consistency',
  );

  it('are complete', () => expect([inclusion.length, consistency.length]).toEqual([98, 98]));

  it('of inclusion are accepted or refused as published', () => {
    const wrong = inclusion.filter(
      ({ leafIdx, treeSize, root, leafHash: hash, proof: hashes, wantErr }) =>
        provesInclusion(bytes(hash), leafIdx, (hashes ?? []).map(bytes), {
          size: treeSize,
          root: bytes(root),
        }) === wantErr,
    );
    expect(wrong).toEqual([]);
  });

  it('of consistency are accepted or refused as published', () => {
    const wrong = consistency.filter(
      ({ size1, size2, root1, root2, proof: hashes, wantErr }) =>
        provesConsistency(
          { size: size1, root: bytes(root1) },
          { size: size2, root: bytes(root2) },
          (hashes ?? []).map(bytes),
        ) === wantErr,
    );
    expect(wrong).toEqual([]);
  });
});

const treeOf = (leaves: readonly Buffer[]): TreeHead => ({
  size: BigInt(leaves.length),
  root: computeRoot(leaves),
});
const someLeaves = fc
  .integer({ min: 1, max: 80 })
  .map((size) => Array.from({ length: size }, (_, index) => hashLeaf(Buffer.of(index))));

describe('the tree', () => {
  it('has the root of the reference implementation at each size', () => {
    const leaves = Array.from({ length: 300 }, (_, index) => hashLeaf(Buffer.from(String(index))));
    const tree = new CompactRange();
    expect(tree.root()).toEqual(EMPTY_ROOT);
    for (const [index, each] of leaves.entries()) {
      tree.add(each);
      expect(tree.size).toBe(index + 1);
      expect(tree.root()).toEqual(computeRoot(leaves.slice(0, index + 1)));
    }
  });

  it('hashes a leaf as text and as bytes alike', () => {
    expect(leafHash('für')).toEqual(hashLeaf(Buffer.from('für')));
    expect(leafHash(Buffer.from('für'))).toEqual(hashLeaf(Buffer.from('für')));
  });
});

describe('an inclusion proof', () => {
  it('is valid for its leaf and for no other', () =>
    fc.assert(
      fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, a, b) => {
        const [index, other] = [a % leaves.length, b % leaves.length];
        const hashes = computeInclusionProof(index, leaves);
        expect(provesInclusion(leaves[index]!, BigInt(index), hashes, treeOf(leaves))).toBe(true);
        fc.pre(index !== other);
        expect(provesInclusion(leaves[other]!, BigInt(index), hashes, treeOf(leaves))).toBe(false);
        expect(provesInclusion(leaves[index]!, BigInt(other), hashes, treeOf(leaves))).toBe(false);
      }),
    ));

  it('is invalid with a hash added, removed or altered', () =>
    fc.assert(
      fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, a, b) => {
        const index = a % leaves.length;
        const hashes = computeInclusionProof(index, leaves);
        const isProved = (those: readonly Buffer[]): boolean =>
          provesInclusion(leaves[index]!, BigInt(index), those, treeOf(leaves));
        expect(isProved([...hashes, leaves[0]!])).toBe(false);
        expect(isProved([leaves[0]!, ...hashes])).toBe(false);
        fc.pre(hashes.length > 0);
        expect(isProved(hashes.slice(1))).toBe(false);
        expect(isProved(hashes.slice(0, -1))).toBe(false);
        expect(isProved(hashes.with(b % hashes.length, leafHash('another')))).toBe(false);
        expect(
          isProved(hashes.with(b % hashes.length, Buffer.concat(hashes.slice(0, 2)).subarray(0, 31))),
        ).toBe(false);
      }),
    ));

  it('is invalid with the same bytes split differently', () => {
    const [a, b] = [leafHash('a'), leafHash('b')];
    const bytes = Buffer.concat([a, b]);
    expect(provesInclusion(a, 0n, [b], treeOf([a, b]))).toBe(true);
    expect(provesInclusion(bytes.subarray(0, 31), 0n, [bytes.subarray(31)], treeOf([a, b]))).toBe(false);
  });

  it('is invalid for another size of the tree', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((each) => leafHash(each)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const { root } = treeOf([a, b, c, d]);
    expect(provesInclusion(c, 2n, [d, node(a, b)], { size: 4n, root })).toBe(true);
    expect(provesInclusion(c, 0n, [d, node(a, b)], { size: 2n, root })).toBe(false);
  });

  it('is valid up to the largest index', () => {
    const last = 2n ** 64n - 2n;
    // Of 2^64-1 leaves the last is alone at the end of 63 whole subtrees, whose roots are the path.
    const hashes = Array.from({ length: 63 }, (_, level) => leafHash(`subtree of 2^${level + 1}`));
    const tree = { size: last + 1n, root: hashes.reduce((root, each) => node(each, root), leafHash('last')) };
    expect(provesInclusion(leafHash('last'), last, hashes, tree)).toBe(true);
    expect(provesInclusion(leafHash('last'), last - 1n, hashes, tree)).toBe(false);
    expect(provesInclusion(leafHash('last'), last, hashes, { ...tree, size: last + 2n })).toBe(false);
  });
});

const node = (left: Buffer, right: Buffer): Buffer => {
  const tree = new CompactRange();
  tree.add(left);
  tree.add(right);
  return tree.root();
};

describe('a consistency proof', () => {
  it('is valid for its two trees, and invalid with a hash added, removed or altered', () =>
    fc.assert(
      fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, a, b) => {
        const size = 1 + (a % leaves.length);
        const [earlier, later] = [treeOf(leaves.slice(0, size)), treeOf(leaves)];
        const hashes = computeConsistencyProof(size, leaves);
        expect(provesConsistency(earlier, later, hashes)).toBe(true);
        expect(provesConsistency(earlier, later, [...hashes, leaves[0]!])).toBe(false);
        expect(provesConsistency(earlier, { ...later, root: leafHash('another') }, hashes)).toBe(false);
        expect(provesConsistency({ ...earlier, root: leafHash('another') }, later, hashes)).toBe(false);
        fc.pre(hashes.length > 0);
        expect(provesConsistency(later, earlier, hashes)).toBe(false);
        expect(provesConsistency(earlier, later, hashes.slice(1))).toBe(false);
        expect(provesConsistency(earlier, later, hashes.slice(0, -1))).toBe(false);
        expect(provesConsistency(earlier, later, hashes.with(b % hashes.length, leafHash('another')))).toBe(
          false,
        );
      }),
    ));

  it('is invalid for other sizes of the trees', () => {
    const leaves = ['a', 'b', 'c', 'd'].map((each) => leafHash(each));
    const left = leafHash('left of both');
    const [earlier, later] = [treeOf(leaves.slice(0, 3)), treeOf(leaves)];
    const below = ({ size, root }: TreeHead): TreeHead => ({ size, root: node(left, root) });
    expect(provesConsistency(earlier, later, computeConsistencyProof(3, leaves))).toBe(true);
    expect(
      provesConsistency(below(earlier), below(later), [...computeConsistencyProof(3, leaves), left]),
    ).toBe(false);
  });

  it('is invalid between a tree and one with an altered leaf', () =>
    fc.assert(
      fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, a, b) => {
        const size = 1 + (a % leaves.length);
        const forged = leaves.with(b % size, leafHash('altered'));
        expect(
          provesConsistency(
            treeOf(leaves.slice(0, size)),
            treeOf(forged),
            computeConsistencyProof(size, forged),
          ),
        ).toBe(false);
      }),
    ));
});
