// Rules about imports between rooms: the arrows, no cycle, and what aggregates and read models may share.
import { type FindViolations, plantImport, type Rule } from './rule.js';

const matchRooms = (...rooms: readonly string[]): RegExp => new RegExp(`^src/(?:${rooms.join('|')})/`);

/** Packages and modules of Node.js. Which package may be imported where is a rule of its own. */
const ANY_PACKAGE = /^(?!src\/|projections\/|test\/|bench\/)/;
const DATA_ROOMS = ['errors', 'json', 'eventsourcing'];
const LEDGER_ROOMS = [...DATA_ROOMS, 'ledger'];
const NODE_ROOMS = [
  ...[...LEDGER_ROOMS, 'dates', 'domain', 'read-models', 'audit', 'problems', 'auth', 'commands', 'node'],
];

/** Files by the start of their path, and what they may import; the first entry that matches a file applies. */
const ALLOWED_IMPORTS: readonly { readonly from: RegExp; readonly to: readonly RegExp[] }[] = [
  { from: matchRooms('errors'), to: [matchRooms('errors')] },
  { from: matchRooms('dates'), to: [matchRooms('dates', 'errors'), /^immutable$/] },
  { from: matchRooms('json'), to: [matchRooms('json', 'errors'), ANY_PACKAGE] },
  { from: matchRooms('eventsourcing'), to: [matchRooms(...DATA_ROOMS), /^immutable$/] },
  {
    from: matchRooms('domain'),
    to: [matchRooms(...DATA_ROOMS, 'domain', 'dates'), /^(?:class-validator|immutable)$/],
  },
  { from: matchRooms('ledger'), to: [matchRooms(...LEDGER_ROOMS), ANY_PACKAGE] },
  { from: matchRooms('read-models'), to: [matchRooms(...LEDGER_ROOMS, 'read-models'), ANY_PACKAGE] },
  { from: matchRooms('audit'), to: [matchRooms(...LEDGER_ROOMS, 'read-models', 'audit'), ANY_PACKAGE] },
  {
    from: matchRooms('problems'),
    to: [matchRooms('problems', 'domain', 'eventsourcing', 'errors'), ANY_PACKAGE],
  },
  { from: matchRooms('auth'), to: [matchRooms('auth', 'ledger', 'json', 'errors'), ANY_PACKAGE] },
  {
    from: matchRooms('commands'),
    to: [matchRooms(...LEDGER_ROOMS, 'commands', 'domain', 'dates', 'problems'), ANY_PACKAGE],
  },
  // The list of read models also gives the upcasters to the threads of the engine.
  {
    from: /^projections\/index\.ts$/,
    to: [
      /^projections\//,
      /^src\/read-models\/declaration\//,
      /^src\/domain\/upcasters\.ts$/,
      /^src\/ledger\/entry-upcasting\.ts$/,
    ],
  },
  // Event types and timelines: `events.ts`, `timeline.ts` of a large aggregate, `<name>/<name>.ts` of a small one.
  {
    from: /^projections\//,
    to: [
      /^projections\/(?!index\.ts)/,
      matchRooms('dates', 'json', 'errors', 'eventsourcing', 'read-models/declaration'),
      /^src\/domain\/(?:event-fields|[^/]+\/(?:events|timeline|lifecycle)|([^/]+)\/\1)\.ts$/,
    ],
  },
  { from: matchRooms('node'), to: [matchRooms(...NODE_ROOMS), /^projections\//, ANY_PACKAGE] },
  { from: matchRooms('http'), to: [matchRooms('http', 'problems', 'json', 'errors'), ANY_PACKAGE] },
  {
    from: matchRooms('api/shared'),
    to: [matchRooms(...NODE_ROOMS, 'http', 'api/shared'), /^projections\//, ANY_PACKAGE],
  },
  {
    from: matchRooms('api/docs'),
    to: [
      matchRooms(...NODE_ROOMS, 'http', 'api/shared', 'api/docs'),
      /^projections\//,
      /\.openapi\.ts$/,
      ANY_PACKAGE,
    ],
  },
  // Followed by one entry per capability, see below.
  {
    from: matchRooms('web/browser'),
    to: [matchRooms('web/browser', 'verify')],
  },
  {
    from: matchRooms('web'),
    to: [matchRooms(...NODE_ROOMS, 'http', 'api/shared', 'web'), /^projections\//, ANY_PACKAGE],
  },
  {
    from: /^src\/app\.module\.ts$/,
    to: [matchRooms(...NODE_ROOMS, 'http', 'api', 'web'), /^projections\//, ANY_PACKAGE],
  },
  {
    from: matchRooms('server'),
    to: [
      matchRooms(...NODE_ROOMS, 'http', 'api', 'web', 'server'),
      /^src\/app\.module\.ts$/,
      /^projections\//,
      ANY_PACKAGE,
    ],
  },
  { from: /^src\/main\.ts$/, to: [matchRooms('server', 'node')] },
  {
    from: matchRooms('cli'),
    to: [
      matchRooms(
        ...LEDGER_ROOMS,
        'cli',
        'node',
        'server',
        'commands',
        'auth',
        'read-models',
        'audit',
        'problems',
      ),
      matchRooms('dates', 'verify'),
      ANY_PACKAGE,
    ],
  },
  // The verifier and the server share no code, so that one mistake cannot be in both.
  { from: matchRooms('verify'), to: [matchRooms('verify'), /^node:/, /^@noble\/curves$/] },
  { from: /^(?:test|bench)\//, to: [/^/] },
];

/** A capability of the API imports itself and what all share, never another capability. */
const CAPABILITY = /^src\/api\/([^/]+)\//;
const getAllowedTargets = (path: string): readonly RegExp[] => {
  const listed = ALLOWED_IMPORTS.find(({ from }) => from.test(path))?.to;
  const capability = CAPABILITY.exec(path)?.[1];
  if (listed || capability === undefined) return listed ?? [];
  return [
    matchRooms(...NODE_ROOMS, 'http', 'api/shared', `api/${capability}`),
    /^projections\//,
    ANY_PACKAGE,
  ];
};

const importsFollowArrows: FindViolations = (code) =>
  code.flatMap(({ path, imports }) => {
    const allowed = getAllowedTargets(path);
    return imports
      .filter(({ target }) => !allowed.some((pattern) => pattern.test(target)))
      .map(({ target }) => `${path} imports ${target}`);
  });

/** Code that runs in a browser has no modules of Node.js, neither by itself nor by what it imports. */
const browserCodeUsesNoNodeModule: FindViolations = (code) => {
  const files = new Map(code.map((file) => [file.path, file]));
  const findNodeImports = (path: string, visited: Set<string>): readonly string[] => {
    if (visited.has(path)) return [];
    visited.add(path);
    return (files.get(path)?.imports ?? [])
      .filter(({ isType }) => !isType)
      .flatMap(({ target }) =>
        target.startsWith('node:') ? [`${path} imports ${target}`] : findNodeImports(target, visited),
      );
  };
  return code
    .filter(({ path }) => path.startsWith('src/web/browser/'))
    .flatMap(({ path }) =>
      findNodeImports(path, new Set()).map((found) => `${path} runs in a browser, but ${found}`),
    );
};

/** Read models use the types of event sourcing, never its code: they neither fold streams nor decide. */
const projectionsImportOnlyTypesOfEventSourcing: FindViolations = (code) =>
  code
    .filter(({ path }) => path.startsWith('projections/'))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isType }) => target.startsWith('src/eventsourcing/') && !isType)
        .map(({ target }) => `${path} imports code of ${target}`),
    );

export const findAggregateName = (path: string): string | undefined =>
  /^src\/domain\/([^/]+)\//.exec(path)?.[1];

const aggregatesDoNotImportEachOther: FindViolations = (code) =>
  code.flatMap(({ path, imports }) =>
    imports
      .filter(
        ({ target }) =>
          findAggregateName(path) !== undefined &&
          findAggregateName(target) !== undefined &&
          findAggregateName(target) !== findAggregateName(path),
      )
      .map(({ target }) => `${path} imports ${target}`),
  );

/** In the folder of an aggregate only the declaration imports the decorated request classes. */
const onlyDeclarationsImportRequestClasses: FindViolations = (code) =>
  code
    .filter(
      ({ path }) => findAggregateName(path) !== undefined && !/(?:[/-]commands|\/aggregate)\.ts$/.test(path),
    )
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target === 'class-validator' || /[/-]commands\.ts$/.test(target))
        .map(({ target }) => `${path} imports ${target}`),
    );

