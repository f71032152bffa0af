import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSigningKey } from '../../src/ledger/checkpoints/checkpoint-files.js';
import { itEmbedded } from '../support/embedded-or-cluster.js';
import { type ProgramExit, type ChildProgram, runScript, stopAllPrograms } from '../support/child-program.js';

const directory = mkdtempSync(join(tmpdir(), 'minutebook-cli-'));
const runMinutebook = (...words: string[]): Promise<ProgramExit> =>
  runScript('cli/minutebook', words, { DATA_DIR: directory }).exit;

let server: ChildProgram;
let url: string;
beforeAll(async () => {
  server = runScript('cli/minutebook', ['serve', '--port', '0', '--data', directory], {
    DATA_DIR: '/nowhere',
  });
  await server.waitForOutput('/docs).\n');
  url = /open at (\S+)/.exec(server.stdout)?.[1] ?? '';
});
afterAll(async () => {
  await stopAllPrograms();
  rmSync(directory, { recursive: true, force: true });
});

const registerSource = async (key: string, source: string): Promise<number> => {
  const answer = await fetch(`${url}/commands/register-source`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ source, title: source }),
  });
  return answer.status;
};

describe('minutebook keys, while the server runs', () => {
  let secret: string;

  it('adds a key, prints nothing but its secret, and applies it at once', async () => {
    const { code, stdout, stderr } = await runMinutebook('keys', 'add', 'clerk', '--role', 'recorder');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^mb_[\w-]{43}\n$/);
    secret = stdout;
    expect(await registerSource(secret, 'a')).toBe(201);
  });

  it('lists names and roles, never secrets', async () => {
    const { code, stdout } = await runMinutebook('keys', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^admin\tadmin\t\S+\nclerk\trecorder\t\S+\n$/);
    expect(stdout).not.toContain('mb_');
  });

  it('revokes a key at once', async () => {
    expect(await runMinutebook('keys', 'revoke', 'clerk')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await registerSource(secret, 'b')).toBe(401);
    expect((await runMinutebook('keys', 'list')).stdout).not.toContain('clerk');
  });

  it('refuses a used name and an unknown name with a sentence', async () => {
    expect(await runMinutebook('keys', 'add', 'clerk', '--role', 'reader')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is or was a key named "clerk", and names are not used twice.\n',
    });
    expect(await runMinutebook('keys', 'revoke', 'nobody')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no valid key named "nobody".\n',
    });
  });

  itEmbedded(
    'in a cluster the keys are in the cluster and not in a directory',
    'creates no book in a directory without one',
    async () => {
      const elsewhere = join(directory, 'elsewhere');
      expect(await runMinutebook('keys', 'list', '--data', elsewhere)).toMatchObject({
        code: 1,
        stderr: `There is no book in ${elsewhere}: start a server on it first, or name another directory with --data.\n`,
      });
      expect(() => readFileSync(join(elsewhere, 'keys.db'))).toThrow('ENOENT');
    },
  );
});

describe('minutebook keys sign-with', () => {
  it('creates a signing key that only the owner can read, and never replaces one', async () => {
    const file = join(directory, 'shared.key');
    const { code, stdout, stderr } = await runMinutebook(
      'keys',
      'sign-with',
      file,
      '--name',
      'example.org/csto',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^example\.org\/csto\+[0-9a-f]{8}\+A\S+\n$/);
    expect(`${readSigningKey(file).verifierKey}\n`).toBe(stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await runMinutebook('keys', 'sign-with', file)).toMatchObject({ code: 1, stdout: '' });
    expect(`${readSigningKey(file).verifierKey}\n`).toBe(stdout);
  });
});

describe('minutebook', () => {
  it.each([
    [['keys', 'add', 'clerk'], "Required option '--role <role>' not specified.\n"],
    [['keys', 'add', '--role', 'reader'], "Missing required argument 'name'.\n"],
    [['keys', 'list', '--colour'], "Unknown option '--colour'.\n"],
    [['keys', 'revoke', 'a', 'b'], "Too many arguments for 'revoke'. Expected 1 argument but got 2.\n"],
    [['fly'], "Unknown command 'fly'.\n"],
  ])('%j is wrong usage', async (words, expected) => {
    const { code, stdout, stderr } = await runMinutebook(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(expected);
  });

  it('refuses a role that does not exist', async () => {
    const { code, stderr } = await runMinutebook('keys', 'add', 'clerk', '--role', 'king');
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are reader, recorder, auditor, admin.');
  });

  it('shows the help without a verb', async () => {
    const { code, stderr } = await runMinutebook();
    expect(code).toBe(2);
    expect(stderr).toContain('serve');
    expect(await runMinutebook('--help')).toMatchObject({ code: 0, stderr: '' });
  });

  it('serves until a signal arrives, and closes the book', async () => {
    const { code, stdout } = await server.stop('SIGINT');
    expect(code).toBe(0);
    expect(stdout).toMatch(/The book is closed\.\n$/);
  });

  it('does not serve with an invalid option', async () => {
    expect(await runMinutebook('serve', '--port', 'eighty')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "Option '--port <number>' argument 'eighty' is invalid. It must be an integer from 0 to 65535.\n",
    });
  });
});
