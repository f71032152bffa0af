// The project's own code as trees, for tests about the code.
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { projectRoot } from './project-root.js';

export type Import = {
  /** A file of the project such as `src/node/open-node.ts`, or a package such as `rxjs` or `node:fs`. */
  readonly target: string;
  /** Whether nothing of it is left when the code runs. */
  readonly isType: boolean;
};

export type SourceFile = {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
};

export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, tree, imports: findImports(path, tree) };
}

/** Everything that the compiler compiles. */
export const readAllSources = (): readonly SourceFile[] =>
  globSync('{src,projections,test,bench}/**/*.ts', { cwd: projectRoot })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => parseSource(path, readFileSync(`${projectRoot}/${path}`, 'utf8')));

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => {
    walk(child, visit);
  });
}

export const getLine = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

function findImports(path: string, tree: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isType: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const { text } = specifier;
    found.push({ target: text.startsWith('.') ? resolveImport(path, text) : getPackageName(text), isType });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
  });
  return found;
}

const resolveImport = (path: string, relative: string): string =>
  posix.join(posix.dirname(path), relative).replace(/\.js$/, '.ts');

/** `@nestjs/common` of `@nestjs/common/cache`, `node:fs` of `node:fs`. */
const getPackageName = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
