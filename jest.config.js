import { globSync } from 'node:fs';

// The tests run on what tsc compiled, because worker threads load JavaScript. Listing the sources keeps a
// compiled test whose source was deleted from running on.
const tests = globSync('test/**/*.spec.ts', { cwd: import.meta.dirname });

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: tests.map((file) => `<rootDir>/dist/${file.replace(/\.ts$/, '.js')}`),
  transform: {},
  testTimeout: 60_000,
};