export const publishesReadModel = (path: string, text: string): boolean =>
  path.startsWith('projections/') && /^export default publishReadModel\(/m.test(text);

/** The shared parts of a folder may be imported by others, the read model itself may not. */
const readModelsDoNotImportEachOther: FindViolations = (code) => {
  const readModels = new Set(
    code.filter(({ path, text }) => publishesReadModel(path, text)).map(({ path }) => path),
  );
  return code
    .filter(({ path }) => path.startsWith('projections/') && path !== 'projections/index.ts')
    .flatMap(({ path, imports }) =>
      imports.filter(({ target }) => readModels.has(target)).map(({ target }) => `${path} imports ${target}`),
    );
};

/** `import type` counts: files whose types refer to each other cannot be read one after the other. */
const importsHaveNoCycle: FindViolations = (code) => {
  const targets = new Map(code.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
};

export const importRules: readonly Rule[] = [
  {
    name: 'imports follow the arrows between rooms',
    findViolations: importsFollowArrows,
    planted: [
      plantImport('src/errors/a.ts', "import type { Json } from '../json/json.js';", 'src/json/json.ts'),
      plantImport('src/dates/edtf.ts', "import edtf from 'edtf';", 'edtf'),
      plantImport('src/dates/edtf.ts', "import '../json/is-object.js';", 'src/json/is-object.ts'),
      plantImport('src/json/a.ts', "import '../eventsourcing/message.js';", 'src/eventsourcing/message.ts'),
      plantImport('src/eventsourcing/a.ts', "import '../domain/aggregates.js';", 'src/domain/aggregates.ts'),
      plantImport(
        'src/domain/person/decider.ts',
        "import '../../node/open-node.js';",
        'src/node/open-node.ts',
      ),
      plantImport(
        'src/domain/a/decider.ts',
        "import type { E } from '../../ledger/entry.js';",
        'src/ledger/entry.ts',
      ),
      plantImport(
        'src/domain/a/aggregate.ts',
        "import { Injectable } from '@nestjs/common';",
        '@nestjs/common',
      ),
      plantImport(
        'src/ledger/a.ts',
        "export * from '../read-models/read-models.js';",
        'src/read-models/read-models.ts',
      ),
      plantImport('src/ledger/a.ts', "import '../dates/instant.js';", 'src/dates/instant.ts'),
      plantImport('src/read-models/a.ts', "import '../../projections/index.js';", 'projections/index.ts'),
      plantImport('src/read-models/a.ts', "const late = import('../domain/a.js');", 'src/domain/a.ts'),
      plantImport('src/audit/run-audit.ts', "import '../node/open-node.js';", 'src/node/open-node.ts'),
      plantImport('src/problems/a.ts', "import '../ledger/sequencer.js';", 'src/ledger/sequencer.ts'),
      plantImport('src/auth/a.ts', "import '../problems/problems.js';", 'src/problems/problems.ts'),
      plantImport(
        'src/auth/a.ts',
        "import '../../test/support/test-server.js';",
        'test/support/test-server.ts',
      ),
      plantImport(
        'src/commands/a.ts',
        "import '../http/conditional-response.js';",
        'src/http/conditional-response.ts',
      ),
      plantImport('src/commands/a.ts', "import '../auth/api-keys.js';", 'src/auth/api-keys.ts'),
      plantImport(
        'projections/a/a.ts',
        "import type { P } from '../../src/domain/person/decider.js';",
        'src/domain/person/decider.ts',
      ),
      plantImport(
        'projections/a/a.ts',
        "import '../../src/read-models/projecting/row-changes.js';",
        'src/read-models/projecting/row-changes.ts',
      ),
      plantImport(
        'projections/a/a.ts',
        "import '../../src/domain/person/person-commands.js';",
        'src/domain/person/person-commands.ts',
      ),
      plantImport('projections/a/a.ts', "import { models } from '../index.js';", 'projections/index.ts'),
      plantImport('projections/a/a.ts', "import { get } from 'node:http';", 'node:http'),
      plantImport(
        'src/node/a.ts',
        "import '../http/conditional-response.js';",
        'src/http/conditional-response.ts',
      ),
      plantImport('src/http/a.ts', "import '../auth/api-keys.js';", 'src/auth/api-keys.ts'),
      plantImport(
        'src/api/shared/a.ts',
        "import '../events/events.controller.js';",
        'src/api/events/events.controller.ts',
      ),
      plantImport(
        'src/api/events/a.ts',
        "import '../audit/audit.openapi.js';",
        'src/api/audit/audit.openapi.ts',
      ),
      plantImport(
        'src/api/docs/a.ts',
        "import '../events/events.controller.js';",
        'src/api/events/events.controller.ts',
      ),
      plantImport('src/api/events/a.ts', "import '../../web/page.js';", 'src/web/page.ts'),
      plantImport(
        'src/web/a.ts',
        "import '../api/events/events.controller.js';",
        'src/api/events/events.controller.ts',
      ),
      plantImport('src/web/browser/a.ts', "import '../page.js';", 'src/web/page.ts'),
      plantImport('src/server/a.ts', "import '../cli/minutebook.js';", 'src/cli/minutebook.ts'),
      plantImport('src/main.ts', "import './api/shared/as-of.js';", 'src/api/shared/as-of.ts'),
      plantImport('src/cli/a.ts', "import '../api/shared/as-of.js';", 'src/api/shared/as-of.ts'),
      plantImport(
        'src/cli/a.ts',
        "import '../http/conditional-response.js';",
        'src/http/conditional-response.ts',
      ),
      plantImport('src/cli/a.ts', "import '../web/page.js';", 'src/web/page.ts'),
      plantImport('src/cli/a.ts', "type Row = import('../../bench/benchmark.js').Row;", 'bench/benchmark.ts'),
      plantImport('src/verify/entry.ts', "import { a } from '../ledger/entry.js';", 'src/ledger/entry.ts'),
      plantImport('src/verify/entry.ts', "import type { Json } from '../json/json.js';", 'src/json/json.ts'),
      plantImport('src/verify/entry.ts', "import canonicalize from 'canonicalize';", 'canonicalize'),
      plantImport('src/api/proofs/a.ts', "import '../../verify/proofs.js';", 'src/verify/proofs.ts'),
      plantImport('src/a-new-room/a.ts', "import '../json/json.js';", 'src/json/json.ts'),
    ],
  },
  {
    name: 'browser code uses no module of Node.js',
    findViolations: browserCodeUsesNoNodeModule,
    planted: [
      [
        'a module of the verifier that reads files',
        {
          'src/web/browser/check.ts': "import '../../verify/entry.js';\nimport '../../verify/lines.js';",
          'src/verify/entry.ts': '',
          'src/verify/lines.ts': "import 'node:fs';",
        },
        ['src/web/browser/check.ts runs in a browser, but src/verify/lines.ts imports node:fs'],
      ],
    ],
  },
  {
    name: 'imports have no cycle, types included',
    findViolations: importsHaveNoCycle,
    planted: [
      [
        'a cycle of code',
        {
          'src/a.ts': "import { b } from './b.js';",
          'src/b.ts': "import { c } from './c.js';",
          'src/c.ts': "import { a } from './a.js';",
        },
        ['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts'],
      ],
      [
        'a cycle of types',
        { 'src/a.ts': "import type { B } from './b.js';", 'src/b.ts': "import type { A } from './a.js';" },
        ['src/a.ts -> src/b.ts -> src/a.ts'],
      ],
    ],
  },
  {
    name: 'read models import only types of event sourcing',
    findViolations: projectionsImportOnlyTypesOfEventSourcing,
    planted: [
      [
        'code beside a type',
        {
          'projections/a/a.ts':
            "import type { Fact } from '../../src/eventsourcing/amendments.js';\nimport { amend } from '../../src/eventsourcing/amendments.js';",
        },
        ['projections/a/a.ts imports code of src/eventsourcing/amendments.ts'],
      ],
    ],
  },
  {
    name: 'read models do not import each other',
    findViolations: readModelsDoNotImportEachOther,
    planted: [
      [
        'a read model beside a shared part',
        {
          'projections/a/a.ts': 'export default publishReadModel(a, []);',
          'projections/b/b.ts': "import a from '../a/a.js';\nimport { part } from '../a/part.js';",
        },
        ['projections/b/b.ts imports projections/a/a.ts'],
      ],
    ],
  },
  {
    name: 'aggregates do not import each other',
    findViolations: aggregatesDoNotImportEachOther,
    planted: [plantImport('src/domain/a/a.ts', "import type { B } from '../b/b.js';", 'src/domain/b/b.ts')],
  },
  {
    name: 'only declarations import request classes',
    findViolations: onlyDeclarationsImportRequestClasses,
    planted: [
      [
        'a decider with request classes',
        {
          'src/domain/a/decider.ts':
            "import { A } from './commands.js';\nimport { IsString } from 'class-validator';",
          'src/domain/a/aggregate.ts': "import { A } from './commands.js';",
          'src/domain/b/b.ts': "import { B } from './b-commands.js';",
          'src/domain/b/b-commands.ts': "import { IsString } from 'class-validator';",
        },
        [
          'src/domain/a/decider.ts imports src/domain/a/commands.ts',
          'src/domain/a/decider.ts imports class-validator',
          'src/domain/b/b.ts imports src/domain/b/b-commands.ts',
        ],
      ],
    ],
  },
];
