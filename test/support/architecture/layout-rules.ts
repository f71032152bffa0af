// Rules about what a folder holds, how large files and rooms are, and what the core may not do.
import ts from 'typescript';
import { getLineNumber, isProductCode, walkSyntaxTree } from '../source-files.js';
import { findAggregateName, publishesReadModel } from './import-rules.js';
import { type FindViolations, type PlantedViolation, plantImport, type Rule } from './rule.js';

const PURE = /^(?:src\/(?:dates|eventsourcing|domain)|projections)\//;
const IMPURE = new Set(
  'Date Temporal performance process crypto randomUUID setTimeout setInterval queueMicrotask fetch console globalThis require eval'.split(
    ' ',
  ),
);

/** Whether an identifier only names a member: `event.process`, `{ process: 1 }`. */
const isMemberName = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) ||
  ((ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent)) &&
    node.parent.name === node);

/** No clock, no randomness, no environment, no waiting, no I/O. */
const coreIsPure: FindViolations = (code) =>
  code
    .filter(({ path }) => PURE.test(path))
    .flatMap(({ path, tree, imports }) => {
      const found = imports
        .filter(({ target }) => target.startsWith('node:'))
        .map(({ target }) => `${path} imports ${target}`);
      const add = (node: ts.Node, what: string): void => {
        found.push(`${path}:${getLineNumber(tree, node)} uses ${what}`);
      };
      walkSyntaxTree(tree, (node) => {
        if (ts.isIdentifier(node) && IMPURE.has(node.text) && !isMemberName(node)) add(node, node.text);
        if (ts.isPropertyAccessExpression(node) && node.getText(tree) === 'Math.random')
          add(node, 'Math.random');
        if (ts.isAwaitExpression(node)) add(node, 'await');
        if (node.kind === ts.SyntaxKind.AsyncKeyword) add(node, 'async');
        if (ts.isMetaProperty(node)) add(node, 'import.meta');
      });
      return found;
    });

/** How many lines a file may have. */
const LINES_MAX = 450;

const countLines = (text: string): number => text.split('\n').length - 1;

