// Copies a ledger between data directories and clusters with the command line.
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { copyBook } from '../../src/cli/copy/copy-book.js';
import { parseLedgerLocation } from '../../src/cli/copy/ledger-location.js';
import { OperationFailedError } from '../../src/cli/_shared/errors.js';
import { cstoCommands } from '../support/csto-commands.js';
import { countEvents, readEndOfLog } from '../support/kurrentdb/other-client.js';
import {
  openBreakableLine,
  startDouble,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../support/wait-until.js';
import { verifyCheckpointNote } from '../support/checkpoint-note-verifier.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { SUCCESS, type ShellServer, Shell } from './support/shell.js';

/** Always a KurrentDB of this suite, also when the suites run in a cluster. */
const EMBEDDED = { LEDGER: 'sqlite' };
const shell = new Shell();
const sources = (...names: string[]) =>
  names.map((source): [string, object] => ['register-source', { source, title: source }]);

let directory: string;
let exported: string;
let entries: number;
let root: string;
let group: { readonly first: number; readonly of: number };
let checkpoint: string;
let key: string;
let live: ShellServer;
let cluster: TestKurrentDb;
beforeAll(async () => {
  const server = await startTestServer(EMBEDDED);
  ({ directory } = server);
  await server.recordCommands(...cstoCommands);
  const { json } = await server.sendGroup([
    ['register-organization', { organization: 'atlantis', name: 'Atlantis', classification: 'state' }],
    ['rename-organization', { organization: 'atlantis', name: 'New Atlantis', effective: '2001' }],
    ['rename-organization', { organization: 'atlantis', name: 'Newest Atlantis', effective: '2002' }],
  ]);
  const { entry, events } = json as { entry: number; events: unknown[] };
  group = { first: entry - events.length + 1, of: events.length };
  await server.recordCommands(...sources(...Array.from({ length: 60 }, (_, n) => `after-the-group-${n}`)));
  entries = server.headEntry;
  key = (await server.get('/checkpoint/key')).text;
  checkpoint = (await server.get('/checkpoint')).text;
  await server.close();
  exported = (await minutebook('export', '--data', directory)).stdout;
  ({ root } = JSON.parse(exported.split('\n', 1)[0]!) as { root: string });
  live = await shell.startServer('live', EMBEDDED);
  cluster = await startKurrentDb();
});
afterAll(async () => {
  await shell.cleanUp();
  await cleanUp();
  await cluster.stop();
});

const minutebook = (...words: string[]) => shell.runMinutebook(words, EMBEDDED);
const runCopy = (from: string, to: string, ...more: string[]) =>
  minutebook('copy', '--from', from, '--to', to, ...more);
const getClusterAddress = (): string => cluster.connectionString;
let prefixes = 0;
/** A prefix that nothing in the cluster has yet. */
const nextPrefix = (): string => `${cluster.prefix}x${prefixes++}`;
/** Without the key, which differs in each ledger. */
const removeKey = (text: string) => text.replace(/"key":(?:"[^"]*"|null)/, '"key":""');
const exportBook = async (data: string) => removeKey((await minutebook('export', '--data', data)).stdout);
/** A new ledger of sources. */
async function createBook(name: string, count: number): Promise<string> {
  const lines = sources(...Array.from({ length: count }, (_, n) => `${name}-${n}`));
  const data = shell.path(name);
  const text = lines.map(([command, words]) => JSON.stringify({ command, data: words })).join('\n');
  expect(await shell.runMinutebook(['import', '-', '--data', data], EMBEDDED, text)).toMatchObject({
    code: 0,
  });
  return data;
}

describe('from a directory into a cluster and out of it again', () => {
  let prefix: string;
  let back: string;
  beforeAll(() => {
    prefix = nextPrefix();
    back = shell.path('back');
  });

  it('prints that the roots are the same, and a notice about the keys', async () => {
    const { code, stdout, stderr } = await runCopy(directory, getClusterAddress(), '--to-prefix', prefix);
    expect({ code, stderr }).toEqual(SUCCESS);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`From: ${directory}, ${entries} entries, root ${root}`);
    expect(lines[1]).toContain(`(prefix ${prefix}), ${entries} entries, root ${root}`);
    expect(lines[2]).toBe(`Copied ${entries} entries after 0 that were there: the roots are the same.`);
    expect(lines[3]).toContain('Keys were not copied');
  });

  it('has the same entries, ids, times and hashes afterwards', async () => {
    expect(await runCopy(getClusterAddress(), back, '--from-prefix', prefix)).toMatchObject(SUCCESS);
    expect(await exportBook(back)).toBe(removeKey(exported));
    expect(existsSync(join(back, 'keys.db'))).toBe(false);
    expect(existsSync(join(back, 'checkpoint.key'))).toBe(false);
  });

  it('copies nothing when the target is complete, and only new entries later', async () => {
    expect((await runCopy(directory, getClusterAddress(), '--to-prefix', prefix)).stdout).toContain(
      `Copied 0 entries after ${entries}`,
    );
  });

  describe('is served by a node afterwards', () => {
    let before: TestServer;
    let node: TestServer;
    let after: TestServer;
    beforeAll(async () => {
      for (const file of ['checkpoint.key', 'checkpoint'])
        copyFileSync(join(directory, file), join(back, file));
      before = await startTestServer({ directory, ...EMBEDDED });
      const nodeDirectory = shell.path('node');
      mkdirSync(nodeDirectory);
      node = await startTestServer({
        directory: nodeDirectory,
        LEDGER: getClusterAddress(),
        LEDGER_PREFIX: prefix,
        CHECKPOINT_KEY_FILE: join(directory, 'checkpoint.key'),
      });
      after = await startTestServer({ directory: back, ...EMBEDDED });
    }, 60_000);
    afterAll(async () => {
      for (const each of [before, node, after]) await each.close(); // the next tests need the directory
    });

    it('gives the same answers as of every entry, also within a group', async () => {
      for (let entry = 1; entry <= entries; entry++)
        for (const address of [
          `/organizations/csto/members?asOf=${entry}`,
          `/organizations?asOf=${entry}`,
          `/organizations/atlantis?asOf=${entry}`,
        ]) {
          const answers = await Promise.all([before, node, after].map((each) => each.get(address)));
          const [first, ...others] = answers.map(({ status, text, headers }) => ({
            status,
            text,
            entry: headers.get('ledger-entry'),
            root: headers.get('ledger-root'),
          }));
          for (const other of others) expect([address, other]).toEqual([address, first]);
        }
      expect((await after.get(`/organizations/atlantis?asOf=${group.first}`)).status).toBe(404);
      expect((await after.get(`/organizations/atlantis?asOf=${group.first + group.of - 1}`)).status).toBe(
        200,
      );
    });

    it('keeps signing with the same key over the same tree', async () => {
      const signed = verifyCheckpointNote(checkpoint, key);
      for (const each of [node, after]) {
        expect((await each.get('/checkpoint/key')).text).toBe(key);
        expect(verifyCheckpointNote((await each.get('/checkpoint')).text, key)).toEqual(signed);
      }
    });
  });
});

describe('from a cluster into a cluster, from a directory into a directory', () => {
  it('gives the same ledger', async () => {
    const [one, other] = [nextPrefix(), nextPrefix()];
    const [first, second] = [shell.path('first'), shell.path('second')];
    const original = await createBook('of-sources', 250);
    const whole = await exportBook(original);
    await runCopy(original, getClusterAddress(), '--to-prefix', one);
    expect(
      await runCopy(getClusterAddress(), getClusterAddress(), '--from-prefix', one, '--to-prefix', other),
    ).toMatchObject(SUCCESS);
    expect(await runCopy(getClusterAddress(), first, '--from-prefix', other)).toMatchObject(SUCCESS);
    expect(await runCopy(first, second)).toMatchObject(SUCCESS);
    expect(await exportBook(second)).toBe(whole);
    const { url, program } = await shell.startServer('second', EMBEDDED);
    const request = () => fetch(`${url}/sources/of-sources-249`);
    let answer = await request();
    while (answer.status === 503) answer = await request(); // its read models are built
    expect(answer.status).toBe(200);
    await program.stop();
  }, 60_000);
});

describe('a refused copy writes nothing', () => {
  it('for another history, with the first entry that differs', async () => {
    const prefix = nextPrefix();
    const other = await createBook('another', 3);
    await runCopy(other, getClusterAddress(), '--to-prefix', prefix);
    const refused = {
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Entry 1 of .* is not that of .*: the target has another book, and nothing was overwritten\.\n$/), // prettier-ignore
    };
    expect(await runCopy(directory, getClusterAddress(), '--to-prefix', prefix)).toEqual(refused);
    expect(await runCopy(directory, other)).toEqual(refused);
  });

  it('for a longer target, with its first additional entry', async () => {
    const [short, long] = [await createBook('short', 2), shell.path('long')];
    await runCopy(short, long);
    const line = JSON.stringify({ command: 'register-source', data: { source: 'more', title: 'More' } });
    await shell.runMinutebook(['import', '-', '--data', long], EMBEDDED, line);
    expect(await runCopy(short, long)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Entry 3 of .* is not in .*, which has 2 entries/) as string,
    });
    expect(await runCopy(long, short)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Copied 1 entries after 2') as string,
    });
  });

  it('for a directory that a server is using, on either side', async () => {
    const inUse = {
      code: 1,
      stdout: '',
      stderr: `${live.directory} is in use by another Minutebook process: stop that one first.\n`,
    };
    expect(await runCopy(shell.path('short'), live.directory)).toEqual(inUse);
    expect(await runCopy(live.directory, shell.path('nothing'))).toEqual(inUse);
    expect(existsSync(shell.path('nothing'))).toBe(false);
  });

  it('for the directory of a cluster node as target', async () => {
    const node = shell.path('a-node');
    mkdirSync(node);
    const prefix = nextPrefix();
    await runCopy(shell.path('short'), getClusterAddress(), '--to-prefix', prefix);
    const served = await shell.startServer('a-node', { LEDGER: getClusterAddress(), LEDGER_PREFIX: prefix });
    await served.program.stop();
    expect(await runCopy(shell.path('short'), node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is this node's copy of a cluster's book") as string,
    });
  });

  it('for a directory without a book, and for invalid options', async () => {
    expect(await runCopy(shell.path('nowhere'), getClusterAddress())).toEqual({
      code: 1,
      stdout: '',
      stderr: `There is no book in ${shell.path('nowhere')}: name the data directory of a server with --from.\n`,
    });
    expect(await runCopy(directory, directory)).toMatchObject({
      code: 2,
      stderr: '--from and --to name the same ledger.\n',
    });
    expect(await runCopy(directory, getClusterAddress(), '--to-prefix', 'A!')).toMatchObject({
      code: 2,
      stderr: 'A prefix must consist of a-z and 0-9, but is "A!".\n',
    });
    expect(await minutebook('copy', '--from', directory)).toMatchObject({ code: 2 });
  });

  it('for a cluster that does not answer, without printing its password', async () => {
    const { code, stdout, stderr } = await runCopy(directory, 'esdb://admin:hidden@127.0.0.1:1?tls=false');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The cluster cannot be read \(.*\): check the cluster\.\n$/);
    expect(stderr).not.toContain('hidden');
  }, 60_000);
});

