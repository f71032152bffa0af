import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cstoCommands } from '../support/csto-commands.js';
import { SUCCESS, type ShellServer, Shell } from './support/shell.js';

const shell = new Shell();
let server: ShellServer;
let history: string;
beforeAll(async () => {
  server = await shell.startServer('book');
  history = shell.path('history.ndjson');
  writeFileSync(history, cstoCommands.map(([command, data]) => JSON.stringify({ command, data })).join('\n'));
});
afterAll(() => shell.cleanUp());

const runMinutebook = (words: readonly string[], input?: string, settings = server.settings) =>
  shell.runMinutebook(words, settings, input);
const parseJson = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe('minutebook import', () => {
  it('records lines of commands, and prints how many', async () => {
    expect(await runMinutebook(['import', history])).toEqual({
      ...SUCCESS,
      stdout: `Recorded: ${cstoCommands.length}. Already recorded: 0. Refused: 0.\n`,
    });
    expect(await runMinutebook(['import', '-'], readFileSync(history, 'utf8'))).toEqual({
      ...SUCCESS,
      stdout: `Recorded: 0. Already recorded: ${cstoCommands.length}. Refused: 0.\n`,
    });
  });

  it('reports each refused line, continues, and exits with 1', async () => {
    const lines = ['{"command":"register-source","data":{"source":"i1","title":"x"}}', '', '{', '{"command":"register-source","data":{"source":"i2","title":"x"}}', '{"command":"admit-member","data":{"organization":"csto","member":"armenia","effective":"2003"}}']; // prettier-ignore
    const { code, stdout, stderr } = await runMinutebook(['import', '-'], lines.join('\n'));
    expect([code, stdout]).toEqual([1, 'Recorded: 2. Already recorded: 0. Refused: 2.\n']);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^Line 3: The body is not JSON: .* \(invalid-json\)\.$/),
      'Line 5: "armenia" would join "csto" in 2003, but is already a member then (already-member).',
      '2 lines were refused.',
      '',
    ]);
  });

  it('stops at the first refused line with --on-error stop', async () => {
    const lines = ['{', '{"command":"register-source","data":{"source":"i3","title":"x"}}'];
    const { code, stderr } = await runMinutebook(['import', '-', '--on-error', 'stop'], lines.join('\n'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Line 1: .*\.\n1 line was refused\.\n$/);
    expect((await fetch(`${server.url}/sources/i3`)).status).toBe(404);
  });

  it('requires a key', async () => {
    const { code, stdout, stderr } = await runMinutebook(['import', history], undefined, {
      MINUTEBOOK_URL: server.url,
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'This needs an API key: name it with --key or MINUTEBOOK_KEY, or the data directory of the server with --data (unknown-key).\n',
    );
  });
});

describe('minutebook post', () => {
  const source = JSON.stringify({ source: 'p1', title: 'Piped' });

  it('records a command from the standard input and prints the answer', async () => {
    const { code, stdout, stderr } = await runMinutebook(['post', 'register-source'], source);
    expect({ code, stderr }).toEqual(SUCCESS);
    expect(parseJson(stdout)).toMatchObject({ stream: 'source-p1', revision: 0, entry: expect.any(Number) });
  });

  it('records a command from a file, once for an idempotency key', async () => {
    const file = shell.path('post.json');
    writeFileSync(file, JSON.stringify({ source: 'p2', title: 'From a file' }));
    const once = () => runMinutebook(['post', 'register-source', file, '--idempotency-key', 'k1']);
    const first = await once();
    expect(parseJson(first.stdout)).toMatchObject({ stream: 'source-p2' });
    expect(await once()).toEqual(first);
  });

  it('records only on the revision of --if-match', async () => {
    const dispute = JSON.stringify({ fact: 'source-p1@0', claim: 'A doubt' });
    const { code, stderr } = await runMinutebook(['post', 'dispute-fact', '--if-match', '7'], dispute);
    expect([code, stderr]).toEqual([1, 'The stream is at revision 0 (wrong-revision).\n']);
  });

  it('prints every error of a refusal', async () => {
    const { code, stdout, stderr } = await runMinutebook(['post', 'register-source'], '{"source":"P"}');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^\/source: .* \(invalid-id\)\.\n\/title: "title" is missing \(missing-field\)\.\n$/,
    );
    expect((await runMinutebook(['post', 'no-such'], '{}')).stderr).toMatch(/\(unknown-command\)\.\n$/);
  });

  it('uses the key that it is given', async () => {
    const { stdout: key } = await runMinutebook([
      'keys',
      'add',
      'reads',
      '--role',
      'reader',
      '--data',
      server.directory,
    ]);
    const { code, stderr } = await runMinutebook(['post', 'register-source', '--key', key.trim()], source);
    expect([code, stderr]).toEqual([
      1,
      'The role of this key is "reader", which may not record (forbidden).\n',
    ]);
    const wrong = await runMinutebook(['post', 'register-source'], source, {
      ...server.settings,
      MINUTEBOOK_KEY: 'mb_x',
    });
    expect(wrong.stderr).toBe(
      `${server.url} does not accept the API key of MINUTEBOOK_KEY: name another one with --key or MINUTEBOOK_KEY, or the data directory of the server with --data (unknown-key).\n`,
    );
  });

  it('takes the server and the key from its options, too', async () => {
    const words = ['post', 'register-source', '--url', `${server.url}/`, '--data', server.directory];
    expect(await runMinutebook(words, source, {})).toMatchObject(SUCCESS);
  });
});

