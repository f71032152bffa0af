import { join } from 'node:path';
import { ClusterNoOpRequests } from '../../../../src/ledger/kurrentdb/replication/cluster-no-op-requests.js';
import type { NoOpRequest } from '../../../../src/ledger/no-op-requests.js';
import { startKurrentDb, type TestKurrentDb } from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';
import { createTemporaryDirectory } from '../../support/temporary-directory.js';
import { describeNoOpRequests } from '../../no-op-requests.contract.js';

const open = (
  { connectionString: connection, prefix }: TestKurrentDb,
  directory = createTemporaryDirectory(),
) =>
  new ClusterNoOpRequests({
    cluster: { connection, prefix },
    file: join(directory, 'keys.db'),
    warn: (sentence) => {
      throw new Error(sentence);
    },
  });

describeNoOpRequests('a cluster', async () => {
  const server = await startKurrentDb();
  const directory = createTemporaryDirectory();
  return { open: () => open(server, directory), remove: () => server.stop() };
});

describe('two nodes of a cluster', () => {
  const request: NoOpRequest = {
    key: 'k',
    body: 'b',
    stream: 'organization-csto',
    revision: 0,
    entry: 1,
  };
  let server: TestKurrentDb;
  let nodes: ClusterNoOpRequests[];
  beforeEach(async () => {
    server = await startKurrentDb();
    nodes = [open(server), open(server)];
  });
  afterEach(async () => {
    for (const node of nodes) await node.close();
    await server.stop();
  });

  it('know the requests of each other', async () => {
    const [one, other] = nodes as [ClusterNoOpRequests, ClusterNoOpRequests];
    await one.add(request);
    await waitUntil(() => other.find('k') !== undefined);
    expect(other.find('k')).toEqual(request);
  });

  it('agree on the first of two requests with one key', async () => {
    const later = { ...request, revision: 3, entry: 9 };
    const results = await Promise.all(nodes.map((node, n) => node.add(n === 0 ? request : later)));
    await waitUntil(() => nodes.every((node) => node.find('k') !== undefined));
    const stored = nodes.map((node) => node.find('k'));
    expect(stored[0]).toEqual(stored[1]);
    expect(results).toEqual(stored);
  });
});
