// Rules about the code as tests. Each is also shown a made-up breach, so that none can be blind.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aggregates } from '../src/domain/aggregates.js';
import { readAllSources, parseSource } from './support/source-files.js';
import { projectRoot } from './support/project-root.js';
import {
  importsFollowAllowedDirections,
  aggregatesAreComplete,
  readModelsAreListed,
  filesAreShort,
  importsHaveNoCycle,
  LINES_MAX,
  aggregatesDoNotImportEachOther,
  projectionsImportOnlyEventSourcingTypes,
  readModelsDoNotImportEachOther,
  requestClassesAreImportedByDeclarationsOnly,
  type ArchitectureRule,
  storedEventTypesAreMarked,
  coreIsPure,
  shippedImportsAreDependencies,
} from './support/architecture-rules.js';
import { specimens } from './support/command-specimens.js';

const code = readAllSources();
const isProduct = (path: string): boolean => /^(?:src|projections)\//.test(path);

/** What the rule says of made-up files. */
const findViolations = (
  rule: ArchitectureRule,
  files: { readonly [path: string]: string },
): readonly string[] => rule(Object.entries(files).map(([path, text]) => parseSource(path, text)));

it('there is code to look at', () => {
  expect(code.filter(({ path }) => isProduct(path)).length).toBeGreaterThan(50);
});

describe('arrows point one way', () => {
  it('holds', () => expect(importsFollowAllowedDirections(code)).toEqual([]));

  it.each([
    [
      'src/domain/person/decider.ts',
      "import { Book } from '../../node/open-node.js';",
      'src/node/open-node.ts',
    ],
    [
      'src/domain/person/decider.ts',
      "import type { Entry } from '../../ledger/entry.js';",
      'src/ledger/entry.ts',
    ],
    ['src/domain/person/aggregate.ts', "import { Injectable } from '@nestjs/common';", '@nestjs/common'],
    [
      'src/eventsourcing/decide-command.ts',
      "import { nouns } from '../domain/aggregates.js';",
      'src/domain/aggregates.ts',
    ],
    ['src/dates/edtf.ts', "import edtf from 'edtf';", 'edtf'],
    [
      'src/ledger/ledger.ts',
      "export * from '../read-models/declaration/paginate.js';",
      'src/read-models/declaration/paginate.ts',
    ],
    ['src/ledger/ledger.ts', "import { Injectable } from '@nestjs/common';", '@nestjs/common'],
    ['src/audit/run-audit.ts', "import { Book } from '../node/open-node.js';", 'src/node/open-node.ts'],
    [
      'src/read-models/declaration/paginate.ts',
      "import '../../../projections/index.js';",
      'projections/index.ts',
    ],
    [
      'src/read-models/declaration/paginate.ts',
      "const late = import('../../domain/aggregates.js');",
      'src/domain/aggregates.ts',
    ],
    [
      'projections/a/a.ts',
      "import type { P } from '../../src/domain/person/decider.js';",
      'src/domain/person/decider.ts',
    ],
    [
      'projections/a/a.ts',
      "import { Draft } from '../../src/read-models/projecting/row-changes.js';",
      'src/read-models/projecting/row-changes.ts',
    ],
    ['projections/a/a.ts', "import { published } from '../index.js';", 'projections/index.ts'],
    ['projections/a/a.ts', "import { get } from 'node:http';", 'node:http'],
    [
      'src/auth/api-keys.ts',
      "import { startTestServer } from '../../test/support/test-server.js';",
      'test/support/test-server.ts',
    ],
    ['src/verify/entry.ts', "import { leafBytes } from '../ledger/entry.js';", 'src/ledger/entry.ts'],
    ['src/verify/entry.ts', "import type { Json } from '../json/json.js';", 'src/json/json.ts'],
    ['src/verify/entry.ts', "import canonicalize from 'canonicalize';", 'canonicalize'],
    ['src/http/proofs.ts', "import { provesInclusion } from '../verify/proofs.js';", 'src/verify/proofs.ts'],
    ['src/http/proofs.ts', "import { ed25519 } from '@noble/curves/ed25519.js';", '@noble/curves'],
    [
      'src/cli/keys/manage-keys.ts',
      "type Row = import('../../../bench/benchmark.js').Row;",
      'bench/benchmark.ts',
    ],
  ])('or else: %s may not say %s', (path, text, to) => {
    expect(findViolations(importsFollowAllowedDirections, { [path]: text })).toEqual([
      `${path} imports ${to}`,
    ]);
  });
});

describe('the core is pure', () => {
  it('holds', () => expect(coreIsPure(code)).toEqual([]));

  it.each([
    ['const now = Date.now();', 'Date'],
    ['const then = (date: Date) => date;', 'Date'],
    ['const chance = Math.random();', 'Math.random'],
    ['const id = randomUUID();', 'randomUUID'],
    ["const home = process.env['HOME'];", 'process'],
    ['const wait = async () => 1;', 'async'],
    ['await 1;', 'await'],
    ['const here = import.meta.url;', 'import.meta'],
    ["console.log('hello');", 'console'],
  ])('or else: %s', (text, what) => {
    for (const path of ['src/domain/person/decider.ts', 'src/dates/edtf.ts', 'projections/a/a.ts'])
      expect(findViolations(coreIsPure, { [path]: text })).toEqual([`${path}:1 uses ${what}`]);
  });

  it('or else: a module of the runtime', () =>
    expect(findViolations(coreIsPure, { 'src/domain/field-decorators.ts': "import 'node:fs';" })).toEqual([
      'src/domain/field-decorators.ts imports node:fs',
    ]));

  it('is not offended by words in comments, texts and names of members', () =>
    expect(
      findViolations(coreIsPure, {
        'src/domain/a.ts': "// Date\nconst a = { process: 'await' };\na.process;",
      }),
    ).toEqual([]));

  it('says nothing about the rest', () =>
    expect(findViolations(coreIsPure, { 'src/ledger/a.ts': 'const now = Date.now();' })).toEqual([]));
});

