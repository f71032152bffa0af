import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { SqliteKeyStore } from '../../src/auth/sqlite-key-store.js';
import { ApiKeys } from '../../src/auth/api-keys.js';
import { KurrentDbKeyStore } from '../../src/auth/kurrentdb-key-store.js';
import { UnavailableError } from '../../src/ledger/sequencer.js';
import { describeKeyStore } from './key-store.contract.js';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';
import {
  type BreakableLine,
  openBreakableLine,
  startDouble,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import {
  appendToStream,
  countEvents,
  readStream,
  truncateStream,
} from '../support/kurrentdb/other-client.js';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { createProposedEvent } from '../support/kurrentdb/transaction-log.js';
import { waitUntil } from '../support/wait-until.js';

describeKeyStore('a cluster', async () => {
  const server = await startKurrentDb();
  const { connectionString: connection, prefix } = server;
  const warn = (sentence: string): void => {
    throw new Error(sentence);
  };
  return {
    open: () =>
      new KurrentDbKeyStore({
        cluster: { connection, prefix },
        file: join(createTemporaryDirectory(), 'keys.db'),
        warn,
      }),
    remove: () => server.stop(),
  };
});

let server: TestKurrentDb;
let lines: BreakableLine[];
let opened: ApiKeys[];
let warnings: string[];

/** Starts a server before each test of a group, and removes everything after it. */
function useServer(start: () => Promise<TestKurrentDb>): void {
  beforeEach(async () => {
    server = await start();
    [lines, opened, warnings] = [[], [], []];
  });
  afterEach(async () => {
    for (const keys of opened) await keys.close();
    for (const { proxy } of lines) await proxy.close();
    await server.stop();
  });
}

const open = ({
  file = join(createTemporaryDirectory(), 'keys.db'),
  line = server,
}: { file?: string; line?: { readonly connectionString: string } } = {}): ApiKeys => {
  const keys = new ApiKeys(
    new KurrentDbKeyStore({
      cluster: { connection: line.connectionString, prefix: server.prefix },
      file,
      warn: (message) => warnings.push(message),
    }),
  );
  opened.push(keys);
  return keys;
};
const close = async (keys: ApiKeys): Promise<void> => {
  opened = opened.filter((each) => each !== keys);
  await keys.close();
};
const openLine = async (): Promise<BreakableLine> => {
  const line = await openBreakableLine(server.connectionString);
  lines.push(line);
  return line;
};
/** The types of the stored events, whatever the server is. */
const readStoredTypes = async (): Promise<readonly string[]> =>
  (await readStream(server.connectionString, `${server.prefix}!keys`)).map(({ type }) => type);

describe('KurrentDbKeyStore', () => {
  useServer(() => startKurrentDb());

  it('replicates changes that other nodes make', async () => {
    const [here, elsewhere] = [open(), open()];
    const secret = await elsewhere.add('clerk', 'recorder');
    await waitUntil(() => here.find(secret)?.name === 'clerk');
    await elsewhere.revoke('clerk');
    await waitUntil(() => here.find(secret) === undefined);
  });

  it('stores hashes of the keys, in a stream outside of the ledger', async () => {
    const keys = open();
    const secret = await keys.add('clerk', 'recorder');
    await keys.revoke('clerk');
    const stored = await readStream(server.connectionString, `${server.prefix}!keys`);
    expect(stored.map(({ type, data }) => [type, data])).toEqual([
      [
        'KeyAdded',
        {
          name: 'clerk',
          role: 'recorder',
          createdAt: expect.any(String),
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      ['KeyRevoked', { name: 'clerk', revokedAt: expect.any(String) }],
    ]);
    expect(JSON.stringify(stored)).not.toContain(secret.slice(3));
    expect(await countEvents(server.connectionString, `${server.prefix}/`, 'start')).toBe(0);
  });

  it('keeps the known keys while the node is cut off, also after a restart', async () => {
    const line = await openLine();
    const file = join(createTemporaryDirectory(), 'keys.db');
    const before = open({ file, line });
    const [clerk, guest] = [await before.add('clerk', 'recorder'), await before.add('guest', 'reader')];
    await before.revoke('guest');
    await close(before);
    line.proxy.disconnect();
    const keys = open({ file, line });
    expect(keys.find(clerk)).toMatchObject({ name: 'clerk' });
    expect(keys.find(guest)).toBeUndefined();
    await expect(keys.add('other', 'reader')).rejects.toBeInstanceOf(UnavailableError);
    await expect(keys.revoke('clerk')).rejects.toBeInstanceOf(UnavailableError);
    expect(keys.find(clerk)).toBeDefined();
    line.proxy.restore();
    await keys.refresh();
    await keys.revoke('clerk');
    expect(keys.find(clerk)).toBeUndefined();
  });

  it('continues behind the last event when the connection is restored', async () => {
    const line = await openLine();
    const [here, elsewhere] = [open({ line }), open()];
    const secrets: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      secrets.push(await elsewhere.add(name, 'reader'));
      line.proxy.cut();
    }
    await waitUntil(() => secrets.every((secret) => here.find(secret)));
    expect(await readStoredTypes()).toEqual(['KeyAdded', 'KeyAdded', 'KeyAdded']);
  });

  it('adds a key once when the connection breaks before or after the append', async () => {
    const line = await openLine();
    const keys = open({ line });
    await keys.refresh();
    line.proxy.stall('requests');
    const first = keys.add('a', 'reader');
    await waitUntil(() => line.proxy.hasDroppedData);
    line.proxy.restore();
    await first;
    line.proxy.stall('responses');
    const second = keys.add('b', 'reader');
    await waitUntil(async () => (await readStoredTypes()).length === 2);
    line.proxy.restore();
    for (const secret of [await first, await second]) await waitUntil(() => keys.find(secret) !== undefined);
    expect(await readStoredTypes()).toEqual(['KeyAdded', 'KeyAdded']);
  });

  it('reads and subscribes again when the server does not respond for a while', async () => {
    const line = await openLine();
    const keys = open({ line });
    await keys.refresh();
    line.proxy.stall();
    await expect(keys.refresh()).rejects.toBeInstanceOf(UnavailableError);
    line.proxy.restore();
    await waitUntil(() =>
      keys.refresh().then(
        () => true,
        () => false,
      ),
    );
    const secret = await keys.add('reader', 'reader');
    expect(keys.find(secret)).toBeDefined();
  });

  it('permits no administration while another client has truncated the stream', async () => {
    const line = await openLine();
    const keys = open({ line });
    const clerk = await keys.add('clerk', 'recorder');
    const guest = await keys.add('guest', 'reader');
    await truncateStream(server.connectionString, `${server.prefix}!keys`, 2);
    line.proxy.cut();
    await waitUntil(() => keys.doubt !== undefined);
    for (const change of [keys.add('other', 'reader'), keys.revoke('clerk')])
      await expect(change).rejects.toMatchObject({ code: 'keys-in-doubt' });
    expect(keys.find(clerk)).toBeDefined();
    await truncateStream(server.connectionString, `${server.prefix}!keys`, 0);
    await waitUntil(() => keys.doubt === undefined);
    await keys.revoke('guest');
    expect(keys.find(guest)).toBeUndefined();
  });

  it('ignores events of a later release with a warning, and applies the others', async () => {
    const keys = open();
    await keys.refresh();
    await appendToStream(server.connectionString, `${server.prefix}!keys`, [
      { type: 'KeyLent', data: { name: 'a', to: 'b' } },
      { type: 'KeyAdded', data: null },
      { type: 'KeyAdded', data: Buffer.from('{}') },
    ]);
    const secret = await keys.add('clerk', 'recorder');
    expect(keys.find(secret)).toBeDefined();
    expect(warnings).toEqual(
      [0, 1, 2].map((revision): unknown =>
        expect.stringContaining(`!keys@${revision} is unknown to this release`),
      ),
    );
  });

  it('closes at once when no server responds', async () => {
    const connections = new Set<Socket>();
    const silentServers = await Promise.all(
      [1, 2, 3].map(async () => {
        const server = createServer((socket) => connections.add(socket.resume())).listen(0, '127.0.0.1');
        await once(server, 'listening');
        return server;
      }),
    );
    const hosts = silentServers
      .map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
      .join(',');
    const cluster = { connection: `esdb://${hosts}?tls=false`, prefix: 'silent' };
    const file = join(createTemporaryDirectory(), 'keys.db');
    const known = open({ file });
    await known.add('clerk', 'recorder');
    await close(known);
    const keys = new KurrentDbKeyStore({ cluster, file, warn: (message) => warnings.push(message) });
    await sleep(300);
    const startedAt = performance.now();
    await keys.close();
    const tookMs = performance.now() - startedAt;
    for (const server of silentServers) server.close();
    for (const socket of connections) socket.destroy();
    expect(tookMs).toBeLessThan(4_000);
    expect(warnings).toEqual([]);
  });

  it('refuses a file with keys of an embedded ledger, and vice versa', async () => {
    const file = join(createTemporaryDirectory(), 'keys.db');
    const own = new ApiKeys(new SqliteKeyStore(file));
    await own.add('clerk', 'recorder');
    await own.close();
    expect(() => open({ file })).toThrow(
      /keys\.db contains keys that were not created in a cluster: move it away/,
    );
    const copy = join(createTemporaryDirectory(), 'keys.db');
    await close(open({ file: copy }));
    expect(() => new SqliteKeyStore(copy)).toThrow(
      /keys\.db is a node's copy of a cluster's keys: set LEDGER/,
    );
    new Database(copy).close();
  });
});

describe('KurrentDbKeyStore on servers that lag, lose events or do not respond', () => {
  let double: KurrentDbDouble;
  useServer(async () => {
    const started = await startDouble();
    ({ double } = started);
    return started;
  });
  const stream = () => double.log.stream(`${server.prefix}!keys`) ?? [];

  it('adds a key once, whichever append responses are lost or report a timeout', async () => {
    const keys = open();
    await keys.refresh();
    double.faults.dropAfterAppend();
    double.faults.timeoutAfterAppend();
    double.faults.dropBeforeAppend();
    double.faults.timeoutBeforeAppend();
    const secrets = [];
    for (const name of ['a', 'b', 'c', 'd']) secrets.push(await keys.add(name, 'reader'));
    expect(double.faults.pendingFaults).toBe(0);
    expect(stream()).toHaveLength(4);
    for (const secret of secrets) await waitUntil(() => keys.find(secret) !== undefined);
  });

  it('keeps its keys and permits no administration when the cluster was restored from an older backup', async () => {
    const keys = open();
    const clerk = await keys.add('clerk', 'recorder');
    const backup = double.log.backup();
    await keys.revoke('clerk');
    await double.restore(backup);
    double.log.append('others/1', 'any', [createProposedEvent('Said', { words: 'x'.repeat(2_000) })]);
    await waitUntil(() => keys.doubt !== undefined);
    expect(warnings).toEqual([
      expect.stringMatching(
        /!keys@1 in the cluster is gone or is not what it was: .* continues with the keys that it has for the time of KEYS_TRUST, .* delete keys\.db and start again: it then has the keys of the cluster\.$/,
      ),
    ]);
    expect(keys.find(clerk)).toBeUndefined();
    for (const change of [keys.add('other', 'reader'), keys.revoke('clerk')])
      await expect(change).rejects.toMatchObject({ code: 'keys-in-doubt' });
    expect(() => keys.assertTrusted('administer')).toThrow(UnavailableError);
    expect(() => keys.assertTrusted('record')).not.toThrow();
  });

  it('follows the keys again when the events come back that a new leader lacked at first', async () => {
    const several = await KurrentDbDouble.start({ nodes: 3 });
    const cluster = { connection: several.connectionString, prefix: 'lagging' };
    const openStore = (): ApiKeys => {
      const file = join(createTemporaryDirectory(), 'keys.db');
      const keys = new ApiKeys(
        new KurrentDbKeyStore({ cluster, file, warn: (message) => warnings.push(message) }),
      );
      opened.push(keys);
      return keys;
    };
    const keys = openStore();
    await keys.add('clerk', 'recorder');
    const catchUp = several.nodes.slice(1).map((node) => node.lag());
    const alice = await keys.add('alice', 'reader');
    await several.nodes[0]!.stop();
    // The next leader responds without the last key, and that without the revocation to come.
    await sleep(1_000);
    for (const caughtUp of catchUp.splice(0, 1)) caughtUp();
    const elsewhere = openStore();
    await elsewhere.refresh();
    await elsewhere.revoke('alice');
    for (const caughtUp of catchUp) caughtUp();
    await waitUntil(() => keys.find(alice) === undefined);
    await keys.add('bob', 'reader');
    expect(keys.doubt).toBeUndefined();
    for (const each of [keys, elsewhere]) await close(each);
    await several.stop();
  });

  it('is in doubt only until the cluster has the event again', async () => {
    const keys = open();
    await keys.add('clerk', 'recorder');
    const backup = double.log.backup();
    await keys.add('alice', 'reader');
    const whole = double.log.backup();
    await double.restore(backup);
    double.log.append('others/1', 'any', [createProposedEvent('Said', { words: 'x'.repeat(2_000) })]);
    await waitUntil(() => keys.doubt !== undefined);
    await double.restore(whole);
    await waitUntil(() => keys.doubt === undefined);
    await keys.revoke('alice');
    expect(stream().map(({ type }) => type)).toEqual(['KeyAdded', 'KeyAdded', 'KeyRevoked']);
  });

  it('learns within seconds of changes that its server does not have', async () => {
    const several = await KurrentDbDouble.start({ nodes: 3 });
    const openStore = (connection: string): ApiKeys => {
      const cluster = { connection, prefix: 'isolated' };
      const file = join(createTemporaryDirectory(), 'keys.db');
      const keys = new ApiKeys(
        new KurrentDbKeyStore({ cluster, file, warn: (message) => warnings.push(message) }),
        1_000,
      );
      opened.push(keys);
      return keys;
    };
    const keys = openStore(several.connectionString);
    const alice = await keys.add('alice', 'reader');
    const single = openStore(several.nodes[0]!.connectionString);
    await waitUntil(() => single.find(alice) !== undefined);
    const heal = several.nodes[0]!.isolate();
    const elsewhere = openStore(several.connectionString);
    await elsewhere.refresh();
    await elsewhere.revoke('alice');
    await waitUntil(() => keys.find(alice) === undefined);
    // A node that knows only the isolated server cannot learn of it, and trusts no key for longer than it may.
    await waitUntil(() => {
      try {
        single.assertTrusted('read');
        return false;
      } catch (error) {
        return error instanceof UnavailableError && error.code === 'cut-off';
      }
    });
    heal();
    await waitUntil(() => single.find(alice) === undefined);
    for (const each of [keys, single, elsewhere]) await close(each);
    await several.stop();
  });

  it('reads and subscribes again when the server does not respond', async () => {
    const keys = open();
    await keys.add('clerk', 'recorder');
    double.faults.ignoreReads('reads');
    await keys.refresh();
    double.faults.ignoreReads('subscriptions');
    double.disconnect();
    await waitUntil(() =>
      keys.add('reader', 'reader').then(
        () => true,
        () => false,
      ),
    );
  });

  it('subscribes again when an open subscription delivers nothing', async () => {
    const keys = open();
    await keys.add('clerk', 'recorder');
    double.faults.stallSubscriptions();
    const secret = await keys.add('reader', 'reader');
    expect(keys.find(secret)).toBeDefined();
  });

  it('continues on a server that lags behind, whose missing events do not count as gone', async () => {
    const several = await KurrentDbDouble.start({ nodes: 3 });
    const behind = several.nodes[2]!;
    const file = join(createTemporaryDirectory(), 'keys.db');
    const at = (connection: string, name = file): ApiKeys => {
      const keys = new ApiKeys(
        new KurrentDbKeyStore({
          cluster: { connection, prefix: 'lagging' },
          file: name,
          warn: (message) => warnings.push(message),
        }),
      );
      opened.push(keys);
      return keys;
    };
    const first = at(several.connectionString);
    behind.lag();
    await first.add('clerk', 'recorder');
    await close(first);
    const again = at(behind.connectionString);
    const elsewhere = at(several.connectionString, join(createTemporaryDirectory(), 'keys.db'));
    const secret = await elsewhere.add('reader', 'reader');
    await waitUntil(() => again.find(secret) !== undefined);
    expect(warnings).toEqual([]);
    for (const keys of [again, elsewhere]) await close(keys);
    await several.stop();
  });
});
