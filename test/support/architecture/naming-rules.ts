// Rules about names: files, tests and identifiers.
import { basename, dirname } from 'node:path';
import ts from 'typescript';
import { getLineNumber, isProductCode, walkSyntaxTree } from '../source-files.js';
import type { FindViolations, Rule } from './rule.js';

/** `name.kind.ts`, where the kind is what NestJS, jest or a thread calls it. */
const FILE_NAME =
  /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:module|controller|guard|filter|interceptor|pipe|decorator|openapi|worker|d|spec|property\.spec|contract))?\.tsx?$/;

const filesAreNamedInKebabCase: FindViolations = (code) =>
  code.filter(({ path }) => !FILE_NAME.test(basename(path))).map(({ path }) => `${path} is not kebab-case`);

const toPlain = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase();

/**
 * `ledger/ledger.ts` says what is inside because it exports `Ledger`. A read model and a small aggregate are named after
 * their folder (docs/ARCHITECTURE.md).
 */
const filesDoNotRepeatTheirFolder: FindViolations = (code) =>
  code
    .filter(({ path }) => basename(path, '.ts') === basename(dirname(path)))
    .filter(({ path }) => !/^(?:projections|src\/domain)\//.test(path))
    .filter(
      ({ path, exports }) => !exports.some(({ name }) => toPlain(name) === toPlain(basename(path, '.ts'))),
    )
    .map(({ path }) => `${path} is named after its folder, but exports nothing of that name`);

/**
 * Prepositions that name no value. Ends of an interval are not among them: `from` and `to`, `before` and `after`, `since`
 * and `until`, `on` a day. `out` is an output stream, and what is `behind` lags.
 */
const PREPOSITIONS = new Set(
  'above across against along amid among around as at below beneath beside besides beyond by despite during except for in inside into like near of off onto outside over past per than then through throughout toward towards under underneath unlike up upon via with within without'.split(
    ' ',
  ),
);

/** Fields of stored events, and so of the request classes, keep their names, also where they are taken out of the data. */
const STORED_FIELDS = new Set(['against', 'at', 'by', 'for', 'of', 'under', 'with']);
const isStoredField = (node: ts.Node, name: string): boolean =>
  STORED_FIELDS.has(name) &&
  (ts.isPropertyDeclaration(node) || (ts.isBindingElement(node) && !node.propertyName));

const identifiersAreNoPrepositions: FindViolations = (code) =>
  code
    .filter(({ path }) => isProductCode(path))
    .flatMap(({ path, tree }) => {
      const found: string[] = [];
      walkSyntaxTree(tree, (node) => {
        const isDeclared =
          ts.isVariableDeclaration(node) ||
          ts.isParameter(node) ||
          ts.isFunctionDeclaration(node) ||
          ts.isMethodDeclaration(node) ||
          ts.isPropertyDeclaration(node) ||
          ts.isMethodSignature(node) ||
          ts.isBindingElement(node);
        if (!isDeclared || !node.name) return;
        if (!ts.isIdentifier(node.name) && !ts.isPrivateIdentifier(node.name)) return;
        const name = node.name.text.replace('#', '');
        if (isStoredField(node, name)) return;
        if (PREPOSITIONS.has(name))
          found.push(`${path}:${getLineNumber(tree, node)} calls something ${name}`);
      });
      return found;
    });

/** Test folders that are named after a behavior of the whole or after what the tests need, not after a room. */
const OTHER_TEST_FOLDERS = new Set([
  'cluster',
  'docs',
  'durability',
  'cluster-faults',
  'faults',
  'kurrentdb-double',
  'projections',
  'support',
  'upcasting',
]);

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** A file of properties says so by its name; a file may also have a property among its examples. */
const testsAreNamedAfterWhatTheyTest: FindViolations = (code) => {
  const rooms = new Set(code.flatMap(({ path }) => /^src\/([^/]+)\//.exec(path)?.[1] ?? []));
  return code
    .filter(({ path }) => path.startsWith('test/'))
    .flatMap(({ path, text, imports }) => {
      const isSpec = path.endsWith('.spec.ts');
      const isSupport = /\/support\//.test(path);
      const properties = imports.some(({ target }) => target === 'fast-check')
        ? count(text, /\bfc\.(?:property|asyncProperty)\(/g)
        : 0;
      const isNamedProperty = path.endsWith('.property.spec.ts');
      const folder = /^test\/([^/]+)\//.exec(path)?.[1];
      return [
        ...(isSpec || isSupport || path.endsWith('.contract.ts')
          ? []
          : [`${path} is neither a test nor in a folder named support`]),
        ...(isSpec && isSupport ? [`${path} is a test in a folder named support`] : []),
        ...(isSpec && isNamedProperty && properties === 0
          ? [`${path} has no property, but is named *.property.spec.ts`]
          : []),
        ...(isSpec && !isNamedProperty && properties > 0 && properties >= count(text, /^\s*it[.(]/gm)
          ? [`${path} has properties only, but is not named *.property.spec.ts`]
          : []),
        ...(folder === undefined || rooms.has(folder) || OTHER_TEST_FOLDERS.has(folder)
          ? []
          : [`${path} is in a folder that is no room`]),
      ];
    });
};

export const namingRules: readonly Rule[] = [
  {
    name: 'files are named in kebab-case',
    findViolations: filesAreNamedInKebabCase,
    planted: [
      [
        'other cases and unknown kinds',
        {
          'src/a/readModel.ts': '',
          'src/a/read_model.ts': '',
          'src/a/ReadModel.ts': '',
          'src/a/a.thing.ts': '',
          'src/web/ErrorPage.tsx': '',
          'src/web/error-page.tsx': '',
          'src/a/read-model.controller.ts': '',
          'test/a/a-2.property.spec.ts': '',
        },
        [
          ...['src/a/readModel.ts', 'src/a/read_model.ts', 'src/a/ReadModel.ts', 'src/a/a.thing.ts'],
          'src/web/ErrorPage.tsx',
        ].map((path) => `${path} is not kebab-case`),
      ],
    ],
  },
  {
    name: 'a file is named after its folder only if it exports that name',
    findViolations: filesDoNotRepeatTheirFolder,
    planted: [
      [
        'a file that exports something else',
        {
          'src/auth/auth.ts': 'export const check = 1;',
          'src/read-models/read-models.ts': 'export class ReadModels {}',
          'projections/a/a.ts': '',
          'src/domain/a/a.ts': '',
        },
        ['src/auth/auth.ts is named after its folder, but exports nothing of that name'],
      ],
    ],
  },
  {
    name: 'no identifier is a bare preposition',
    findViolations: identifiersAreNoPrepositions,
    planted: [
      [
        'variables, functions, parameters and members',
        {
          'src/a.ts': [
            'const within = 1;',
            'function at() {}',
            'const f = (of: number) => of;',
            'class A { #then = 1; at?: string; with() {} }',
            "const { at: entry, from, on } = { at: 1, from: 2, on: 'day' };",
            'const { per } = a;',
          ].join('\n'),
        },
        [
          'src/a.ts:1 calls something within',
          'src/a.ts:2 calls something at',
          'src/a.ts:3 calls something of',
          'src/a.ts:4 calls something then',
          'src/a.ts:4 calls something with',
          'src/a.ts:6 calls something per',
        ],
      ],
    ],
  },
  {
    name: 'tests are named after what they test',
    findViolations: testsAreNamedAfterWhatTheyTest,
    planted: [
      [
        'files in the wrong place, or of the wrong kind',
        {
          'src/dates/edtf.ts': '',
          'test/dates/edtf.ts': '',
          'test/dates/support/edtf.spec.ts': '',
          'test/dates/edtf.spec.ts':
            "import fc from 'fast-check';\nit('', () => fc.assert(fc.property(a, b)));",
          'test/dates/timeline.property.spec.ts': '',
          'test/times/timeline.spec.ts': '',
          'test/dates/sequencer.contract.ts': '',
        },
        [
          'test/dates/edtf.ts is neither a test nor in a folder named support',
          'test/dates/support/edtf.spec.ts is a test in a folder named support',
          'test/dates/edtf.spec.ts has properties only, but is not named *.property.spec.ts',
          'test/dates/timeline.property.spec.ts has no property, but is named *.property.spec.ts',
          'test/times/timeline.spec.ts is in a folder that is no room',
        ],
      ],
    ],
  },
];
