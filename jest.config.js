import { globSync } from 'node:fs';

// The tests run on what tsc compiled, because worker threads load JavaScript. Listing the sources keeps a
// compiled test whose source was deleted from running on.
const isInCluster = Boolean(process.env.MINUTEBOOK_CLUSTER);
const folders = isInCluster
  ? '{book,cli,cluster,demo,docs,durability,http,kurrentdb,ledger,proofs,shapes,verify}/'
  : '';
const tests = globSync(`test/${folders}**/*.spec.ts`, { cwd: import.meta.dirname });

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: tests.map((file) => `<rootDir>/dist/${file.replace(/\.ts$/, '.js')}`),
  transform: {},
  testTimeout: 60_000,
  ...(isInCluster && {
    globalSetup: '<rootDir>/dist/test/support/kurrentdb/setup.js',
    globalTeardown: '<rootDir>/dist/test/support/kurrentdb/teardown.js',
  }),
};