describe('an interrupted copy', () => {
  const work = { reportProgress: () => undefined, signal: new AbortController().signal };
  /** Copies the book over a line that a test can cut, and counts what the target has. */
  const startLine = async () => {
    const [line, begin] = [
      await openBreakableLine(getClusterAddress()),
      await readEndOfLog(getClusterAddress()),
    ];
    const prefix = nextPrefix();
    return {
      ...line,
      prefix,
      countWritten: () => countEvents(getClusterAddress(), `${prefix}/`, begin),
      copy: (timeoutMs: number) =>
        copyBook(parseLedgerLocation(directory), parseLedgerLocation(line.connectionString, prefix), {
          ...work,
          timeoutMs,
        }),
    };
  };

  it('by SIGINT is continued by the next run', async () => {
    const { proxy, prefix, connectionString, countWritten } = await startLine();
    for (const until of [1, group.first + 1, 40]) {
      proxy.delay(10);
      const words = ['copy', '--from', directory, '--to', connectionString, '--to-prefix', prefix];
      const program = shell.startMinutebook(words);
      let isOver = false;
      void program.exit.then(() => (isOver = true));
      await waitUntil(async () => isOver || (await countWritten()) >= until);
      expect(await program.stop('SIGINT')).toEqual({ code: 130, stdout: '', stderr: '' });
      proxy.restore();
      expect(await countWritten()).toBeLessThan(entries);
    }
    const before = await countWritten();
    const { code, stdout } = await runCopy(directory, getClusterAddress(), '--to-prefix', prefix);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`Copied ${entries - before} entries after ${before}`)]); // prettier-ignore
    expect(await countWritten()).toBe(entries);
    await proxy.close();
  }, 60_000);

  it('by a connection that breaks is continued by the next run', async () => {
    const { proxy, countWritten, copy } = await startLine();
    proxy.delay(5);
    let isOver = false;
    const broken = copy(1_000)
      .catch((error: unknown) => error)
      .finally(() => (isOver = true));
    await waitUntil(async () => isOver || (await countWritten()) >= 20);
    proxy.disconnect();
    const stopped = await broken;
    expect(stopped).toBeInstanceOf(OperationFailedError);
    expect((stopped as Error).message).toMatch(
      /^The cluster does not take entry \d+ .* the next run continues/,
    );
    proxy.restore();
    proxy.delay(5);
    const continued = copy(30_000);
    for (const direction of ['requests', 'responses', 'requests', 'responses'] as const) {
      const before = await countWritten();
      await waitUntil(async () => (await countWritten()) > before);
      proxy.stall(direction);
      await waitUntil(() => proxy.hasDroppedData);
      proxy.restore();
    }
    expect(await continued).toMatchObject({ entries, root });
    expect(await countWritten()).toBe(entries);
    await proxy.close();
  }, 60_000);

  describe('into a server that loses responses or has another client', () => {
    let there: Awaited<ReturnType<typeof startDouble>>;
    beforeEach(async () => {
      there = await startDouble();
    });
    afterEach(() => there.stop());
    const listWritten = () =>
      there.double.log.all.filter(({ stream }) => stream.startsWith(`${there.prefix}/`));
    const copy = (timeoutMs: number, reportProgress: (doing: string, done: number) => void) =>
      copyBook(parseLedgerLocation(directory), parseLedgerLocation(there.connectionString, there.prefix), {
        ...work,
        reportProgress,
        timeoutMs,
      });

    it('writes every entry once', async () => {
      const { faults } = there.double;
      faults.dropAfterAppend(2);
      faults.timeoutAfterAppend(2);
      faults.dropBeforeAppend(2);
      faults.notLeader(1);
      expect(await copy(15_000, work.reportProgress)).toMatchObject({ entries, root });
      expect([listWritten().length, faults.pendingFaults]).toEqual([entries, 0]);
    });

    it('reports what another client records in the target meanwhile', async () => {
      const recordMeanwhile = (doing: string, done: number): void => {
        if (!doing.startsWith('Writing') || done !== entries) return;
        const [event] = listWritten();
        const { double, prefix } = there;
        double.log.append(`${prefix}/source-elsewhere`, 'no_stream', [{ ...event!, id: randomUUID() }]);
      };
      await expect(copy(1_000, recordMeanwhile)).rejects.toThrow(`Entry ${entries + 1} of`);
    });
  });

  it('shows progress on a terminal, and none in a pipe', async () => {
    const prefix = nextPrefix();
    cluster.double?.faults.delayAppends(5);
    const shown = await shell.runOnTerminal(['copy', '--from', directory, '--to', getClusterAddress(), '--to-prefix', prefix]); // prettier-ignore
    cluster.double?.faults.clear();
    expect(shown).toContain(`of ${entries} (`);
    expect(shown).toContain('the roots are the same.');
  });
});