/** Rules with their breach: the made-up files and what must be said of them. */
const rules: readonly [
  name: string,
  rule: ArchitectureRule,
  files: { readonly [path: string]: string },
  says: string[],
][] = [
  [
    'read models take only types of the theory',
    projectionsImportOnlyEventSourcingTypes,
    {
      'projections/a/a.ts':
        "import type { Fact } from '../../src/eventsourcing/amendments.js';\nimport { amended } from '../../src/eventsourcing/amendments.js';",
    },
    ['projections/a/a.ts imports code of src/eventsourcing/amendments.ts'],
  ],
  [
    'nouns do not know each other',
    aggregatesDoNotImportEachOther,
    { 'src/domain/a/events.ts': "import type { B } from '../b/events.js';" },
    ['src/domain/a/events.ts imports src/domain/b/events.ts'],
  ],
  [
    'request classes are known to their declaration only',
    requestClassesAreImportedByDeclarationsOnly,
    {
      'src/domain/a/decider.ts':
        "import { A } from './commands.js';\nimport { IsString } from 'class-validator';",
      'src/domain/a/aggregate.ts': "import { A } from './commands.js';",
    },
    [
      'src/domain/a/decider.ts imports src/domain/a/commands.ts',
      'src/domain/a/decider.ts imports class-validator',
    ],
  ],
  [
    'read models share parts, but do not read each other',
    readModelsDoNotImportEachOther,
    {
      'projections/a/a.ts': 'export default publishReadModel(a, []);',
      'projections/b/b.ts': "import a from '../a/a.js';\nimport { part } from '../a/part.js';",
    },
    ['projections/b/b.ts imports projections/a/a.ts'],
  ],
  [
    'imports have no cycle',
    importsHaveNoCycle,
    {
      'src/a.ts': "import { b } from './b.js';",
      'src/b.ts': "import { c } from './c.js';",
      'src/c.ts': "import { a } from './a.js';\nimport type { B } from './b.js';",
    },
    ['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts'],
  ],
  [
    `files have at most ${LINES_MAX} lines`,
    filesAreShort,
    { 'src/a.ts': '\n'.repeat(LINES_MAX + 1), 'src/b.ts': '\n'.repeat(LINES_MAX) },
    [`src/a.ts has ${LINES_MAX + 1} lines, more than ${LINES_MAX}`],
  ],
  [
    'a noun is a whole folder and a line of the list',
    aggregatesAreComplete,
    {
      'src/domain/a/commands.ts': '',
      'src/domain/a/events.ts': '',
      'src/domain/a/aggregate.ts': '',
      'src/domain/aggregates.ts': "import { b } from './b/aggregate.js';",
    },
    ['src/domain/a has no decider.ts', 'src/domain/a does not stand in src/domain/aggregates.ts'],
  ],
  [
    'a read model is a line of the list',
    readModelsAreListed,
    { 'projections/a/a.ts': 'export default publishReadModel(a, []);', 'projections/index.ts': '' },
    ['projections/a/a.ts does not stand in projections/index.ts'],
  ],
  [
    'stored shapes are marked as such',
    storedEventTypesAreMarked,
    { 'src/domain/a/events.ts': '// What happens to an a.' },
    ['src/domain/a/events.ts does not say at its top that its shapes are stored forever'],
  ],
];

describe.each(rules)('%s', (_, rule, files, says) => {
  it('holds', () => expect(rule(code)).toEqual([]));
  it('or else', () => expect(findViolations(rule, files)).toEqual(says));
});

describe('dependencies', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', { readonly [name: string]: string }>;
  const rule = shippedImportsAreDependencies(Object.keys(dependencies));

  it('are what the code imports that ships', () => expect(rule(code)).toEqual([]));
  it('or else', () =>
    expect(
      findViolations(rule, { 'src/a.ts': "import 'edtf';\nimport type { A } from 'edtf';\nimport 'rxjs';" }),
    ).toEqual(['src/a.ts imports edtf, which is no dependency']));
  it('are pinned', () => {
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('what every command has', () => {
  const commands = aggregates.flatMap(({ category, commands }) =>
    Object.entries(commands).map(([name, { event }]) => ({ name, kind: category, event })),
  );

  it.each(commands)('$name: an event in the folder of its noun, and a specimen', ({ name, kind, event }) => {
    const events = code.find(({ path }) => path === `src/domain/${kind}/events.ts`)?.text ?? '';
    expect(events).toMatch(new RegExp(`EventOf<\\s*'${event}'`));
    expect(Object.keys(specimens)).toContain(name);
  });
});
