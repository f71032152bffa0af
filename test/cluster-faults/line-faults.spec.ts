// Three nodes under load, each on a line of its own to the server that leads. The lines break, stall and slow down, and
// another client writes what could be taken for events of the book.
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAllPrograms } from '../support/child-program.js';
import { appendToStream } from '../support/kurrentdb/other-client.js';
import {
  type BreakableLine,
  openBreakableLine,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { waitUntil } from '../support/wait-until.js';
import { LoadedNodes } from './support/loaded-nodes.js';

const SEED = Number(process.env['MINUTEBOOK_SEED'] || Date.now() % 1_000_000);
const NODES = 3;
/** Longer than a node may take to notice a fault and to find that it lasts. */
const OUTAGE_MS = 8_000;

let cluster: TestKurrentDb;
let lines: readonly BreakableLine[];
let loaded: LoadedNodes;
beforeAll(async () => {
  cluster = await startKurrentDb();
  lines = await Promise.all(Array.from({ length: NODES }, () => openBreakableLine(cluster.connectionString)));
  const connections = lines.map(({ connectionString }) => connectionString);
  loaded = new LoadedNodes(connections, cluster.prefix, SEED);
  await loaded.start();
});
afterAll(async () => {
  await stopAllPrograms();
  for (const { proxy } of lines) await proxy.close();
  await cluster.stop();
});

const oneNode: readonly [name: string, begin: (proxy: TcpProxy) => void][] = [
  ['is cut and cannot be restored', (proxy) => proxy.disconnect()],
  ['transfers nothing', (proxy) => proxy.stall()],
  ['loses what the node sends', (proxy) => proxy.stall('requests')],
  ['loses what the server sends', (proxy) => proxy.stall('responses')],
];

describe('all nodes have one history, with every acknowledged event once', () => {
  it.each(oneNode)('after the line of one node %s for a while', (name, begin) =>
    loaded.run(`the line of one node ${name}`, async (timeline) => {
      const { proxy } = lines[0]!;
      begin(proxy);
      timeline.markFault();
      await sleep(OUTAGE_MS);
      expect(timeline.factsAfterFault.length).toBeGreaterThan(0); // through the other nodes
      proxy.restore();
    }),
  );

  it.each(oneNode)('after the lines of all nodes fail: each %s for a while', (name, begin) =>
    loaded.run(`each line ${name}`, async (timeline) => {
      for (const { proxy } of lines) begin(proxy);
      timeline.markFault();
      await sleep(OUTAGE_MS);
      expect(timeline.factsAfterFault).toEqual([]);
      for (const { proxy } of lines) proxy.restore();
      await waitUntil(() => timeline.factsAfterFault.length > 0);
    }),
  );

  it('after connections are cut again and again', () =>
    loaded.run('connections are cut', async (timeline) => {
      timeline.markFault();
      for (let times = 0; times < 20; times++) {
        lines[times % NODES]!.proxy.cut();
        await sleep(300);
      }
    }));

  it('after the lines become slow', () =>
    loaded.run('lines are slow by 300 ms', async (timeline) => {
      for (const { proxy } of lines) proxy.delay(300);
      timeline.markFault();
      await sleep(OUTAGE_MS);
      for (const { proxy } of lines) proxy.restore();
    }));

  it('after another client writes to streams with similar names', () =>
    loaded.run('events of another client', async (timeline) => {
      timeline.markFault();
      const middle = cluster.prefix.length / 2;
      const names = ['\u00AD', '\u200B', '\u2060', '\uFEFF'].flatMap((ignorable) => [
        `${ignorable}${cluster.prefix}/x`,
        `${cluster.prefix.slice(0, middle)}${ignorable}${cluster.prefix.slice(middle)}/source-x`,
        `${cluster.prefix}${ignorable}/source-x`,
        `${cluster.prefix}${ignorable}!keys`,
      ]);
      for (const name of [
        ...names,
        cluster.prefix,
        `${cluster.prefix}x/y`,
        `${cluster.prefix.toUpperCase()}/source-x`,
      ])
        await appendToStream(cluster.connectionString, name, [{ type: 'Foreign', data: { x: 1 } }]);
      await waitUntil(() => timeline.factsAfterFault.length > 0);
    }));
});
