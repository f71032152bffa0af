// Several servers over one KurrentDB serve one ledger.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Configuration } from '../../src/node/configuration.js';
import { membership } from '../../src/domain/membership/aggregate.js';
import { toRecordedEvent } from '../../src/ledger/entry.js';
import { KurrentDbConnection } from '../../src/ledger/kurrentdb/client/kurrentdb-connection.js';
import { cstoCommands } from '../support/csto-commands.js';
import {
  isDouble,
  openBreakableLine,
  startKurrentDb,
  type TestKurrentDb,
} from '../support/kurrentdb/test-kurrentdb.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';
import { listRefusals } from '../support/decider-specification.js';

let cluster: TestKurrentDb;
let nodes: readonly TestServer[];
const startNode = (settings: { readonly [setting: string]: string } = {}): Promise<TestServer> =>
  startTestServer({
    LEDGER: cluster.connectionString,
    LEDGER_PREFIX: cluster.prefix,
    LOG_LEVEL: 'fatal',
    ...settings,
  });
beforeAll(async () => {
  cluster = await startKurrentDb();
  const first = await startNode(); // the first node creates the keys and the file with the admin key
  nodes = [first, ...(await Promise.all([startNode(), startNode()]))];
  await nodes[0]!.recordCommands(...cstoCommands);
});
afterAll(async () => {
  await cleanUp();
  await cluster.stop();
});

const createOrganizationCommand = (id: string) =>
  ['register-organization', { organization: id, name: id, classification: 'state' }] as const;
const createLedgerEntryHeader = (entry: number) => ({ 'ledger-entry': String(entry) });

describe('a command to any node of a cluster', () => {
  it('is visible on every other node at the entry of its response', async () => {
    for (const [index, node] of nodes.entries()) {
      const { status, headers } = await node.sendCommand(...createOrganizationCommand(`state-${index}`));
      expect(status).toBe(201);
      const entry = Number(headers.get('ledger-entry'));
      for (const reader of nodes)
        for (const path of [
          `/organizations/state-${index}`,
          `/streams/organization-state-${index}`,
          headers.get('location')!,
        ]) {
          const read = await reader.get(path, createLedgerEntryHeader(entry));
          expect([path, read.status]).toEqual([path, 200]);
          expect(Number(read.headers.get('ledger-entry'))).toBeGreaterThanOrEqual(entry);
        }
    }
  });

  it('leaves the same responses and the same root on all nodes', async () => {
    const { headEntry } = nodes[0]!;
    const read = await Promise.all(
      nodes.map(async (node) => {
        const answers = await Promise.all(
          [
            `/organizations?asOf=${headEntry}`,
            `/organizations/csto/members?asOf=${headEntry}&on=2010-01-01`,
            `/events/`,
          ].map((path) => node.get(path, createLedgerEntryHeader(headEntry))),
        );
        return answers.map(({ text, headers }) => [text, headers.get('etag'), headers.get('ledger-root')]);
      }),
    );
    expect(read[1]).toEqual(read[0]);
    expect(read[2]).toEqual(read[0]);
    expect(read[0]![0]![2]).toMatch(/^[\w+/]{43}=$/);
  });

  it('is decided from the events that other nodes recorded before', async () => {
    await nodes[0]!.recordCommands(createOrganizationCommand('late'));
    const data = { organization: 'csto', member: 'late', effective: '2003' };
    const refusals: TestResponse[] = [];
    for (const node of nodes) {
      await node.get('/organizations/late', createLedgerEntryHeader(nodes[0]!.headEntry));
      refusals.push(await node.sendCommand('admit-member', data));
    }
    expect(refusals.map(({ status }) => status)).toEqual([201, 200, 200]);
    const other = await nodes[1]!.sendCommand('admit-member', { ...data, effective: '2004' });
    expect([other.status, other.json.code]).toEqual([409, 'already-member']);
  });

  it('is recorded once when it is sent to all nodes at once with one Idempotency-Key', async () => {
    const posting = { headers: { 'idempotency-key': 'once' } };
    const answers = await Promise.all(
      nodes.map((node) =>
        node.sendCommand('register-organization', createOrganizationCommand('once')[1], posting),
      ),
    );
    expect(new Set(answers.map(({ json }) => json.entry as number)).size).toBe(1);
    const head = Math.max(...answers.map(({ json }) => json.entry as number));
    expect(
      (await nodes[0]!.get('/streams/organization-once', createLedgerEntryHeader(head))).json.items,
    ).toHaveLength(1);
    const reused = await nodes[1]!.sendCommand(
      'register-organization',
      createOrganizationCommand('twice')[1],
      posting,
    );
    expect([reused.status, reused.json.code]).toEqual([422, 'idempotency-key-reused']);
  });
});

