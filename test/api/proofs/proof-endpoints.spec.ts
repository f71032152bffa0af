// Everything that a verifier can fetch from a running server, parsed according to the specifications.
import { hash } from 'node:crypto';
import {
  computeConsistencyProof,
  computeInclusionProof,
  computeRoot,
} from '../../ledger/merkle/support/rfc6962-reference.js';
import { cstoCommands } from '../../support/csto-commands.js';
import { verifyCheckpointNote } from '../../support/checkpoint-note-verifier.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let server: TestServer;
let verifierKey: string;
const leaves: Buffer[] = [];
const ids: string[] = [];

/** Reads the events recorded since the last call. */
async function readNewEntries(): Promise<void> {
  const { json } = await server.get(`/events?after=${leaves.length}&limit=1000`);
  for (const { leaf, id } of (json as { items: { leaf: string; id: string }[] }).items) {
    leaves.push(Buffer.from(leaf, 'hex'));
    ids.push(id);
  }
}

beforeAll(async () => {
  server = await startTestServer();
  await server.recordCommands(...cstoCommands);
  // More than one tile.
  await server.sendLines(
    Array.from({ length: 300 }, (_, n) => ({
      command: 'register-source',
      data: { source: `s${n}`, title: `No. ${n}` },
    })),
  );
  verifierKey = (await server.get('/checkpoint/key')).text;
  await readNewEntries();
});
afterAll(cleanUp);

const fetchCheckpoint = async () => verifyCheckpointNote((await server.get('/checkpoint')).text, verifierKey);
const fetchBytes = async (address: string): Promise<Buffer> => {
  const response = await fetch(server.url + address);
  expect([address, response.status]).toEqual([address, 200]);
  return Buffer.from(await response.arrayBuffer());
};
const toBase64 = (hashes: readonly Buffer[]) => hashes.map((each) => each.toString('base64'));

