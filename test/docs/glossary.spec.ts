// The glossary defines the words of the code: each is used there.
import { readSourceFiles, isProductCode } from '../support/source-files.js';
import { readDocument } from './support/markdown-blocks.js';

const rows = [...readDocument('docs/glossary.md').matchAll(/^\| ([a-z]+(?: [a-z]+)*) +\| (\S.*\S) +\|$/gm)]
  .map(([, word = '', meaning = '']) => ({ word, meaning }))
  .filter(({ word }) => word !== 'word');
const code = readSourceFiles()
  .filter(({ path }) => isProductCode(path))
  .map(({ text }) => text)
  .join('\n');

it('defines about thirty words, each once', () => {
  expect(rows.length).toBeGreaterThanOrEqual(30);
  expect(rows.length).toBeLessThanOrEqual(45);
  expect(new Set(rows.map(({ word }) => word)).size).toBe(rows.length);
});

// `tree head` may be written treeHead, TreeHead, TREE_HEAD or tree-head.
it.each(rows)('$word is used in the code', ({ word }) => {
  expect(new RegExp(word.replaceAll(' ', '[ _-]?'), 'i').test(code)).toBe(true);
});
