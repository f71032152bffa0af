// A reporter of jest that fails a run in a cluster if a test was skipped that is not in cluster-skips.ts.
import { relative } from 'node:path';
import { findSkipReason } from './cluster-skips.js';
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

  constructor(private readonly run: { readonly testNamePattern?: string }) {}

  onTestFileResult({ path }: TestFile, { testResults }: FileResult): void {
    if (this.run.testNamePattern) return; // jest reports the tests that the pattern leaves out as skipped
    const file = relative(projectRoot, path)
      .replaceAll('\\', '/')
      .replace(/^dist\/(.*)\.js$/, '$1.ts');
    for (const { status, title, ancestorTitles } of testResults)
      if (status === 'pending' && findSkipReason(file, [...ancestorTitles, title]) === undefined)
        this.#unlisted.push(`${file}: ${[...ancestorTitles, title].join(' ')}`);
  }

  /** jest fails the run with this error. */
  getLastError(): Error | undefined {
    if (this.#unlisted.length === 0) return undefined;
    return new Error(`Skipped, but not in test/support/cluster-skips.ts:\n${this.#unlisted.join('\n')}`);
  }
}