describe('the checkpoint', () => {
  it('is signed by the served key, and covers the last entry', async () => {
    expect(await fetchCheckpoint()).toEqual({
      origin: verifierKey.split('+')[0],
      size: leaves.length,
      root: computeRoot(leaves),
    });
    await server.recordCommands(['register-source', { source: 'one-more', title: 'One more' }]);
    const { size, root } = await fetchCheckpoint();
    await readNewEntries();
    expect(size).toBe(leaves.length);
    expect(root).toEqual(computeRoot(leaves));
  });

  it('is text that is not cached', async () => {
    const { headers } = await server.get('/checkpoint');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('stays the same until the ledger grows, also for concurrent requests', async () => {
    await server.recordCommands(['register-source', { source: 'asked-at-once', title: 'Asked at once' }]);
    const all = await Promise.all(Array.from({ length: 20 }, () => server.get('/checkpoint')));
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    await readNewEntries();
  });
});

describe('tiles', () => {
  it('contain the leaf hashes and the nodes above them', async () => {
    const rest = leaves.length - 256;
    expect(await fetchBytes('/tile/0/000')).toEqual(Buffer.concat(leaves.slice(0, 256)));
    expect(await fetchBytes(`/tile/0/001.p/${rest}`)).toEqual(Buffer.concat(leaves.slice(256)));
    expect(await fetchBytes('/tile/0/001.p/1')).toEqual(leaves[256]);
    expect(await fetchBytes('/tile/1/000.p/1')).toEqual(computeRoot(leaves.slice(0, 256)));
  });

  it('and bundles contain the entries of these hashes', async () => {
    for (const [address, first] of [
      ['/tile/entries/000', 0],
      [`/tile/entries/001.p/${leaves.length - 256}`, 256],
    ] as const) {
      const bundle = await fetchBytes(address);
      let [at, index] = [0, first as number];
      while (at < bundle.length) {
        const length = bundle.readUInt16BE(at);
        const entry = bundle.subarray(at + 2, at + 2 + length);
        expect(hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer')).toEqual(leaves[index]);
        expect(JSON.parse(entry.toString())).toMatchObject({ id: ids[index], v: 1 });
        [at, index] = [at + 2 + length, index + 1];
      }
      expect(index).toBe(Math.min(first + 256, leaves.length));
    }
  });

  it('may be cached without limit', async () => {
    const { headers } = await server.get('/tile/0/000');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-type')).toBe('application/octet-stream');
  });

  it.each([
    '/tile/0/001',
    '/tile/0/001.p/255',
    '/tile/0/000.p/256',
    '/tile/0/000.p/0',
    '/tile/0/000.p/01',
    '/tile/0/0',
    '/tile/0/x000/000',
    '/tile/0/x001/000',
    '/tile/00/000',
    '/tile/1/000',
    '/tile/1/001',
    '/tile/2/000',
    '/tile/63/000',
    '/tile/64/000',
    '/tile/-1/000',
    '/tile/entries/002',
    '/tile/entries/001.p/255',
    '/tile/data/000',
    '/tile/0/999999999999999',
    '/tile/0/x999/x999/x999/x999/999',
    '/tile/',
  ])('there is none at %s', async (address) => {
    expect((await server.get(address)).status).toBe(404);
  });
});

describe('proofs', () => {
  it('of inclusion verify in the tree of the checkpoint or of any size', async () => {
    const { size } = await fetchCheckpoint();
    for (const index of [0, 1, 255, 256, leaves.length - 1]) {
      const { json, headers } = await server.get(`/proofs/inclusion/${ids[index]}`);
      expect(json).toEqual({
        leafIndex: index,
        treeSize: size,
        hashes: toBase64(computeInclusionProof(index, leaves)),
        leaf: expect.any(String),
        root: computeRoot(leaves).toString('base64'),
      });
      const { leaf } = json as { leaf: string };
      expect(hash('sha256', `\0${leaf}`, 'buffer')).toEqual(leaves[index]);
      expect(headers.get('cache-control')).toBe('no-cache');
    }
    const { json, headers } = await server.get(`/proofs/inclusion/${ids[2]!.toUpperCase()}?size=7`);
    expect(json).toMatchObject({
      leafIndex: 2,
      treeSize: 7,
      hashes: toBase64(computeInclusionProof(2, leaves.slice(0, 7))),
      root: computeRoot(leaves.slice(0, 7)).toString('base64'),
    });
    expect(headers.get('cache-control')).toMatch('immutable');
    expect(headers.get('ledger-entry')).toBe('7');
  });

  it('of consistency verify', async () => {
    for (const [from, to] of [
      [0, 5],
      [1, 1],
      [7, 300],
      [256, 257],
      [255, leaves.length],
    ] as const)
      expect((await server.get(`/proofs/consistency?from=${from}&to=${to}`)).json).toEqual({
        from,
        to,
        hashes: from === 0 ? [] : toBase64(computeConsistencyProof(from, leaves.slice(0, to))),
        fromRoot: computeRoot(leaves.slice(0, from)).toString('base64'),
        toRoot: computeRoot(leaves.slice(0, to)).toString('base64'),
      });
    expect((await server.get('/proofs/consistency?from=4')).json).toMatchObject({
      from: 4,
      to: leaves.length,
    });
  });

  it.each([
    ['/proofs/consistency?from=9&to=8', 422],
    ['/proofs/consistency?to=8', 422],
    ['/proofs/consistency?from=1&to=1000000', 422],
    ['/proofs/consistency?from=-1&to=3', 422],
    ['/proofs/consistency?from=1&to=2&size=3', 422],
    ['/proofs/inclusion/nothing', 404],
    ['/proofs/inclusion/nothing.tlog-proof', 404],
  ])('do not exist outside of the tree: %s', async (address, status) => {
    expect((await server.get(address)).status).toBe(status);
  });

  it('are refused for a size that the tree never had, or had before the event', async () => {
    for (const size of [0, 2, 1_000_000, 'x'])
      expect((await server.get(`/proofs/inclusion/${ids[2]}?size=${size}`)).status).toBe(422);
  });
});

describe('a receipt', () => {
  /** Verifies a C2SP tlog-proof; the verifier computes the leaf from the event. */
  const check = (receipt: string, leaf: Buffer): number => {
    const blank = receipt.indexOf('\n\n');
    const [head, note] = [receipt.slice(0, blank), receipt.slice(blank + 2)];
    const [first, index = '', ...hashes] = head.split('\n');
    expect(first).toBe('c2sp.org/tlog-proof@v1');
    const { size, root } = verifyCheckpointNote(note, verifierKey);
    const at = Number(index.replace('index ', ''));
    expect(at).toBeLessThan(size);
    expect(hashes).toEqual(toBase64(computeInclusionProof(at, leaves.slice(0, size))));
    expect(root).toEqual(computeRoot(leaves.slice(0, size)));
    expect(leaves[at]).toEqual(leaf);
    return at;
  };

  it('is linked by the answer to a command, and included with Prefer: return=representation', async () => {
    const answer = await server.sendCommand(
      'register-source',
      { source: 'with-receipt', title: 'With a receipt' },
      { headers: { prefer: 'return=representation' } },
    );
    expect(answer.status).toBe(201);
    const { events, receipt } = answer.json as { events: { id: string; entry: number }[]; receipt: string };
    expect(answer.headers.get('preference-applied')).toBe('return=representation');
    const [, address] =
      /^<([^>]+)>; rel="https:\/\/c2sp\.org\/tlog-proof"/.exec(answer.headers.get('link') ?? '') ?? [];
    await readNewEntries();
    expect(check(receipt, leaves.at(-1)!)).toBe(events[0]!.entry - 1);
    const later = await server.get(address ?? '');
    expect(later.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(check(later.text, leaves.at(-1)!)).toBe(events[0]!.entry - 1);
  });

  it('is not included without the preference', async () => {
    const { json } = await server.sendCommand('register-source', {
      source: 'with-receipt',
      title: 'With a receipt',
    });
    expect(json).not.toHaveProperty('receipt');
  });

  it('of the first entry verifies', async () => {
    expect(check((await server.get(`/proofs/inclusion/${ids[0]}.tlog-proof`)).text, leaves[0]!)).toBe(0);
  });
});

describe('Ledger-Root', () => {
  it.each([
    '/organizations/csto/members?on=2000-01-01',
    '/organizations/csto/members?on=2000-01-01&asOf=8',
    '/organizations?asOf=3',
    '/events?limit=1',
    '/streams/organization-csto?asOf=5',
    '/statements',
  ])('is that of the tree at its entry: %s', async (address) => {
    const { status, headers } = await server.get(address);
    expect(status).toBe(200);
    const entry = Number(headers.get('ledger-entry'));
    expect(headers.get('ledger-root')).toBe(computeRoot(leaves.slice(0, entry)).toString('base64'));
  });
});
