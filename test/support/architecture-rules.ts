// Rules about the code. Each takes the code and gives what breaks it, one sentence a place; none is empty.
import ts from 'typescript';
import { type SourceFile, getLine, walk } from './source-files.js';

export type ArchitectureRule = (code: readonly SourceFile[]) => readonly string[];

/** Files by the beginning of their path, and what they may import: the first entry that fits a file holds. */
const ALLOWED_IMPORTS: readonly { readonly of: RegExp; readonly know: readonly RegExp[] }[] = [
  { of: /^src\/dates\//, know: [/^src\/(?:dates|errors)\//] },
  { of: /^src\/eventsourcing\//, know: [/^src\/(?:eventsourcing|json|errors)\//, /^immutable$/] },
  { of: /^src\/errors\//, know: [] },
  { of: /^src\/json\//, know: [/^src\/(?:json|errors)\//, /^(?!src\/|projections\/|@nestjs\/)/] },
  {
    of: /^src\/domain\//,
    know: [/^src\/(?:domain|dates|eventsourcing|json|errors)\//, /^(?:class-validator|immutable)$/],
  },
  {
    of: /^src\/ledger\//,
    know: [/^src\/(?:ledger|eventsourcing|json|errors)\//, /^(?!src\/|projections\/|@nestjs\/)/],
  },
  {
    of: /^src\/read-models\//,
    know: [/^src\/(?:read-models|ledger|eventsourcing|json|errors)\//, /^(?!src\/|projections\/|@nestjs\/)/],
  },
  {
    of: /^src\/audit\//,
    know: [
      /^src\/(?:audit|read-models|ledger|eventsourcing|json|errors)\//,
      /^(?!src\/|projections\/|@nestjs\/)/,
    ],
  },
  {
    of: /^projections\/index\.ts$/,
    know: [
      /^projections\//,
      /^src\/read-models\/declaration\/route\.ts$/,
      /^src\/domain\/upcasters\.ts$/,
      /^src\/ledger\/event-reader\.ts$/,
    ],
  },
  {
    of: /^projections\//,
    know: [
      /^projections\/(?!index\.ts)/,
      /^src\/dates\//,
      /^src\/domain\/(?:citation|[^/]+\/(?:events|timeline|lifecycle))\.ts$/,
      /^src\/eventsourcing\//,
      /^src\/json\//,
      /^src\/read-models\/declaration\/(?:read-model|route)\.ts$/,
    ],
  },
  { of: /^(?:test|bench)\//, know: [/^/] },
  // The verifier and the server share no code, so that one mistake cannot stand in both.
  { of: /^src\/verify\//, know: [/^src\/verify\//, /^node:/, /^@noble\/curves$/] },
  { of: /^src\/cli\//, know: [/^(?!test\/|bench\/)/] },
  { of: /^src\//, know: [/^(?!test\/|bench\/|src\/verify\/|@noble\/)/] },
];

export const importsFollowAllowedDirections: ArchitectureRule = (code) =>
  code.flatMap(({ path, imports }) => {
    const arrow = ALLOWED_IMPORTS.find(({ of }) => of.test(path));
    return imports
      .filter(({ target }) => !arrow?.know.some((allowed) => allowed.test(target)))
      .map(({ target }) => `${path} imports ${target}`);
  });

/** Read models use the theory's types, never its code: they must not fold or decide by themselves. */
export const projectionsImportOnlyEventSourcingTypes: ArchitectureRule = (code) =>
  code
    .filter(({ path }) => path.startsWith('projections/'))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isType }) => target.startsWith('src/eventsourcing/') && !isType)
        .map(({ target }) => `${path} imports code of ${target}`),
    );

const getAggregateName = (path: string): string | undefined => /^src\/domain\/([^/]+)\//.exec(path)?.[1];

export const aggregatesDoNotImportEachOther: ArchitectureRule = (code) =>
  code.flatMap(({ path, imports }) =>
    imports
      .filter(
        ({ target }) =>
          getAggregateName(path) !== undefined &&
          getAggregateName(target) !== undefined &&
          getAggregateName(target) !== getAggregateName(path),
      )
      .map(({ target }) => `${path} imports ${target}`),
  );

/** In a noun's folder only its declaration knows the request classes with their decorators. */
export const requestClassesAreImportedByDeclarationsOnly: ArchitectureRule = (code) =>
  code
    .filter(({ path }) => getAggregateName(path) !== undefined && !/\/(?:commands|aggregate)\.ts$/.test(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target === 'class-validator' || target.endsWith('/commands.ts'))
        .map(({ target }) => `${path} imports ${target}`),
    );

/** A folder's shared parts may be used by others, but not the read model itself. */
export const readModelsDoNotImportEachOther: ArchitectureRule = (code) => {
  const readModels = new Set(
    code
      .filter(
        ({ path, text }) => path.startsWith('projections/') && /^export default published\(/m.test(text),
      )
      .map(({ path }) => path),
  );
  return code
    .filter(({ path }) => path.startsWith('projections/') && path !== 'projections/index.ts')
    .flatMap(({ path, imports }) =>
      imports.filter(({ target }) => readModels.has(target)).map(({ target }) => `${path} imports ${target}`),
    );
};

/** Types may refer to each other, since nothing of them is left when the code runs. */
export const importsHaveNoCycle: ArchitectureRule = (code) => {
  const next = new Map(
    code.map(({ path, imports }) => [
      path,
      imports.filter(({ isType }) => !isType).map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      found.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
};

const PURE = /^(?:src\/(?:dates|eventsourcing|domain)|projections)\//;
const IMPURE = new Set(
  'Date Temporal performance process crypto randomUUID setTimeout setInterval queueMicrotask fetch console globalThis require eval'.split(
    ' ',
  ),
);

/** Whether an identifier is only the name of a member: `event.process`, `{ process: 1 }`. */
const isMemberName = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) ||
  ((ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent)) &&
    node.parent.name === node);

/** No clock, no chance, no environment, no waiting, no I/O. */
export const coreIsPure: ArchitectureRule = (code) =>
  code
    .filter(({ path }) => PURE.test(path))
    .flatMap(({ path, tree, imports }) => {
      const found = imports
        .filter(({ target }) => target.startsWith('node:'))
        .map(({ target }) => `${path} imports ${target}`);
      const add = (node: ts.Node, what: string): void => {
        found.push(`${path}:${getLine(tree, node)} uses ${what}`);
      };
      walk(tree, (node) => {
        if (ts.isIdentifier(node) && IMPURE.has(node.text) && !isMemberName(node)) add(node, node.text);
        if (ts.isPropertyAccessExpression(node) && node.getText(tree) === 'Math.random')
          add(node, 'Math.random');
        if (ts.isAwaitExpression(node)) add(node, 'await');
        if (node.kind === ts.SyntaxKind.AsyncKeyword) add(node, 'async');
        if (ts.isMetaProperty(node)) add(node, 'import.meta');
      });
      return found;
    });

/** Lines that one reader can hold in mind. */
export const LINES_MAX = 450;

export const filesAreShort: ArchitectureRule = (code) =>
  code
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${LINES_MAX}`);

/** A noun is a folder with these files. */
const AGGREGATE_FILES = ['commands.ts', 'decider.ts', 'events.ts', 'aggregate.ts'] as const;

export const aggregatesAreComplete: ArchitectureRule = (code) => {
  const paths = new Set(code.map(({ path }) => path));
  const list = code.find(({ path }) => path === 'src/domain/aggregates.ts')?.imports ?? [];
  const aggregates = new Set([...paths].flatMap((path) => getAggregateName(path) ?? []));
  return [...aggregates].flatMap((aggregate) => [
    ...AGGREGATE_FILES.filter((file) => !paths.has(`src/domain/${aggregate}/${file}`)).map(
      (file) => `src/domain/${aggregate} has no ${file}`,
    ),
    ...(list.some(({ target }) => target === `src/domain/${aggregate}/aggregate.ts`)
      ? []
      : [`src/domain/${aggregate} does not stand in src/domain/aggregates.ts`]),
  ]);
};

export const readModelsAreListed: ArchitectureRule = (code) => {
  const list = code.find(({ path }) => path === 'projections/index.ts')?.imports ?? [];
  return code
    .filter(({ path, text }) => path.startsWith('projections/') && /^export default published\(/m.test(text))
    .filter(({ path }) => !list.some(({ target }) => target === path))
    .map(({ path }) => `${path} does not stand in projections/index.ts`);
};

/** Whoever changes an event's shape is warned where it stands. */
export const storedEventTypesAreMarked: ArchitectureRule = (code) =>
  code
    .filter(({ path }) => /^src\/domain\/[^/]+\/events\.ts$/.test(path))
    .filter(({ text }) => !/stored forever/.test(text.split('\n').slice(0, 5).join(' ')))
    .map(({ path }) => `${path} does not say at its top that its shapes are stored forever`);

/** Who installs it without what is for development only must still be able to run it. */
export const shippedImportsAreDependencies =
  (dependencies: readonly string[]): ArchitectureRule =>
  (code) =>
    code
      .filter(({ path }) => /^(?:src|projections)\//.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(
            ({ target, isType }) =>
              !isType && !/^(?:src|projections)\/|^node:/.test(target) && !dependencies.includes(target),
          )
          .map(({ target }) => `${path} imports ${target}, which is no dependency`),
      );
