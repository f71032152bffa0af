// The project's own code as syntax trees, for the tests about the code.
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';
import { projectRoot } from './project-root.js';

type Import = {
  /** A file of the project such as `src/node/open-node.ts`, or a package such as `rxjs` or `node:fs`. */
  readonly target: string;
  /** Whether it is erased before the code runs. */
  readonly isType: boolean;
  /** The imported names as the target exports them; `*` for all of them. */
  readonly names: readonly string[];
};

type Export = { readonly name: string; readonly line: number };

export type SourceFile = {
  /** Relative to the project root. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
};

export function parseSourceFile(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, tree, imports: findImports(path, tree), exports: findExports(tree) };
}

/** Every file that the compiler compiles. */
export const readSourceFiles = (): readonly SourceFile[] =>
  globSync('{src,projections,test,bench}/**/*.{ts,tsx}', { cwd: projectRoot })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => parseSourceFile(path, readFileSync(`${projectRoot}/${path}`, 'utf8')));

export const isProductCode = (path: string): boolean => /^(?:src|projections)\//.test(path);

export function walkSyntaxTree(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => {
    walkSyntaxTree(child, visit);
  });
}

export const getLineNumber = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

function findImports(path: string, tree: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isType: boolean, names: readonly string[]): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const { text } = specifier;
    const target = text.startsWith('.') ? resolveImport(path, text) : getPackageName(text);
    found.push({ target, isType, names });
  };
  walkSyntaxTree(tree, (node) => {
    if (ts.isImportDeclaration(node)) {
      const isType = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      add(node.moduleSpecifier, isType, getImportedNames(node.importClause));
    } else if (ts.isExportDeclaration(node))
      add(node.moduleSpecifier, node.isTypeOnly, getReexportedNames(node.exportClause));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false, ['*']);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true, [node.qualifier?.getText(tree).split('.')[0] ?? '*']);
  });
  return found;
}

function getImportedNames(clause: ts.ImportClause | undefined): readonly string[] {
  const { name, namedBindings } = clause ?? {};
  return [
    ...(name ? ['default'] : []),
    ...(!namedBindings
      ? []
      : ts.isNamespaceImport(namedBindings)
        ? ['*']
        : namedBindings.elements.map((element) => (element.propertyName ?? element.name).text)),
  ];
}

const getReexportedNames = (clause: ts.NamedExportBindings | undefined): readonly string[] =>
  clause && ts.isNamedExports(clause)
    ? clause.elements.map((element) => (element.propertyName ?? element.name).text)
    : ['*'];

function findExports(tree: ts.SourceFile): readonly Export[] {
  const found: Export[] = [];
  const add = (name: string, node: ts.Node): void => {
    found.push({ name, line: getLineNumber(tree, node) });
  };
  for (const statement of tree.statements) {
    if (ts.isExportAssignment(statement)) add('default', statement);
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    )
      for (const element of statement.exportClause.elements) add(element.name.text, element);
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    if (!modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) add('default', statement);
    else if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) {
        if (ts.isIdentifier(name)) add(name.text, name);
        else
          walkSyntaxTree(name, (node) => {
            if (ts.isBindingElement(node) && ts.isIdentifier(node.name)) add(node.name.text, node);
          });
      }
    else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    )
      if (statement.name) add(statement.name.text, statement.name);
  }
  return found;
}

/** Files with markup, which are imported by the same extension as others. */
const markupFiles: ReadonlySet<string> = new Set(
  globSync('{src,test}/**/*.tsx', { cwd: projectRoot }).map((path) => path.replaceAll('\\', '/')),
);

function resolveImport(path: string, relative: string): string {
  const target = posix.join(posix.dirname(path), relative);
  const markup = target.replace(/\.js$/, '.tsx');
  return markupFiles.has(markup) ? markup : target.replace(/\.js$/, '.ts');
}

/** `@nestjs/common` of `@nestjs/common/cache`, `node:fs` of `node:fs`. */
const getPackageName = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
