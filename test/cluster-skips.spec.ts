// What npm run test:cluster may skip.
import { readFileSync } from 'node:fs';
import ClusterSkipReporter from './support/cluster-skip-reporter.js';
import { clusterSkips } from './support/cluster-skips.js';
import { projectRoot } from './support/project-root.js';

/** May only become smaller. */
const MOST_SKIPS = 88;
/** What must hold on every server. */
const RUNS_EVERYWHERE = [
  'test/ledger/kurrentdb/kurrentdb-sequencer-contract.spec.ts',
  'test/ledger/kurrentdb/replication/cluster-unchanged-requests.spec.ts',
  'test/ledger/kurrentdb/replication/prefix-isolation.spec.ts',
];
/** Keys, checkpoints and copies run everywhere as well, but for single tests that tell the double to fail. */
const SUITES_THAT_RUN = ['KurrentDbKeyStore', 'a cluster', 'ClusterCheckpoints', 'an interrupted copy'];

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

it('lists no suite of the contracts, keys, checkpoints and copies', () => {
  expect(skips.filter(({ file }) => RUNS_EVERYWHERE.includes(file))).toEqual([]);
  expect(skips.filter(({ title }) => SUITES_THAT_RUN.includes(title))).toEqual([]);
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
});
