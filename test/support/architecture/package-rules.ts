// Rules about packages: where one may be imported, and that each one listed is used.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project-root.js';
import { isProductCode } from '../source-files.js';
import { type FindViolations, plantImport, type Rule } from './rule.js';

const readText = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const { dependencies, devDependencies, scripts } = JSON.parse(readText('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'scripts',
  { readonly [name: string]: string }
>;

/** Where packages are named that no compiled file imports: scripts, settings of the compiler, of jest and of ESLint. */
const usage = [
  ...Object.values(scripts),
  ...['tsconfig.json', ...globSync('*.config.js', { cwd: projectRoot })].map(readText),
].join('\n');

/** Packages that belong to one technology, and where it lives. Tests and benches may drive any of them. */
const PACKAGE_HOMES: readonly { readonly packages: RegExp; readonly homes: RegExp }[] = [
  { packages: /^@eventstore\/db-client$/, homes: /^src\/ledger\/kurrentdb\/client\// },
  // Where SQL is: the ledger, the lock of the data directory, the table of keys, and the files of read models.
  {
    packages: /^better-sqlite3$/,
    homes: /^src\/(?:ledger\/(?:sqlite\/|data-directory\.ts)|auth\/|read-models\/|audit\/)/,
  },
  { packages: /^@nestjs\//, homes: /^src\/(?:api\/|http\/|web\/|server\/|app\.module\.ts)/ },
  { packages: /^(?:@fastify\/.*|fastify)$/, homes: /^src\/(?:api\/|http\/|web\/|server\/|app\.module\.ts)/ },
  { packages: /^class-validator$/, homes: /^src\/(?:domain|commands|api)\// },
  { packages: /^preact/, homes: /^src\/web\// },
  { packages: /^@noble\//, homes: /^src\/verify\// },
];

const packagesStayAtHome: FindViolations = (code) =>
  code
    .filter(({ path }) => isProductCode(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) =>
          PACKAGE_HOMES.some(({ packages, homes }) => packages.test(target) && !homes.test(path)),
        )
        .map(({ target }) => `${path} imports ${target}`),
    );

/** Installed without development dependencies, the product must run. */
const shippedImportsAreDependencies =
  (dependencies: readonly string[]): FindViolations =>
  (code) =>
    code
      .filter(({ path }) => isProductCode(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(
            ({ target, isType }) =>
              !isType && !/^(?:src|projections)\/|^node:/.test(target) && !dependencies.includes(target),
          )
          .map(({ target }) => `${path} imports ${target}, which is not a dependency`),
      );

const dependenciesAreImported =
  (dependencies: readonly string[]): FindViolations =>
  (code) => {
    const shipped = code.filter(({ path }) => isProductCode(path));
    const imported = new Set(shipped.flatMap(({ imports }) => imports.map(({ target }) => target)));
    return dependencies
      .filter((name) => !imported.has(name))
      .map((name) => `package.json lists ${name}, which no shipped file imports`);
  };

/** Commands of packages whose name differs from that of the package. */
const COMMANDS: { readonly [devDependency: string]: string } = { typescript: 'tsc', '@nestjs/cli': 'nest' };

/** The package whose types a package of types describes: `@types/scope__name` is of `@scope/name`. */
const getTypedPackage = (name: string): string =>
  name.replace(/^@types\//, '').replace(/^(.+)__(.+)$/, '@$1/$2');

/** `usage` is the text of what is not compiled: the scripts of package.json, configuration files. */
const devDependenciesAreUsed =
  (devDependencies: readonly string[], usage: string): FindViolations =>
  (code) => {
    const imported = new Set(code.flatMap(({ imports }) => imports.map(({ target }) => target)));
    const isMentioned = (name: string): boolean => usage.split(/[^\w@/.-]+/).includes(name);
    // A test may run the command of a package.
    const isRun = (name: string): boolean => code.some(({ text }) => text.includes(`node_modules/${name}/`));
    const isUsed = (name: string): boolean =>
      imported.has(name) || isMentioned(name) || isMentioned(COMMANDS[name] ?? name) || isRun(name);
    return devDependencies
      .filter((name) => !isUsed(name) && !(name.startsWith('@types/') && isUsed(getTypedPackage(name))))
      .map((name) => `package.json lists ${name} for development, but neither code nor a script uses it`);
  };

export const packageRules: readonly Rule[] = [
  {
    name: 'packages stay at home',
    findViolations: packagesStayAtHome,
    planted: [
      plantImport(
        'src/ledger/kurrentdb/append/a.ts',
        "import { NO_STREAM } from '@eventstore/db-client';",
        '@eventstore/db-client',
      ),
      plantImport('src/api/events/a.ts', "import Database from 'better-sqlite3';", 'better-sqlite3'),
      plantImport('src/ledger/a.ts', "import type { Database } from 'better-sqlite3';", 'better-sqlite3'),
      plantImport('src/api/docs/a.ts', "import { h } from 'preact';", 'preact'),
      plantImport('src/auth/a.ts', "import { Injectable } from '@nestjs/common';", '@nestjs/common'),
      plantImport('src/commands/a.ts', "import type { FastifyRequest } from 'fastify';", 'fastify'),
      plantImport('src/ledger/a.ts', "import { IsString } from 'class-validator';", 'class-validator'),
      plantImport('src/http/a.ts', "import { ed25519 } from '@noble/curves/ed25519.js';", '@noble/curves'),
    ],
  },
  {
    name: 'what ships imports dependencies only',
    findViolations: shippedImportsAreDependencies(Object.keys(dependencies)),
    planted: [
      [
        'a development dependency',
        { 'src/a.ts': "import 'edtf';\nimport type { A } from 'edtf';\nimport 'rxjs';" },
        ['src/a.ts imports edtf, which is not a dependency'],
      ],
    ],
  },
  {
    name: 'every dependency is imported by what ships',
    findViolations: dependenciesAreImported(Object.keys(dependencies)),
    planted: [
      [
        'imports by tests only',
        Object.fromEntries(
          Object.keys(dependencies).map((name, n) => [
            name === 'rxjs' ? 'test/a.spec.ts' : `src/${n}.ts`,
            `import '${name}';`,
          ]),
        ),
        ['package.json lists rxjs, which no shipped file imports'],
      ],
    ],
  },
  {
    name: 'every development dependency is used',
    findViolations: devDependenciesAreUsed(Object.keys(devDependencies), usage),
    planted: [
      [
        'no code at all',
        { 'test/a.spec.ts': "import 'fast-check';\nimport 'negotiator';" },
        [
          '@axe-core/playwright',
          '@grpc/grpc-js',
          '@redocly/cli',
          '@types/autocannon',
          '@types/better-sqlite3',
          '@types/google-protobuf',
          '@types/oidc-provider',
          'ajv',
          'ajv-formats',
          'autocannon',
          'dockerfile-ast',
          'edtf',
          'google-protobuf',
          'html-validate',
          'lossless-json',
          'oidc-provider',
          'openapi-fetch',
          'openapi-typescript',
          'playwright-core',
          'yaml',
        ].map((name) => `package.json lists ${name} for development, but neither code nor a script uses it`),
      ],
    ],
  },
];
