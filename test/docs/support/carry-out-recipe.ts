// A recipe, carried out literally in a copy of the project.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { startProgram } from '../../support/child-program.js';
import { projectRoot } from '../../support/project-root.js';
import type { CodeBlock } from './markdown-blocks.js';

const NOT_COPIED = new Set(['.git', 'coverage', 'data', 'demo-data', 'node_modules']);

/** Copies the project into a folder, with what is compiled already, and links the installed packages. */
export function copyProject(folder: string): void {
  cpSync(projectRoot, folder, {
    recursive: true,
    preserveTimestamps: true, // the compiler then sees that nothing has changed
    filter: (path) => !NOT_COPIED.has(relative(projectRoot, path).split(sep)[0] ?? ''),
  });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
}

/**
 * Does what a block says: writes the file that it names, applies the diff to it, or runs the commands. `npm test` without
 * arguments is run with those that are given here.
 */
export async function executeCodeBlock(
  block: CodeBlock,
  folder: string,
  testArguments: string,
): Promise<void> {
  const [language = '', path] = block.info.split(' ');
  if (language === 'console') {
    for (const command of block.text.trim().split('\n'))
      await runCommand(command === 'npm test' ? `npm test -- ${testArguments}` : command, folder);
    return;
  }
  if (path === undefined) throw new Error(`${block.file}:${block.line} names no file`);
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, language === 'diff' ? applyDiff(readFileSync(file, 'utf8'), block) : block.text);
}

async function runCommand(command: string, folder: string): Promise<void> {
  const { code, stdout, stderr } = await startProgram('sh', ['-c', `cd '${folder}' && ${command}`]).exit;
  if (code !== 0) throw new Error(`"${command}" ends with ${code}:\n${stdout}${stderr}`);
}

/** Hunks are separated by lines that begin with `@@`. The old lines of each must be in the file exactly once. */
export function applyDiff(text: string, { file, line, text: diff }: CodeBlock): string {
  return diff.split(/^@@.*\n/m).reduce((changed, hunk) => {
    const lines = hunk.replace(/\n$/, '').split('\n');
    const pick = (sign: string): string =>
      lines
        .filter((each) => each === '' || each.startsWith(' ') || each.startsWith(sign))
        .map((each) => `${each.slice(1)}\n`)
        .join('');
    const parts = changed.split(pick('-'));
    if (parts.length !== 2)
      throw new Error(`${file}:${line}: found ${parts.length - 1} times:\n${pick('-')}`);
    return parts.join(pick('+'));
  }, text);
}
