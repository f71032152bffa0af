import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';
import { projectRoot } from '../support/project-root.js';

/** Loaded before the program: a Node.js that says it is an older one, and in which no native module can be loaded. */
const OLD_NODE = `
Object.defineProperty(process.versions, 'node', { value: '20.20.2' });
process.dlopen = () => process.abort();
`;

const { version, engines } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

describe.each(['dist/src/main.js', 'dist/src/cli/minutebook.js'])('%s', (program) => {
  it('ends in an older Node.js with one sentence and exit code 2, before native modules are loaded', () => {
    const preload = join(createTemporaryDirectory(), 'old-node.cjs');
    writeFileSync(preload, OLD_NODE);
    const file = join(projectRoot, program);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', preload, file], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Minutebook needs Node\.js 24 or later, and this is 20\.20\.2 .*\n$/);
    expect(engines.node).toBe('>=24');
  });
});

it('--version prints the version of package.json', () => {
  const file = join(projectRoot, 'dist/src/cli/minutebook.js');
  expect(spawnSync(process.execPath, [file, '--version'], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: `${version}\n`,
  });
});

it('.nvmrc names the major version that is required', () => {
  const major = readFileSync(join(projectRoot, '.nvmrc'), 'utf8').trim();
  expect(`>=${major}`).toBe(engines.node);
});
