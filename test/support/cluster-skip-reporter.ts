// A reporter of jest that fails a run in a cluster if what it skips is not what is in cluster-skips.ts.
import { relative } from 'node:path';
import { findSkipReason, findUnusedSkips } from './cluster-skips.js';
import { isDouble } from './kurrentdb/test-kurrentdb.js';
import { projectRoot } from './project-root.js';

/** What this reporter reads of the objects that jest passes to it. */
type TestFile = { readonly path: string };
type FileResult = {
  readonly testResults: readonly {
    readonly status: string;
    readonly title: string;
    readonly ancestorTitles: readonly string[];
  }[];
};

export default class ClusterSkipReporter {
  readonly #unlisted: string[] = [];
  /** Titles of the list that are not skipped (any more). */
  readonly #unused: string[] = [];

  constructor(private readonly run: { readonly testNamePattern?: string }) {}

  onTestFileResult({ path }: TestFile, { testResults }: FileResult): void {
    if (this.run.testNamePattern) return; // jest reports the tests that the pattern leaves out as skipped
    const file = relative(projectRoot, path)
      .replaceAll('\\', '/')
      .replace(/^dist\/(.*)\.js$/, '$1.ts');
    const skipped = testResults
      .filter(({ status }) => status === 'pending')
      .map(({ title, ancestorTitles }) => [...ancestorTitles, title]);
    for (const titles of skipped)
      if (findSkipReason(file, titles) === undefined) this.#unlisted.push(`${file}: ${titles.join(' ')}`);
    for (const title of findUnusedSkips(file, skipped, isDouble)) this.#unused.push(`${file}: ${title}`);
  }

  /** jest fails the run with this error. */
  getLastError(): Error | undefined {
    const messages = [
      ['Skipped, but not in test/support/cluster-skips.ts:', ...this.#unlisted],
      ['In test/support/cluster-skips.ts, but not skipped:', ...this.#unused],
    ].filter(({ length }) => length > 1);
    return messages.length === 0 ? undefined : new Error(messages.flat().join('\n'));
  }
}
