import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';
import { type ProgramExit, runScript, stopAllPrograms } from '../support/child-program.js';
import {
  createBook,
  signCheckpoint,
  clerkSigner,
  createConsistencyProof,
  toExport,
  toStreamRecord,
} from '../verify/support/signed-book.js';

const lines = createBook(['meeting-a', 'person-b', 'meeting-a']);
const directory = createTemporaryDirectory();
const writeFile = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
const whole = writeFile('book.ndjson', toExport(lines));
const short = writeFile('short.ndjson', toExport(lines.slice(0, 2)));
const record = writeFile('record.ndjson', toStreamRecord(lines, 'meeting-a'));
const signed = writeFile('checkpoint', signCheckpoint(lines));
const key = writeFile('key', `${clerkSigner.vkey}\n`);
const proof = writeFile('proof.json', createConsistencyProof(lines, 2));

const runVerify = (...words: string[]): Promise<ProgramExit> =>
  runScript('cli/minutebook', ['verify', ...words]).exit;
afterAll(stopAllPrograms);

describe('minutebook verify', () => {
  it.each([
    ['an export', [whole, '--checkpoint', signed, '--key', key], 'All 3 entries match'],
    [
      'with the key as text',
      [whole, '--checkpoint', signed, '--key', clerkSigner.vkey],
      'All 3 entries match',
    ],
    ['without a key', [whole, '--checkpoint', signed], 'compare it with the one that you trust.'],
    [
      'the record of a stream',
      [record, '--key', key],
      'is complete up to its last entry (revision 1, entry 3)',
    ],
    ['a record beside a checkpoint', [record, '--checkpoint', signed, '--key', key], 'of the same tree'],
    ['an earlier export', [short, '--checkpoint', signed, '--consistency', proof], 'begins with them'],
  ])('exits with 0 for a valid file: %s', async (_, words, expected) => {
    const { code, stdout, stderr } = await runVerify(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(expected);
  });

  it('exits with 1 for a file that does not match, and reports the entry', async () => {
    const altered = writeFile('altered.ndjson', toExport(lines).replace('Statement 2', 'Statement 7'));
    expect(await runVerify(altered, '--checkpoint', signed, '--key', key)).toEqual({
      code: 1,
      stdout: 'Entry 2 (line 3) is invalid: its leaf hash is not that of its content.\n',
      stderr: '',
    });
    expect(await runVerify(short, '--checkpoint', signed)).toMatchObject({ code: 1, stderr: '' });
  });

  it.each([
    ['no file', [], /^Missing required argument 'file'\.\n$/],
    ['no checkpoint for an export', [whole], /^An export is verified with a checkpoint: .*\n$/],
    ['a missing file', ['/nowhere/a'], /^The file \/nowhere\/a cannot be read \(ENOENT\)\.\n$/],
    ['a folder', [directory], /^The file \S+ cannot be read \(EISDIR\)\.\n$/],
    ['a missing checkpoint', [whole, '--checkpoint', '/nowhere/b'], /cannot be read \(ENOENT\)\.\n$/],
    [
      'a key that is neither text nor a file',
      [whole, '--checkpoint', signed, '--key', 'key'],
      /^The file key cannot be read/,
    ],
    ['a file of another kind', [signed, '--checkpoint', signed], /is neither an export nor .*\n$/],
    ['a checkpoint of another kind', [whole, '--checkpoint', record], /is no checkpoint, .*\n$/],
    ['an invalid key', [whole, '--checkpoint', signed, '--key', signed], /does not have the form .*\n$/],
    ['an unknown option', [whole, '--trust'], /^Unknown option '--trust'\.\n$/],
  ])('exits with 2 if an input cannot be used: %s', async (_, words, expected) => {
    const { code, stdout, stderr } = await runVerify(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
  });
});
