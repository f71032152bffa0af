// The API key that the command line sends when none is named.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findApiKey } from '../../src/cli/_shared/find-api-key.js';
import { createSigningKey } from '../../src/ledger/checkpoints/checkpoint-files.js';

const LOCAL = 'http://127.0.0.1:3000';
const original = process.cwd();
let folder: string;
const verifierKeys = new Map<string, string>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minutebook-key-'));
  for (const name of ['data', 'demo-data', 'other']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'admin.key'), `key-of-${name}\n`);
    const { verifierKey } = await createSigningKey(join(folder, name, 'checkpoint.key'));
    verifierKeys.set(name, verifierKey);
  }
});
beforeEach(() => process.chdir(folder));
afterEach(() => process.chdir(original));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const find = (
  options: Parameters<typeof findApiKey>[0],
  environment: Parameters<typeof findApiKey>[2] = {},
  served?: string,
  url = LOCAL,
) => findApiKey(options, url, environment, () => Promise.resolve(served));

it('is the one that is named, by the option before the variable', async () => {
  expect(await find({ key: 'k' }, { MINUTEBOOK_KEY: 'v' })).toEqual({ key: 'k', origin: '--key' });
  expect(await find({}, { MINUTEBOOK_KEY: 'v' })).toEqual({ key: 'v', origin: 'MINUTEBOOK_KEY' });
});

it('is that of a directory that is named', async () => {
  expect(await find({ data: 'demo-data' })).toMatchObject({ key: 'key-of-demo-data' });
  expect(await find({}, { DATA_DIR: 'other' })).toMatchObject({ key: 'key-of-other' });
  expect(await find({ data: 'nowhere' })).toBeUndefined();
});

it('is that of the directory whose book the server serves, the demo or another one', async () => {
  expect(await find({}, {}, verifierKeys.get('demo-data'))).toMatchObject({ key: 'key-of-demo-data' });
  expect(await find({}, {}, verifierKeys.get('data'))).toMatchObject({ key: 'key-of-data' });
  expect(await find({}, {}, verifierKeys.get('other'))).toMatchObject({ key: 'key-of-data' });
  expect(await find({})).toMatchObject({ key: 'key-of-data' });
});

it('is that of the only directory there is', async () => {
  const single = mkdtempSync(join(folder, 'single-'));
  process.chdir(single);
  expect(await find({})).toBeUndefined();
  mkdirSync('demo-data');
  writeFileSync('demo-data/admin.key', 'demo');
  expect(await find({})).toEqual({ key: 'demo', origin: join('demo-data', 'admin.key') });
});

it('is sent to no server of another machine unless it is named', async () => {
  const other = 'https://book.example.org';
  expect(await find({}, {}, verifierKeys.get('data'), other)).toBeUndefined();
  expect(await find({ data: 'data' }, {}, undefined, other)).toMatchObject({ key: 'key-of-data' });
});