describe('minutebook get', () => {
  it('prints an answer indented, with the key of the server', async () => {
    for (const path of ['/organizations/csto', 'organizations/csto']) {
      const { stdout, ...ended } = await runMinutebook(['get', path]);
      expect(ended).toEqual(SUCCESS);
      expect(stdout).toBe(`${JSON.stringify(parseJson(stdout), null, 2)}\n`);
      expect(parseJson(stdout)).toMatchObject({ id: 'csto' });
    }
    const { stdout } = await runMinutebook(['get', '/commands/register-source']);
    expect(stdout).toMatch(/^\{\n {2}"\$schema"/);
  });

  it('prints any other answer as it is', async () => {
    const checkpoint = await (await fetch(`${server.url}/checkpoint`)).text();
    expect(await runMinutebook(['get', '/checkpoint'])).toEqual({ ...SUCCESS, stdout: checkpoint });
  });

  it('prints the reason of a refusal', async () => {
    const { code, stdout, stderr } = await runMinutebook(['get', '/organizations?limt=1']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^"limt" is not a parameter here; .* \(unknown-parameter\)\.\n$/);
  });
});

describe('minutebook export', () => {
  const expected = async (path = '/events') => {
    const answer = await fetch(`${server.url}${path}`, { headers: { accept: 'application/x-ndjson' } });
    return answer.text();
  };

  it('writes the export to the standard output', async () => {
    expect(await runMinutebook(['export'])).toEqual({ ...SUCCESS, stdout: await expected() });
  });

  it('replaces a file', async () => {
    const folder = shell.path('out');
    mkdirSync(folder);
    writeFileSync(join(folder, 'book.ndjson'), 'something else');
    expect(await runMinutebook(['export', '--to', join(folder, 'book.ndjson')])).toEqual({
      ...SUCCESS,
      stdout: '',
    });
    expect(readFileSync(join(folder, 'book.ndjson'), 'utf8')).toBe(await expected());
    expect(readdirSync(folder)).toEqual(['book.ndjson']);
  });

  it('writes one stream with its receipt', async () => {
    const stream = 'membership-csto:uzbekistan';
    expect(await runMinutebook(['export', '--stream', stream])).toEqual({
      ...SUCCESS,
      stdout: await expected(`/streams/${stream}`),
    });
    const { code, stderr } = await runMinutebook([
      'export',
      '--stream',
      'nothing-x',
      '--to',
      shell.path('none'),
    ]);
    expect([code, stderr]).toEqual([1, 'The book has no stream "nothing-x" (unknown-id).\n']);
    expect(readdirSync(shell.folder)).not.toContain('none');
  });

  it('ends silently when the reader closes the pipe', async () => {
    const reading = shell.startMinutebook(['export'], server.settings);
    reading.child.stdout!.destroy();
    expect(await reading.exit).toMatchObject(SUCCESS);
  });
});

describe('minutebook projections', () => {
  it('prints the position and status of the read models', async () => {
    const { code, stdout, stderr } = await runMinutebook(['projections']);
    expect({ code, stderr }).toEqual(SUCCESS);
    const rows = stdout.trimEnd().split('\n').map((row) => row.split(/ {2,}/)); // prettier-ignore
    const { items, entry } = (await (await fetch(`${server.url}/projections`)).json()) as {
      items: { name: string; version: number }[];
      entry: number;
    };
    expect(rows).toEqual([
      ['name', 'version', 'entry', 'lag', 'status'],
      ...items.map(({ name, version }) => [name, `${version}`, `${entry}`, '0', 'live']),
    ]);
  });

  const generation = async () => {
    const { items } = (await (await fetch(`${server.url}/projections`)).json()) as {
      items: { name: string; generation: number }[];
    };
    return items.find(({ name }) => name === 'membership')!.generation;
  };

  it.each([
    [['projections', 'rebuild', 'membership']],
    [['projections', '--data', 'DIRECTORY', 'rebuild', 'membership']],
    [['projections', 'rebuild', 'membership', '--data', 'DIRECTORY']],
  ])('rebuilds one and ends when the new one serves: %j', async (words) => {
    const before = await generation();
    const real = words.map((word) => (word === 'DIRECTORY' ? server.directory : word));
    expect(await runMinutebook(real)).toEqual({ ...SUCCESS, stdout: '' });
    expect(await generation()).toBeGreaterThan(before);
  });

  it('refuses a read model that does not exist', async () => {
    const { code, stderr } = await runMinutebook(['projections', 'rebuild', 'nothing']);
    expect([code, stderr]).toEqual([1, 'There is no read model "nothing"; GET /projections lists them (unknown-id).\n']); // prettier-ignore
  });
});

describe('without a server', () => {
  it.each([
    [['post', 'register-source']],
    [['export']],
    [['export', '--to', 'FILE']],
    [['import', '-']],
    [['projections']],
    [['projections', 'rebuild', 'membership']],
  ])('%j reports that in a sentence', async (words) => {
    const real = words.map((word) => (word === 'FILE' ? shell.path('never') : word));
    expect(await shell.runMinutebook(real, {}, '{}')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No server answers at http://127.0.0.1:2: start it, or name another one with --url.\n',
    });
    expect(readdirSync(shell.folder)).not.toContain('never');
  });
});

