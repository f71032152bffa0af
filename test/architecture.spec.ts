// The rules about the code as tests. Each rule is also run on planted files that break it, which proves that it finds
// them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aggregates } from '../src/domain/aggregates.js';
import { importRules } from './support/architecture/import-rules.js';
import { durationRules } from './support/architecture/duration-rules.js';
import { exportRules } from './support/architecture/export-rules.js';
import { layoutRules } from './support/architecture/layout-rules.js';
import { singleImplementationRules } from './support/architecture/single-implementation-rules.js';
import { namingRules } from './support/architecture/naming-rules.js';
import { packageRules } from './support/architecture/package-rules.js';
import { parseFiles, type Rule } from './support/architecture/rule.js';
import { specimens } from './support/command-specimens.js';
import { projectRoot } from './support/project-root.js';
import { isProductCode, readSourceFiles } from './support/source-files.js';

const code = readSourceFiles();
const rules: readonly Rule[] = [
  ...importRules,
  ...layoutRules,
  ...packageRules,
  ...exportRules,
  ...durationRules,
  ...singleImplementationRules,
  ...namingRules,
];

describe.each(rules)('$name', ({ findViolations, planted }) => {
  it('no file violates the rule', () => {
    expect(findViolations(code)).toEqual([]);
  });

  it.each(planted)('fails on %s', (_, files, violations) => {
    expect(findViolations(parseFiles(files))).toEqual(violations);
  });
});

it('the rules see the whole code', () => {
  expect(code.filter(({ path }) => isProductCode(path)).length).toBeGreaterThan(150);
});

it('dependencies are pinned to exact versions', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(projectRoot, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', { readonly [name: string]: string }>;
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

describe('every command', () => {
  const commands = aggregates.flatMap(({ category, commands }) =>
    Object.entries(commands).map(([name, { event }]) => ({ name, category, event })),
  );

  it.each(commands)('$name has an event in the folder of its aggregate, and a specimen', (command) => {
    const { name, category, event } = command;
    const files = [`src/domain/${category}/events.ts`, `src/domain/${category}/${category}.ts`];
    const texts = code.filter(({ path }) => files.includes(path)).map(({ text }) => text);
    expect(texts.join('\n')).toMatch(new RegExp(`TypedEvent<\\s*'${event}'`));
    expect(Object.keys(specimens)).toContain(name);
  });
});
