// A copy of the compiled product with mutations: a checker is proved by what it finds there.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/project-root.js';
import { createMemoryDirectory } from './memory-directory.js';

export type Mutation = {
  /** Relative to the folder of the product's sources. */
  readonly file: string;
  readonly instead: string;
  readonly write: string;
};

/** Acknowledges a batch before it is committed. */
export const EARLY_ACKNOWLEDGMENT: readonly Mutation[] = [
  { file: 'ledger/sqlite/ledger-writer.js', instead: 'const result = work();', write: 'return work();' },
  {
    file: 'ledger/sqlite/ledger-writer.js',
    instead: 'const before = this.#head;',
    write: "if (this.#db.inTransaction) this.#db.exec('COMMIT'); const before = this.#head;",
  },
];

/**
 * The path of a compiled test script in a copy with these mutations. Throws unless each replaced text occurs exactly
 * once.
 */
export function createMutatedBuild(script: string, mutations: readonly Mutation[]): string {
  const copy = createMemoryDirectory();
  for (const name of ['dist/src', 'dist/test', 'package.json'])
    cpSync(join(projectRoot, name), join(copy, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, instead, write } of mutations) {
    const path = join(copy, 'dist/src', file);
    const [before = '', ...after] = readFileSync(path, 'utf8').split(instead);
    if (after.length !== 1)
      throw new Error(`"${instead}" occurs ${after.length} times in ${file}, not once.`);
    writeFileSync(path, before + write + after.join(''));
  }
  return join(copy, 'dist/test', script);
}
