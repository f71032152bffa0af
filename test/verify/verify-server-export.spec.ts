// A real server's checkpoints, receipts and proofs, judged by code that shares nothing with it.
import { csto } from '../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { judged, type Line, ndjson } from './support/signed-book.js';

let server: TestServer;
let lines: readonly Line[];
beforeAll(async () => {
  server = await startTestServer();
  await server.given(...csto);
  lines = await facts();
});
afterAll(cleanUp);

const text = async (path: string): Promise<string> => (await server.get(path)).text;

/** The facts as they are told, with the links that a reader can make of them. */
async function facts(): Promise<readonly Line[]> {
  const { items } = (await server.get('/events?limit=1000')).json as { items: Omit<Line, 'previous'>[] };
  const ends = new Map<string, string>();
  return items.map((fact) => {
    const previous = ends.get(fact.stream) ?? null;
    ends.set(fact.stream, fact.leaf);
    return { ...fact, previous };
  });
}

const book = async (): Promise<string> => {
  const { toRoot: root } = (await server.get(`/proofs/consistency?from=0&to=${lines.length}`)).json;
  const key = (await text('/checkpoint/key')).trim();
  return ndjson({ entries: lines.length, export: 'minutebook', key, root, v: 1 }, ...lines);
};

const record = async (stream: string): Promise<string> => {
  const own = lines.filter((line) => line.stream === stream);
  const key = (await text('/checkpoint/key')).trim();
  const receipt = await text(`/proofs/inclusion/${own.at(-1)!.id}.tlog-proof`);
  return ndjson({ entries: own.length, export: 'minutebook-stream', key, stream, v: 1 }, ...own, { receipt });
};

it('its book fits its checkpoint', async () => {
  const evidence = { checkpoint: await text('/checkpoint'), key: await text('/checkpoint/key') };
  const { ok, sentences } = await judged(await book(), evidence);
  expect({ ok, sentences }).toMatchObject({ ok: true });
  expect(sentences[0]).toMatch(new RegExp(`^All ${lines.length} entries fit the checkpoint`));
});

it('the record of each of its streams is complete', async () => {
  const evidence = { checkpoint: await text('/checkpoint'), key: await text('/checkpoint/key') };
  const streams = new Set(lines.map(({ stream }) => stream));
  expect(streams.size).toBeGreaterThan(5);
  for (const stream of streams)
    expect(await judged(await record(stream), evidence)).toMatchObject({ ok: true });
});

it('what it signs later continues what it signed before', async () => {
  const [before, whole] = [await text('/checkpoint'), await book()];
  const [first] = [...new Set(lines.map(({ stream }) => stream))];
  const earlier = await record(first!);
  for (const source of ['one', 'two', 'three'])
    await server.given(['register-source', { source, title: source }]);
  const key = await text('/checkpoint/key');
  const checkpoint = await text('/checkpoint');
  expect(checkpoint).not.toBe(before);
  expect(await judged(whole, { checkpoint, key })).toMatchObject({ ok: false, entry: lines.length + 1 });
  const consistency = await text(`/proofs/consistency?from=${lines.length}&to=${server.head}`);
  expect(await judged(whole, { checkpoint, key, consistency })).toMatchObject({ ok: true });
  expect(await judged(earlier, { checkpoint, key, consistency })).toMatchObject({ ok: true });
});
