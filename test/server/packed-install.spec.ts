// The package as npm packs it, installed elsewhere: minutes, and it needs the registry or a filled cache of npm.
import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';
import { projectRoot } from '../support/project-root.js';

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly version: string;
};
const run = (cwd: string, command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

it('runs where its tarball is installed, and brings no tests and no data', () => {
  const directory = createTemporaryDirectory();
  run(projectRoot, 'npm', 'pack', '--ignore-scripts', '--pack-destination', directory);
  const [tarball = ''] = readdirSync(directory);
  run(directory, 'npm', 'init', '--yes');
  run(directory, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(directory, tarball));

  expect(run(directory, 'npm', 'exec', '--', 'minutebook', '--version')).toBe(`${version}\n`);
  const installed = join(directory, 'node_modules/minutebook');
  expect(readdirSync(installed).sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'examples', 'package.json'].sort(),
  );
  expect(readdirSync(join(installed, 'dist')).sort()).toEqual(['projections', 'src']);
});
