import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';

// The tests run on what tsc compiled, because worker threads load JavaScript. Listing the sources keeps a
// compiled test whose source was deleted from running on.
export const compiled = (/** @type {string[]} */ files) =>
  files.map((file) => `<rootDir>/dist/${file.replace(/\.ts$/, '.js')}`);

const isInCluster = Boolean(process.env.MINUTEBOOK_CLUSTER);
/** What takes minutes: kills, long files through the command line, the recipes, the first minutes of a full disk. */
export const deepTests = [
  'test/durability/**/*.spec.ts',
  'test/cluster/random-failures.spec.ts',
  'test/cli/copy-book.spec.ts',
  'test/cli/long-running-operations.spec.ts',
  'test/docs/recipes.spec.ts',
  'test/server/packed-install.spec.ts',
  'test/server/scarce-resources.spec.ts',
];

const tests = isInCluster
  ? [
      'test/{api,auth,cli,cluster,docs,durability,http,kurrentdb-double,ledger/kurrentdb,node,projections,server,upcasting}/**/*.spec.ts',
      'test/ledger/checkpoints/checkpoint-continuity.spec.ts',
      'test/verify/verify-server-export.spec.ts',
    ]
  : 'test/**/*.spec.ts';
// They run by themselves, by jest.deep.config.js; a cluster runs all that it can. Faults of the disk: jest.faults.config.js, of a cluster:
// jest.cluster-faults.config.js.
const found = globSync(tests, {
  cwd: import.meta.dirname,
  exclude: ['test/faults/**', 'test/cluster-faults/**', ...(isInCluster ? [] : deepTests)],
});

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: compiled(found),
  transform: {},
  // One more than jest would take on two cores: what starts processes of its own mostly waits for them.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  testTimeout: 60_000,
  ...(isInCluster && {
    globalSetup: '<rootDir>/dist/test/support/kurrentdb/setup.js',
    globalTeardown: '<rootDir>/dist/test/support/kurrentdb/teardown.js',
    reporters: ['default', '<rootDir>/dist/test/support/cluster-skip-reporter.js'],
  }),
};
