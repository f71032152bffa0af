// Rules about exported names: each has a user outside its file, and is defined once.
import { isProductCode, type SourceFile } from '../source-files.js';
import type { FindViolations, Rule } from './rule.js';

/** Files that are started or loaded by their address, so that no import of them is seen. */
const ENTRY_POINTS: readonly RegExp[] = [
  // Loaded by the threads of read models and audits, see declaration/load-projections.ts; tests bring their own.
  /^projections\/index\.ts$/,
  /^test\/[\w-]+\/support\/(?:shelves|sample-aggregate)(?:-[\w-]+)?\.ts$/,
  // Called by jest before and after all tests, see jest.config.js.
  /^test\/support\/kurrentdb\/(?:setup|teardown)\.ts$/,
];

const findUsedNames = (users: readonly SourceFile[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const used = new Map<string, Set<string>>();
  for (const { imports } of users)
    for (const { target, names } of imports) {
      const known = used.get(target) ?? new Set();
      for (const name of names) known.add(name);
      used.set(target, known);
    }
  return used;
};

/** An export that only tests import is not part of what a room offers. Benches are users: they ship nothing. */
const exportsHaveUsers: FindViolations = (code) => {
  const isTest = ({ path }: SourceFile): boolean => path.startsWith('test/');
  const byProduct = findUsedNames(code.filter((file) => !isTest(file)));
  const byAll = findUsedNames(code);
  return code
    .filter(({ path }) => !ENTRY_POINTS.some((pattern) => pattern.test(path)))
    .flatMap((file) => {
      const used = (isTest(file) ? byAll : byProduct).get(file.path);
      return file.exports
        .filter(({ name }) => !used?.has(name) && !used?.has('*'))
        .map(({ name }) => `${file.path} exports ${name}, which no other file uses`);
    });
};

/** The verifier defines its own names, because it shares no code; a test helper may be named like what it replaces. */
const mayRepeatNames = (path: string): boolean => !isProductCode(path) || path.startsWith('src/verify/');

const exportedNamesAreUnique: FindViolations = (code) => {
  const homes = new Map<string, string[]>();
  for (const { path, exports } of code.filter(({ path }) => !mayRepeatNames(path)))
    for (const { name } of exports)
      if (name !== 'default') homes.set(name, [...(homes.get(name) ?? []), path]);
  return [...homes].flatMap(([name, [first, ...others]]) =>
    others.map((path) => `${path} exports ${name}, which ${first} exports, too`),
  );
};

export const exportRules: readonly Rule[] = [
  {
    name: 'every export has a user outside its file',
    findViolations: exportsHaveUsers,
    planted: [
      [
        'exports that nothing, or only a test, imports',
        {
          'src/a.ts':
            'export const a = 1;\nexport type B = 1;\nexport function c() {}\nexport class D {}\nexport { a as e };',
          'src/b.ts': "import type { B } from './a.js';\nexport default 1;",
          'test/a.spec.ts': "import { c } from '../src/a.js';\nimport b from '../src/b.js';",
          'bench/a.ts': "import { D } from '../src/a.js';",
          'test/support/a.ts': 'export const { f, g: [h] } = i;',
        },
        [
          'src/a.ts exports a, which no other file uses',
          'src/a.ts exports c, which no other file uses',
          'src/a.ts exports e, which no other file uses',
          'src/b.ts exports default, which no other file uses',
          'test/support/a.ts exports f, which no other file uses',
          'test/support/a.ts exports h, which no other file uses',
        ],
      ],
      [
        'nothing: all of a file, a dynamic import, the type of one, and a second name',
        {
          'src/a.ts': 'export const a = 1;',
          'src/b.ts': "import * as a from './a.js';\nexport const b = 1;",
          'src/c.ts': "type B = import('./b.js').b;\nexport const c = 1;",
          'src/d.ts': "const c = import('./c.js');\nexport const d = 1;",
          'src/e.ts': "import { d as other } from './d.js';",
        },
        [],
      ],
    ],
  },
  {
    name: 'an exported name is defined once',
    findViolations: exportedNamesAreUnique,
    planted: [
      [
        'two files with the same name',
        {
          'projections/a.ts': 'export const a = 1;\nexport default a;',
          'src/a.ts': 'export type a = 1;\nexport default a;',
          'src/verify/a.ts': 'export const a = 1;',
          'test/support/a.ts': 'export const a = 1;',
        },
        ['src/a.ts exports a, which projections/a.ts exports, too'],
      ],
    ],
  },
];
