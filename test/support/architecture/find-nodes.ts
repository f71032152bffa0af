// How a rule finds nodes of the syntax trees of what ships.
import ts from 'typescript';
import { getLineNumber, isProductCode, type SourceFile, walkSyntaxTree } from '../source-files.js';

export const isNumberAboveOne = (node: ts.Node): node is ts.NumericLiteral =>
  ts.isNumericLiteral(node) && Number(node.text) > 1;

type Finding = { readonly node: ts.Node; readonly what: string };

export const formatViolations = (
  code: readonly SourceFile[],
  find: (file: SourceFile) => readonly Finding[],
): readonly string[] =>
  code
    .filter(({ path }) => isProductCode(path))
    .flatMap((file) =>
      find(file).map(({ node, what }) => `${file.path}:${getLineNumber(file.tree, node)} ${what}`),
    );

export function collectFindings(
  tree: ts.SourceFile,
  find: (node: ts.Node) => string | undefined,
): readonly Finding[] {
  const found: Finding[] = [];
  walkSyntaxTree(tree, (node) => {
    const what = find(node);
    if (what !== undefined) found.push({ node, what });
  });
  return found;
}
