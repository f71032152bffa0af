// What npm run test:cluster may skip.
import { existsSync, readFileSync } from 'node:fs';
import ClusterSkipReporter from './support/cluster-skip-reporter.js';
import { clusterSkips } from './support/cluster-skips.js';
import { projectRoot } from './support/project-root.js';

/** May only become smaller. */
const MOST_SKIPS = 67;
/** What must hold on every server: the contracts, the take-over from other clients, keys, checkpoints and copies. */
const RUNS_EVERYWHERE = [
  'test/auth/kurrentdb-key-store.spec.ts',
  'test/cli/copy-book.spec.ts',
  'test/cluster/shared-keys-and-checkpoints.spec.ts',
  'test/ledger/kurrentdb/client/kurrentdb-connection.spec.ts',
  'test/ledger/kurrentdb/kurrentdb-sequencer-contract.spec.ts',
  'test/ledger/kurrentdb/replication/cluster-checkpoints.spec.ts',
  'test/ledger/kurrentdb/replication/cluster-no-op-requests.spec.ts',
  'test/ledger/kurrentdb/replication/prefix-isolation.spec.ts',
];

const skips = Object.entries(clusterSkips).flatMap(([file, titles]) =>
  Object.keys(titles).map((title) => ({ file, title })),
);

it('does not grow', () => {
  expect(skips.length).toBeLessThanOrEqual(MOST_SKIPS);
});

it('lists only tests that exist', () => {
  const unknown = skips.filter(
    ({ file, title }) =>
      !readFileSync(`${projectRoot}/${file}`, 'utf8').replaceAll("\\'", "'").includes(title),
  );
  expect(unknown).toEqual([]);
});

it('lists nothing of the contracts, keys, checkpoints and copies', () => {
  for (const file of RUNS_EVERYWHERE) expect(existsSync(`${projectRoot}/${file}`)).toBe(true);
  expect(skips.filter(({ file }) => RUNS_EVERYWHERE.includes(file))).toEqual([]);
});

describe('the reporter', () => {
  const file = 'test/node/stale-node.spec.ts';
  const report = (title: string, run = {}): Error | undefined => {
    const reporter = new ClusterSkipReporter(run);
    const result = {
      status: 'pending',
      title,
      ancestorTitles: ['a node whose server was cut off from the others'],
    };
    const unlisted = { ...result, ancestorTitles: ['another group'] };
    reporter.onTestFileResult(
      { path: `${projectRoot}/dist/${file.replace('.ts', '.js')}` },
      { testResults: [title === 'listed' ? result : unlisted] },
    );
    return reporter.getLastError();
  };

  it('fails the run if a skipped test is not in the list', () => {
    expect(report('not listed')?.message).toContain(`${file}: another group not listed`);
  });

  it('accepts the skipped tests of the list, and those that a pattern of names leaves out', () => {
    expect(report('listed')).toBeUndefined();
    expect(report('not listed', { testNamePattern: 'something' })).toBeUndefined();
  });

  it('fails the run if a test of the list was not skipped', () => {
    const reporter = new ClusterSkipReporter({});
    const path = `${projectRoot}/dist/test/cli/backup-command.spec.js`;
    reporter.onTestFileResult({ path }, { testResults: [] });
    expect(reporter.getLastError()?.message).toContain(
      'not skipped:\ntest/cli/backup-command.spec.ts: minutebook backup',
    );
  });
});