describe('concurrent commands on one stream to all nodes', () => {
  it('succeed once if only one is legal', async () => {
    const entry = await nodes[0]!.recordCommands(createOrganizationCommand('one'));
    await Promise.all(nodes.map((node) => node.get('/organizations/one', createLedgerEntryHeader(entry))));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        nodes[index % 3]!.sendCommand('admit-member', {
          organization: 'csto',
          member: 'one',
          effective: String(2001 + index),
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
  });

  it('keep the invariants, and no acknowledged one is lost', async () => {
    const entry = await nodes[0]!.recordCommands(createOrganizationCommand('many'));
    await Promise.all(nodes.map((node) => node.get('/organizations/many', createLedgerEntryHeader(entry))));
    const said = [
      ['admit-member', {}],
      ['suspend-participation', { by: 'member' }],
      ['resume-participation', {}],
      ['end-membership', { reason: 'withdrew' }],
    ] as const;
    const send = (index: number): Promise<TestResponse> => {
      const [name, how] = said[index % said.length]!;
      const effective = new Date(Date.UTC(2000, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);
      return nodes[(index * 7) % 3]!.sendCommand(name, {
        organization: 'csto',
        member: 'many',
        effective,
        ...how,
      });
    };
    const answers: TestResponse[] = [];
    for (let index = 0; index < 80; index += 8)
      answers.push(...(await Promise.all(Array.from({ length: 8 }, (_, more) => send(index + more)))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const acknowledgedIds = answers.flatMap(({ status, json }) =>
      status === 201 ? [json.events[0].id as string] : [],
    );
    const head = Math.max(...nodes.map((node) => node.headEntry));
    await Promise.all(nodes.map((node) => node.get('/organizations', createLedgerEntryHeader(head))));
    for (const { server } of nodes) {
      const facts = server.node.ledger.readStream('membership-csto:many').map(toRecordedEvent);
      expect(facts.map(({ id }) => id).sort()).toEqual([...acknowledgedIds].sort());
      expect(listRefusals(membership, facts)).toEqual([]);
    }
  });
});

describe('commands as NDJSON lines to a cluster node', () => {
  it('are decided in order, also when one refers to the previous one', async () => {
    const states = Array.from({ length: 30 }, (_, index) => `line-${index}`);
    const lines = states.flatMap((state) => [
      { command: 'register-organization', data: createOrganizationCommand(state)[1] },
      { command: 'admit-member', data: { organization: 'csto', member: state, effective: '2003' } },
    ]);
    const { results } = await nodes[1]!.sendLines(lines);
    expect(results.map(({ status }) => status as number)).toEqual(lines.map(() => 201));
  });

  it('are refused if they are an export of a whole book', async () => {
    const book = await nodes[0]!.get('/events', { accept: 'application/x-ndjson' });
    const empty = await startNode({ LEDGER_PREFIX: `${cluster.prefix}2` });
    const { json } = await empty.send('/commands', book.text, {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect([json.status, json.code, empty.headEntry]).toEqual([409, 'not-in-a-cluster', 0]);
  });
});

describe('a query for an entry that has not been replicated yet', () => {
  it('waits until the node has the entry', async () => {
    const { headEntry } = nodes[0]!;
    const waiting = [
      `/organizations?asOf=${headEntry + 1}`,
      `/streams/organization-csto?asOf=${headEntry + 1}`,
    ].map((path) => nodes[2]!.get(path));
    await sleep(50);
    await nodes[0]!.recordCommands(createOrganizationCommand('awaited'));
    for (const answer of await Promise.all(waiting)) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ledger-entry')).toBe(String(headEntry + 1));
    }
  });
});

describe('a server that is cut off from its cluster', () => {
  it('serves reads, refuses commands with 503 and Retry-After, and reconnects by itself', async () => {
    const line = await openBreakableLine(cluster.connectionString);
    const node = await startNode({ LEDGER: line.connectionString });
    const waitForState = (state: string): Promise<void> =>
      waitUntil(async () => (await node.get('/health/ready')).json.cluster === state);
    await waitForState('live');
    line.proxy.disconnect();
    await waitForState('cut-off');
    const { headEntry } = node;
    const refused = await node.sendCommand(...createOrganizationCommand('nowhere'));
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'cut-off',
      '5',
    ]);
    expect((await node.get('/problems/cut-off')).status).toBe(200);
    expect((await node.get('/organizations/csto')).status).toBe(200);
    expect((await node.get('/health/ready')).status).toBe(200);
    expect(node.headEntry).toBe(headEntry);

    line.proxy.restore();
    await waitForState('live');
    expect((await node.sendCommand(...createOrganizationCommand('nowhere'))).status).toBe(201);
    await node.close();
    await line.proxy.close();
  });
});

(isDouble ? describe : describe.skip)('a command that is too large for the cluster', () => {
  it.each([
    ['a whole append', { maxAppendSize: 4_000 }],
    ['one event', { maxAppendEventSize: 4_000 }],
  ])('because of the maximum size of %s is refused, and the next command is recorded', async (_, sizes) => {
    const small = await startKurrentDb(sizes);
    const node = await startNode({ LEDGER: small.connectionString, LEDGER_PREFIX: small.prefix });
    const data = { organization: 'large', name: 'Large', classification: 'council' };
    const large = ['register-organization', { ...data, purpose: 'x'.repeat(5_000) }] as const;
    const { status, json } = await node.sendCommand(...large);
    expect([status, json.code]).toEqual([413, 'too-large']);
    const { results } = await node.sendLines([{ command: large[0], data: large[1] }]);
    expect(results).toMatchObject([{ line: 1, status: 413, code: 'too-large' }]);
    expect((await node.sendCommand('register-organization', data)).status).toBe(201);
    await node.close();
    await small.stop();
  });
});

describe('a restarted server of a cluster', () => {
  it('continues behind its last entry', async () => {
    const node = await startNode();
    const { headEntry, directory } = node;
    await node.close();
    const entry = await nodes[0]!.recordCommands(createOrganizationCommand('meanwhile'));
    const again = await startNode({ directory });
    expect((await again.get('/organizations/meanwhile', createLedgerEntryHeader(entry))).status).toBe(200);
    expect(again.headEntry).toBe(headEntry + 1);
  });
});

describe('the setting LEDGER', () => {
  it.each([
    [
      'esdb://localhost:2113',
      /^The connection string of the cluster has no user and password: write esdb:\/\//,
    ],
    ['esdb://', /^The connection string of the cluster is invalid: write/],
    ['esdb://clerk:secret@localhost:port', /^The connection string of the cluster cannot be used: [^s]*\.?/],
    [
      'kurrentdb://clerk:secret@localhost?tlsCAFile=/nowhere.pem',
      /^The connection string of the cluster cannot be used: /,
    ],
  ])('not %s', (LEDGER, sentence) => {
    const { cluster: settings } = new Configuration({ LEDGER });
    const open = () => new KurrentDbConnection(settings!);
    expect(open).toThrow(sentence);
    expect(open).not.toThrow(/secret/);
  });

  it.each([
    'esdb://localhost:2113?tls=false',
    'kurrentdb+discover://clerk:s%40crét@book.example:2113',
    'esdb://a:b@x,y,z/',
  ])('but %s', (LEDGER) => {
    const { cluster: settings } = new Configuration({ LEDGER, LEDGER_PREFIX: 'b2' });
    expect(new KurrentDbConnection(settings!).toClusterStreamName('meeting-x')).toBe('b2/meeting-x');
  });
});
