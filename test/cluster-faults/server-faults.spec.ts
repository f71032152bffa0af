// Three nodes under load over the servers at KURRENTDB_URL, which the operator's own commands freeze, end and start.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runScript, stopAllPrograms } from '../support/child-program.js';
import {
  findLeader,
  isDouble,
  isServing,
  serverAddresses,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../support/wait-until.js';
import { LoadedNodes } from './support/loaded-nodes.js';
import { findMissingCommands, runServerCommand, type ServerAction } from './support/server-commands.js';
import type { Timeline } from './support/timeline.js';

const SEED = Number(process.env['MINUTEBOOK_SEED'] || Date.now() % 1_000_000);
const NODES = 3;
/** Longer than a leader keeps its place without a quorum. */
const OUTAGE_MS = 15_000;
/** After a restart, for a server to get what it has missed. */
const CATCH_UP_MS = 3_000;

/** A test with servers that can be acted on like this; it is skipped without them, and its title gives the reason. */
function itWithCommands(
  actions: readonly ServerAction[],
  name: string,
  fault: (timeline: Timeline) => Promise<void>,
): void {
  const missing = findMissingCommands(actions);
  const reason = isDouble
    ? 'KURRENTDB_URL names no servers'
    : serverAddresses.length < 3
      ? 'KURRENTDB_URL names fewer than three servers'
      : `${missing.join(' and ')} not set`;
  if (isDouble || serverAddresses.length < 3 || missing.length > 0)
    it.skip(`${name} (skipped: ${reason})`, () => undefined);
  else it(name, () => loaded.run(name, fault, cluster.connectionString));
}

let cluster: TestKurrentDb;
let loaded: LoadedNodes;
beforeAll(async () => {
  if (isDouble) return;
  cluster = await startKurrentDb();
  loaded = new LoadedNodes(Array<string>(NODES).fill(cluster.connectionString), cluster.prefix, SEED);
  await loaded.start();
});
afterAll(() => stopAllPrograms());

const waitForLeader = async (): Promise<string> => {
  for (;;) {
    const leader = await findLeader(cluster.connectionString).catch(() => undefined);
    if (leader !== undefined) return leader;
    await sleep(200);
  }
};
const listFollowers = (leader: string): readonly string[] =>
  serverAddresses.filter((each) => each !== leader);
const runOn = (action: ServerAction, servers: readonly string[]): Promise<unknown> =>
  Promise.all(servers.map((server) => runServerCommand(action, server)));
const hasFact = (timeline: Timeline) => () => timeline.factsAfterFault.length > 0;

async function startServer(server: string): Promise<void> {
  await runServerCommand('start', server);
  await waitUntil(() => isServing(cluster.connectionString, server));
  await waitForLeader();
  await sleep(CATCH_UP_MS);
}

async function restartInTurn(end: 'stop' | 'kill', timeline: Timeline): Promise<void> {
  timeline.markFault();
  for (const server of serverAddresses) {
    await runServerCommand(end, server);
    await startServer(server);
  }
}

describe('all nodes have one history, with every acknowledged event once', () => {
  itWithCommands(['pause', 'resume'], 'after the leader is frozen', async (timeline) => {
    const leader = await waitForLeader();
    await runServerCommand('pause', leader);
    timeline.markFault();
    await waitUntil(hasFact(timeline));
    await runServerCommand('resume', leader);
  });

  itWithCommands(['kill', 'start'], 'after the leader is killed', async (timeline) => {
    const leader = await waitForLeader();
    await runServerCommand('kill', leader);
    timeline.markFault();
    await waitUntil(hasFact(timeline));
    await startServer(leader);
  });

  itWithCommands(['stop', 'start'], 'after all servers are restarted in turn', (timeline) =>
    restartInTurn('stop', timeline),
  );

  itWithCommands(['kill', 'start'], 'after all servers are killed and started in turn', (timeline) =>
    restartInTurn('kill', timeline),
  );

  itWithCommands(['pause', 'resume'], 'after a follower is frozen', async (timeline) => {
    const [follower = ''] = listFollowers(await waitForLeader());
    await runServerCommand('pause', follower);
    timeline.markFault();
    await sleep(OUTAGE_MS);
    expect(timeline.factsAfterFault.length).toBeGreaterThan(0);
    await runServerCommand('resume', follower);
  });

  itWithCommands(
    ['pause', 'resume'],
    'after both followers are frozen, while nothing is acknowledged',
    async (timeline) => {
      const followers = listFollowers(await waitForLeader());
      await runOn('pause', followers);
      timeline.markFault();
      await sleep(OUTAGE_MS);
      expect(timeline.factsAfterFault).toEqual([]);
      await runOn('resume', followers);
      await waitUntil(hasFact(timeline));
    },
  );

  itWithCommands(
    ['pause', 'resume', 'kill', 'start'],
    'after the leader is killed with what its frozen followers do not have',
    async (timeline) => {
      const leader = await waitForLeader();
      await runOn('pause', listFollowers(leader));
      timeline.markFault();
      await sleep(CATCH_UP_MS);
      await runServerCommand('kill', leader);
      await runOn('resume', listFollowers(leader));
      await waitUntil(hasFact(timeline));
      await startServer(leader);
    },
  );

  itWithCommands(
    ['pause', 'resume'],
    'after a key is revoked while the leader is frozen, which no node accepts then',
    async (timeline) => {
      const name = `guest-${randomBytes(4).toString('hex')}`;
      const secret = (await runKeys('add', name, '--role', 'recorder')).stdout.trim();
      const listStatuses = async (): Promise<readonly number[]> =>
        Promise.all(loaded.nodes.map(({ url }) => getStatusWithKey(url, secret)));
      await waitUntil(async () => (await listStatuses()).every((status) => status === 200));
      const leader = await waitForLeader();
      await runServerCommand('pause', leader);
      timeline.markFault();
      await waitUntil(async () => (await runKeys('revoke', name)).code === 0);
      await waitUntil(async () => (await listStatuses()).every((status) => status === 401));
      await runServerCommand('resume', leader);
      await sleep(CATCH_UP_MS);
      expect(await listStatuses()).toEqual([401, 401, 401]);
    },
  );
});

const runKeys = (...words: readonly string[]) =>
  runScript('cli/minutebook', ['keys', ...words], {
    LEDGER: cluster.connectionString,
    LEDGER_PREFIX: cluster.prefix,
    DATA_DIR: '/nowhere',
  }).exit;

async function getStatusWithKey(url: string, secret: string): Promise<number> {
  const { status } = await fetch(`${url}/organizations`, { headers: { authorization: `Bearer ${secret}` } });
  return status;
}
