// Every GET on a ledger of an earlier release is answered as recorded: status, headers that caches use, and body.
//
// `test/specimens/csto-book` is a data directory with the history of `examples/csto`, and `recorded-answers.ndjson` has the
// answer of each of its addresses, one a line. A change that alters an answer on purpose renews the file in the same commit
// and names the fields: `MINUTEBOOK_RECORD=1 npm test -- test/api/recorded-answers`.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { projectRoot } from '../support/project-root.js';
import { describeEmbedded, IMPORT_UNSUPPORTED_REASON } from '../support/embedded-or-cluster.js';
import {
  cleanUp,
  startTestServer,
  createTemporaryDirectory,
  type TestServer,
} from '../support/test-server.js';

const SPECIMEN = join(projectRoot, 'test/specimens/csto-book');
const FILE = join(SPECIMEN, 'recorded-answers.ndjson');
/** The day that "today" is in the recorded answers. */
const TODAY = '2026-11-28T12:00:00Z';

type RecordedAnswer = {
  readonly path: string;
  /** The headers of the request. */
  readonly headers?: { readonly [name: string]: string };
  readonly status: number;
  readonly etag: string | null;
  readonly contentLocation: string | null;
  readonly cacheControl: string | null;
  /** The parsed body if JSON.stringify gives exactly the same text, else the text. */
  readonly body: unknown;
};

/** The addresses with their recorded answers. */
const recorded = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as RecordedAnswer);

let server: TestServer;

const UNFAKED_TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

async function readAnswer({
  path,
  headers,
}: Pick<RecordedAnswer, 'path' | 'headers'>): Promise<RecordedAnswer> {
  const answer = await server.get(path, headers);
  return {
    path,
    ...(headers && { headers }),
    status: answer.status,
    etag: answer.headers.get('etag'),
    contentLocation: answer.headers.get('content-location'),
    cacheControl: answer.headers.get('cache-control'),
    body: parseIfCanonical(answer.text),
  };
}

function parseIfCanonical(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}

/** The first part of a path. */
const getResource = ({ path }: RecordedAnswer): string => /^\/[^/?]*/.exec(path)?.[0] ?? '';
const byResource = [...Map.groupBy(recorded, getResource)];

describeEmbedded(IMPORT_UNSUPPORTED_REASON, 'the answers on a ledger of an earlier release', () => {
  beforeAll(async () => {
    jest.useFakeTimers({ now: new Date(TODAY), doNotFake: [...UNFAKED_TIMERS] });
    const directory = createTemporaryDirectory();
    for (const name of readdirSync(SPECIMEN)) copyFileSync(join(SPECIMEN, name), join(directory, name));
    server = await startTestServer({ directory });
  });
  afterAll(async () => {
    jest.useRealTimers();
    await cleanUp();
  });

  if (process.env['MINUTEBOOK_RECORD'])
    it('are recorded', async () => {
      const lines: string[] = [];
      for (const each of recorded) lines.push(JSON.stringify(await readAnswer(each)));
      writeFileSync(FILE, `${lines.join('\n')}\n`);
      expect(lines).toHaveLength(recorded.length);
    });
  else
    it.each(byResource)('are unchanged for every recorded GET of %s', async (_, answers) => {
      const received: RecordedAnswer[] = [];
      for (const each of answers) received.push(await readAnswer(each));
      expect(received).toEqual(answers);
    });

  it('include the export, byte for byte', async () => {
    const { text } = await server.get('/events', { accept: 'application/x-ndjson' });
    expect(text).toBe(readFileSync(join(SPECIMEN, 'export.ndjson'), 'utf8'));
  });

  it('include the root of the tree, also after the export was imported', async () => {
    const empty = await startTestServer({ CHECKPOINT_NAME: 'specimen.example.org/copy' });
    const { text } = await empty.send('/commands', readFileSync(join(SPECIMEN, 'export.ndjson')), {
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(JSON.parse(text)).toEqual({ line: 94, status: 201, entry: 93 });
    const [, size, root] = (await empty.get('/checkpoint')).text.split('\n');
    const [, sizeThen, rootThen] = readFileSync(join(SPECIMEN, 'checkpoint'), 'utf8').split('\n');
    expect([size, root]).toEqual([sizeThen, rootThen]);
  });
});