const filesAreShort: FindViolations = (code) =>
  code
    .map(({ path, text }) => ({ path, lines: countLines(text) }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${LINES_MAX}`);

/** The adapters of the ledger are rooms of their own. */
const ROOM = /^(?:projections|src\/(?:ledger\/(?:sqlite|kurrentdb)|[^/]+))(?=\/)/;
const ROOM_SHARE_MAX = 1 / 5;
const HTTP_LINES_MAX = 700;

/** A fifth of the code for a room, and 700 lines for src/http, which holds the wire and nothing else. */
const roomsAreSmall: FindViolations = (code) => {
  const sizes = new Map<string, number>();
  for (const { path, text } of code.filter(({ path }) => isProductCode(path))) {
    const room = ROOM.exec(path)?.[0] ?? 'src';
    sizes.set(room, (sizes.get(room) ?? 0) + countLines(text));
  }
  const total = [...sizes.values()].reduce((sum, lines) => sum + lines, 0);
  return [...sizes].flatMap(([room, lines]) => {
    const most = room === 'src/http' ? HTTP_LINES_MAX : Math.floor(total * ROOM_SHARE_MAX);
    return lines > most ? [`${room} has ${lines} lines, more than ${most}`] : [];
  });
};

/** A large aggregate; a small one has two files, `<name>.ts` and `<name>-commands.ts`. */
const LARGE_AGGREGATE_FILES = ['commands.ts', 'decider.ts', 'events.ts', 'aggregate.ts'] as const;

const aggregatesAreComplete: FindViolations = (code) => {
  const paths = new Set(code.map(({ path }) => path));
  const list = code.find(({ path }) => path === 'src/domain/aggregates.ts')?.imports ?? [];
  const names = new Set([...paths].flatMap((path) => findAggregateName(path) ?? []));
  return [...names].flatMap((name) => {
    const folder = `src/domain/${name}`;
    const isSmall = paths.has(`${folder}/${name}.ts`);
    const files = isSmall ? [`${name}.ts`, `${name}-commands.ts`] : LARGE_AGGREGATE_FILES;
    const declaration = `${folder}/${isSmall ? `${name}-commands` : 'aggregate'}.ts`;
    return [
      ...files.filter((file) => !paths.has(`${folder}/${file}`)).map((file) => `${folder} has no ${file}`),
      ...(list.some(({ target }) => target === declaration)
        ? []
        : [`${folder} is not listed in src/domain/aggregates.ts`]),
    ];
  });
};

const readModelsAreListed: FindViolations = (code) => {
  const list = code.find(({ path }) => path === 'projections/index.ts')?.imports ?? [];
  return code
    .filter(({ path, text }) => publishesReadModel(path, text))
    .filter(({ path }) => !list.some(({ target }) => target === path))
    .map(({ path }) => `${path} is not listed in projections/index.ts`);
};

/** The warning stands above the first event type, where somebody who changes a shape reads it. */
const storedEventTypesAreMarked: FindViolations = (code) =>
  code
    .filter(({ path }) => /^src\/domain\/(?:[^/]+\/events|([^/]+)\/\1)\.ts$/.test(path))
    .filter(({ text }) => !text.slice(0, text.search(/TypedEvent<|$/)).includes('stored forever'))
    .map(({ path }) => `${path} does not say above its event types that their shapes are stored forever`);

export const layoutRules: readonly Rule[] = [
  {
    name: 'an aggregate has all its files and is listed',
    findViolations: aggregatesAreComplete,
    planted: [
      [
        'a large one without a decider, a small one without commands',
        {
          'src/domain/a/commands.ts': '',
          'src/domain/a/events.ts': '',
          'src/domain/a/aggregate.ts': '',
          'src/domain/b/b.ts': '',
          'src/domain/aggregates.ts': "import { b } from './b/b-commands.js';",
        },
        [
          'src/domain/a has no decider.ts',
          'src/domain/a is not listed in src/domain/aggregates.ts',
          'src/domain/b has no b-commands.ts',
        ],
      ],
    ],
  },
  {
    name: 'a read model is an element of the list',
    findViolations: readModelsAreListed,
    planted: [
      [
        'a read model that the list does not import',
        { 'projections/a/a.ts': 'export default publishReadModel(a, []);', 'projections/index.ts': '' },
        ['projections/a/a.ts is not listed in projections/index.ts'],
      ],
    ],
  },
  {
    name: 'event types are marked as stored forever',
    findViolations: storedEventTypesAreMarked,
    planted: [
      [
        'events without the warning, or with it below',
        {
          'src/domain/a/events.ts': "// Events.\nexport type A = TypedEvent<'A', {}>;",
          'src/domain/b/b.ts': "export type B = TypedEvent<'B', {}>; // stored forever",
          'src/domain/c/c.ts':
            "// Names and shapes are stored forever.\nexport type C = TypedEvent<'C', {}>;",
        },
        ['src/domain/a/events.ts', 'src/domain/b/b.ts'].map(
          (path) => `${path} does not say above its event types that their shapes are stored forever`,
        ),
      ],
    ],
  },
  {
    name: 'the core is pure',
    findViolations: coreIsPure,
    planted: [
      ...(
        [
          ['const now = Date.now();', 'Date'],
          ['const then = (date: Date) => date;', 'Date'],
          ['const chance = Math.random();', 'Math.random'],
          ['const id = randomUUID();', 'randomUUID'],
          ["const home = process.env['HOME'];", 'process'],
          ['const wait = async () => 1;', 'async'],
          ['await 1;', 'await'],
          ['const here = import.meta.url;', 'import.meta'],
          ["console.log('hello');", 'console'],
        ] as const
      ).map(([text, what]): PlantedViolation => {
        const paths = ['src/domain/person/decider.ts', 'src/dates/edtf.ts', 'projections/a/a.ts'];
        return [
          text,
          Object.fromEntries(paths.map((path) => [path, text])),
          paths.map((path) => `${path}:1 uses ${what}`),
        ];
      }),
      plantImport('src/domain/field-decorators.ts', "import 'node:fs';", 'node:fs'),
      [
        'nothing: comments, texts, names of members, other rooms',
        {
          'src/domain/a.ts': "// Date\nconst a = { process: 'await' };\na.process;",
          'src/ledger/a.ts': 'const now = Date.now();',
        },
        [],
      ],
    ],
  },
  {
    name: `files have at most ${LINES_MAX} lines`,
    findViolations: filesAreShort,
    planted: [
      [
        'one line more',
        { 'src/a.ts': '\n'.repeat(LINES_MAX + 1), 'src/b.ts': '\n'.repeat(LINES_MAX) },
        [`src/a.ts has ${LINES_MAX + 1} lines, more than ${LINES_MAX}`],
      ],
    ],
  },
  {
    name: 'no room has over a fifth of the code, src/http at most 700 lines',
    findViolations: roomsAreSmall,
    planted: [
      [
        'large rooms',
        {
          'src/http/a.ts': '\n'.repeat(701),
          'src/ledger/sqlite/a.ts': '\n'.repeat(2_000),
          'src/ledger/sqlite/b.ts': '\n'.repeat(800),
          'src/ledger/a.ts': '\n'.repeat(2_299),
          'src/audit/a.ts': '\n'.repeat(2_000),
          'src/domain/a/a.ts': '\n'.repeat(2_000),
          'src/main.ts': '\n'.repeat(700),
          'projections/a/a.ts': '\n'.repeat(3_000),
          'test/a.spec.ts': '\n'.repeat(9_000),
        },
        [
          'src/http has 701 lines, more than 700',
          'src/ledger/sqlite has 2800 lines, more than 2700',
          'projections has 3000 lines, more than 2700',
        ],
      ],
    ],
  },
];
