// docs/ARCHITECTURE.md names files and functions that exist: each function that a step names is in a file of that step.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/project-root.js';
import { readDocument } from './support/markdown-blocks.js';

const text = readDocument('docs/ARCHITECTURE.md');
const FILE = /`((?:src|projections|test)\/[\w./-]+\.tsx?)`/g;
const findAll = (pattern: RegExp, within: string): readonly string[] =>
  [...within.matchAll(pattern)].map(([, found]) => found ?? '');

/** Where a function or method is defined, and not merely called. */
const createDefinitionPattern = (name: string): RegExp =>
  new RegExp(
    String.raw`^[ \t]*(?:export |static |async |private |readonly |get )*(?:function\*? |const |\*)?${name}(?:<[^>]*>)?(?:\([^;]*?\)[^;]*?\{| = )`,
    'm',
  );

/** Paragraphs and list items. */
const steps = text
  .split(/\n(?=\n|\d+\. )/)
  .map((step) => ({
    step: step.trim(),
    files: findAll(FILE, step),
    functions: findAll(/`(#?\w+)\(\)`/g, step),
  }))
  .filter(({ files, functions }) => files.length + functions.length > 0);

it('follows five paths through the code', () => {
  expect(findAll(/^## (One .+)$/gm, text)).toEqual([
    'One command',
    'One as-of read',
    'One page',
    'One audit',
    'One cluster append',
  ]);
  expect(steps.filter(({ step }) => /^\d+\. /.test(step)).length).toBeGreaterThan(25);
});

it.each(steps)('names what exists: $step', ({ files, functions }) => {
  const paths = files.map((file) => join(projectRoot, file));
  expect(files.filter((_, index) => !existsSync(paths[index] ?? ''))).toEqual([]);
  const code = paths.map((path) => readFileSync(path, 'utf8')).join('\n');
  const isDefined = (name: string): boolean => createDefinitionPattern(name).test(code);
  expect(functions.filter((name) => !isDefined(name))).toEqual([]);
});

it('describes every room', () => {
  const rooms = globSync('src/*/', { cwd: projectRoot }).map((path) => path.replace(/\/$/, ''));
  const described = findAll(/^\| `([\w/-]+)`/gm, text);
  expect(described).toEqual(expect.arrayContaining([...rooms, 'projections']));
  expect(described.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});
