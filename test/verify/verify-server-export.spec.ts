// Checkpoints, receipts and proofs of a real server, verified by code that shares nothing with it.
import { cstoCommands } from '../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { verifyContent, type ExportedEntryLine, toNdjson } from './support/signed-book.js';

let server: TestServer;
let lines: readonly ExportedEntryLine[];
beforeAll(async () => {
  server = await startTestServer();
  await server.recordCommands(...cstoCommands);
  lines = await fetchEvents();
});
afterAll(cleanUp);

const fetchText = async (path: string): Promise<string> => (await server.get(path)).text;

/** The events as they are served, with the links that can be computed from them. */
async function fetchEvents(): Promise<readonly ExportedEntryLine[]> {
  const { items } = (await server.get('/events?limit=1000')).json as {
    items: Omit<ExportedEntryLine, 'previous'>[];
  };
  const ends = new Map<string, string>();
  return items.map((fact) => {
    const previous = ends.get(fact.stream) ?? null;
    ends.set(fact.stream, fact.leaf);
    return { ...fact, previous };
  });
}

const fetchBook = async (): Promise<string> => {
  const { toRoot: root } = (await server.get(`/proofs/consistency?from=0&to=${lines.length}`)).json;
  const key = (await fetchText('/checkpoint/key')).trim();
  return toNdjson({ entries: lines.length, export: 'minutebook', key, root, v: 1 }, ...lines);
};

const fetchStreamRecord = async (stream: string): Promise<string> => {
  const own = lines.filter((line) => line.stream === stream);
  const key = (await fetchText('/checkpoint/key')).trim();
  const receipt = await fetchText(`/proofs/inclusion/${own.at(-1)!.id}.tlog-proof`);
  return toNdjson({ entries: own.length, export: 'minutebook-stream', key, stream, v: 1 }, ...own, {
    receipt,
  });
};

it('the export matches the checkpoint', async () => {
  const evidence = { checkpoint: await fetchText('/checkpoint'), key: await fetchText('/checkpoint/key') };
  const { ok, sentences } = await verifyContent(await fetchBook(), evidence);
  expect({ ok, sentences }).toMatchObject({ ok: true });
  expect(sentences[0]).toMatch(new RegExp(`^All ${lines.length} entries match the checkpoint`));
});

it('the record of each of its streams is complete', async () => {
  const evidence = { checkpoint: await fetchText('/checkpoint'), key: await fetchText('/checkpoint/key') };
  const streams = new Set(lines.map(({ stream }) => stream));
  expect(streams.size).toBeGreaterThan(5);
  for (const stream of streams)
    expect(await verifyContent(await fetchStreamRecord(stream), evidence)).toMatchObject({ ok: true });
});

it('a later checkpoint is consistent with an earlier one', async () => {
  const [before, whole] = [await fetchText('/checkpoint'), await fetchBook()];
  const [first] = [...new Set(lines.map(({ stream }) => stream))];
  const earlier = await fetchStreamRecord(first!);
  for (const source of ['one', 'two', 'three'])
    await server.recordCommands(['register-source', { source, title: source }]);
  const key = await fetchText('/checkpoint/key');
  const checkpoint = await fetchText('/checkpoint');
  expect(checkpoint).not.toBe(before);
  expect(await verifyContent(whole, { checkpoint, key })).toMatchObject({
    ok: false,
    entry: lines.length + 1,
  });
  const consistency = await fetchText(`/proofs/consistency?from=${lines.length}&to=${server.headEntry}`);
  expect(await verifyContent(whole, { checkpoint, key, consistency })).toMatchObject({ ok: true });
  expect(await verifyContent(earlier, { checkpoint, key, consistency })).toMatchObject({ ok: true });
});
