// The fenced code blocks of the documentation.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/project-root.js';

export type CodeBlock = {
  /** The document, relative to the project root. */
  readonly file: string;
  readonly line: number;
  /** What follows the opening fence: a language, and for some the path of a file. */
  readonly info: string;
  readonly text: string;
};

export const documentPaths: readonly string[] = globSync('{*.md,docs/**/*.md,examples/**/*.md}', {
  cwd: projectRoot,
}).sort();

export const readDocument = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

/** In order. A block in a list is indented; its text is not. */
export function readCodeBlocks(file: string): readonly CodeBlock[] {
  const text = readDocument(file);
  return [...text.matchAll(/^( *)```(\S[^\n]*)\n([\s\S]*?)^\1```$/gm)].map((found) => ({
    file,
    line: text.slice(0, found.index).split('\n').length,
    info: found[2] ?? '',
    text: (found[3] ?? '').replaceAll(new RegExp(`^${found[1] ?? ''}`, 'gm'), ''),
  }));
}

/** What an answer must be: "…" stands for any value, and the member "…" of an object for any others that it has. */
export function toExpectation(json: unknown): unknown {
  if (json === '…') return expect.anything();
  if (Array.isArray(json)) return json.map(toExpectation);
  if (typeof json !== 'object' || json === null) return json;
  const { '…': others, ...shown } = json as { readonly [name: string]: unknown };
  const members = Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [name, toExpectation(value)]),
  );
  return others === undefined ? members : expect.objectContaining(members);
}