describe('invalid arguments', () => {
  it.each<[words: string[], says: string]>([
    [['post'], "Missing required argument 'command'.\n"],
    [['post', 'a', '/no/such/file'], 'There is no file "/no/such/file".\n'],
    [['post', 'a', '--if-match', 'x'], "Option '--if-match <revision>' argument 'x' is invalid. It must be a number such as 3.\n"], // prettier-ignore
    [['import'], "Missing required argument 'file'.\n"],
    [['import', '/no/such/file'], 'There is no file "/no/such/file".\n'],
    [['import', '-', '--on-error', 'cry'], "Option '--on-error <what>' argument 'cry' is invalid. Allowed choices are continue, stop.\n"], // prettier-ignore
    [['export', 'book'], "Too many arguments for 'export'. Expected 0 arguments but got 1.\n"],
    [['export', '--to', '/no/such/folder/file'], 'There is no directory "/no/such/folder".\n'],
    [['export', '--url', 'elsewhere'], '"elsewhere" is not the address of a server, such as http://127.0.0.1:3000.\n'], // prettier-ignore
    [['projections', 'fly'], "Too many arguments for 'projections'. Expected 0 arguments but got 1.\n"],
    [['projections', 'rebuild'], "Missing required argument 'name'.\n"],
    [['exprot'], "Unknown command 'exprot'. Did you mean export?\n"],
    [['keys', 'lst'], "Unknown command 'lst'. Did you mean list?\n"],
    [['audit', '--datta', 'x'], "Unknown option '--datta'. Did you mean --data?\n"],
    [['fly'], "Unknown command 'fly'.\n"],
    [['serve', '--port', 'abc'], "Option '--port <number>' argument 'abc' is invalid. It must be an integer from 0 to 65535.\n"], // prettier-ignore
    [
      ['post', 'a', '{"b":1}'],
      'JSON is read from a file or from a pipe: write "-" for the file, and pipe it in.\n',
    ],
    [['post', 'a', '/'], '"/" is a directory: name a file in it.\n'],
    [['import', 'a.csv', '--map', 'a=b'], '--map, --set and --ignore are about the columns of a table: name its command with --as.\n'], // prettier-ignore
    [['import', 'a.csv', '--as', 'x', '--map', 'a'], "Option '--map <field=column,...>' argument 'a' is invalid. It must be a field, \"=\" and what it gets.\n"], // prettier-ignore
  ])('%j is wrong usage', async (words, expected) => {
    expect(await runMinutebook(words, '{}')).toEqual({ code: 2, stdout: '', stderr: expected });
  });
});

describe('the admin key of the data directory', () => {
  it('is sent to its own servers, and to another one only if it is named', async () => {
    const received: (string | undefined)[] = [];
    const other = createServer(({ headers }, answer) => {
      received.push(headers.authorization);
      answer.end('{"items":[]}');
    }).listen(0, '0.0.0.0');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const ask = (address: string, ...words: string[]) =>
      runMinutebook(['projections', '--url', address, ...words], undefined, { DATA_DIR: server.directory });
    const key = readFileSync(join(server.directory, 'admin.key'), 'utf8').trim();
    await ask(`http://127.0.0.1:${port}`);
    await ask(`http://localhost:${port}`);
    await ask(`http://0.0.0.0:${port}`); // also this machine, but by another address
    await ask(`http://0.0.0.0:${port}`, '--key', 'k');
    await ask(`http://0.0.0.0:${port}`, '--data', server.directory);
    other.close();
    expect(received).toEqual([`Bearer ${key}`, `Bearer ${key}`, undefined, 'Bearer k', `Bearer ${key}`]);
  });
});
