// The recipes are carried out literally, each in its own copy of the project, and end with green tests. By default the
// last command, `npm test`, runs the suites that look at every command and every read model; with
// MINUTEBOOK_RECIPES=all it runs all of them, and `npm run check`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAllPrograms } from '../support/child-program.js';
import { describeEmbedded, IMPORT_UNSUPPORTED_REASON } from '../support/embedded-or-cluster.js';
import { applyDiff, executeCodeBlock, copyProject } from './support/carry-out-recipe.js';
import { readCodeBlocks } from './support/markdown-blocks.js';

const isComplete = process.env['MINUTEBOOK_RECIPES'] === 'all';
const SUITES = [
  ...['architecture', 'api/docs', 'api/recorded-answers', 'commands/command-schemas', 'domain/source'],
  ...['ledger/leaf-hash-specimens', 'upcasting'],
];
const testArguments = isComplete
  ? '--testPathIgnorePatterns docs/recipes'
  : SUITES.map((suite) => `test/${suite}`).join(' ');
const TIMEOUT_MS = isComplete ? 3_600_000 : 1_200_000;

const folder = mkdtempSync(join(tmpdir(), 'minutebook-recipes-'));
afterAll(async () => {
  await stopAllPrograms();
  rmSync(folder, { recursive: true, force: true });
});

describeEmbedded(
  IMPORT_UNSUPPORTED_REASON,
  'a recipe that is followed literally ends with green tests',
  () => {
    it.each(['add-a-command', 'add-a-read-model'])(
      '%s',
      async (name) => {
        const blocks = readCodeBlocks(`docs/recipes/${name}.md`);
        expect(blocks.at(-1)?.text).toMatch(/^npm test$/m);
        const copy = join(folder, name);
        copyProject(copy);
        for (const block of blocks) await executeCodeBlock(block, copy, testArguments);
        const check = { file: name, line: 0, info: 'console', text: 'npm run check' };
        if (isComplete) await executeCodeBlock(check, copy, testArguments);
        rmSync(copy, { recursive: true });
      },
      TIMEOUT_MS,
    );
  },
);

describe('a diff block', () => {
  const apply = (text: string): string =>
    applyDiff('a\nb\nc\nd\n', { file: 'recipe.md', line: 1, info: 'diff a.ts', text });

  it('replaces, adds and removes lines, hunk by hunk', () => {
    expect(apply(' a\n-b\n+x\n+y\n@@\n c\n-d\n')).toBe('a\nx\ny\nc\n');
  });

  it('fails if its old lines are not in the file exactly once', () => {
    expect(() => apply('-x\n+y\n')).toThrow('recipe.md:1: found 0 times:\nx\n');
    expect(() => apply('+y\n')).toThrow('found 7 times');
  });
});
