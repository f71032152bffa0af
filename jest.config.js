import { globSync } from 'node:fs';

// The tests run on what tsc compiled, because worker threads load JavaScript. Listing the sources keeps a
// compiled test whose source was deleted from running on.
export const compiled = (/** @type {string[]} */ files) =>
  files.map((file) => `<rootDir>/dist/${file.replace(/\.ts$/, '.js')}`);

// In a cluster the rest would be the same tests again.
const isInCluster = Boolean(process.env.MINUTEBOOK_CLUSTER);
const folders = isInCluster
  ? '{book,cli,cluster,demo,docs,durability,http,kurrentdb,ledger,proofs,shapes,verify}/'
  : '';
// Faults of the disk take minutes, so they are tried by themselves: jest.faults.config.js.
const tests = globSync(`test/${folders}**/*.spec.ts`, {
  cwd: import.meta.dirname,
  exclude: ['test/faults/**'],
});

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: compiled(tests),
  transform: {},
  testTimeout: 60_000,
  ...(isInCluster && {
    globalSetup: '<rootDir>/dist/test/support/kurrentdb/setup.js',
    globalTeardown: '<rootDir>/dist/test/support/kurrentdb/teardown.js',
  }),
};
