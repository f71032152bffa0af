// Every GET on a book of an earlier release gets the answer that the earlier release gave.
//
// `test/specimens/csto-book` is a data directory with the history of `examples/csto`, `recorded-answers.ndjson` what
// its addresses answered, a line each. A change that alters an answer on purpose renews the file in its own commit,
// and names the fields: `MINUTEBOOK_RECORD=1 npm test -- test/api/recorded-answers`.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { projectRoot } from '../support/project-root.js';
import { describeEmbedded, IMPORT_IS_UNSUPPORTED } from '../support/embedded-or-cluster.js';
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

type Recorded = {
  readonly path: string;
  /** Of the request. */
  readonly headers?: { readonly [name: string]: string };
  readonly status: number;
  readonly etag: string | null;
  readonly contentLocation: string | null;
  readonly cacheControl: string | null;
  /** The parsed body if JSON.stringify gives exactly the same text, else the text. */
  readonly body: unknown;
};

/** The addresses, with the answers that were given to them. */
const recorded = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

let server: TestServer;

const EVERYTHING_BUT_DATE = [
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

async function answerTo({ path, headers }: Pick<Recorded, 'path' | 'headers'>): Promise<Recorded> {
  const answer = await server.get(path, headers);
  return {
    path,
    ...(headers && { headers }),
    status: answer.status,
    etag: answer.headers.get('etag'),
    contentLocation: answer.headers.get('content-location'),
    cacheControl: answer.headers.get('cache-control'),
    body: readable(answer.text),
  };
}

function readable(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}

/**
 * The answer without what may change without a new recording: titles of problems, descriptions of commands, and the
 * `changes` of a trail.
 */
function comparable({ path, body, etag, ...others }: Recorded): unknown {
  const hasTexts = path.startsWith('/commands') || others.status >= 400;
  const ignored = new Set([
    ...(hasTexts ? ['title', 'about', 'description'] : []),
    ...(path.startsWith('/audit/trail') ? ['changes'] : []),
  ]);
  return ignored.size > 0
    ? { path, ...others, body: without(ignored, body) }
    : { path, ...others, etag, body };
}

function without(names: ReadonlySet<string>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => without(names, each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => !names.has(name) || !(typeof member === 'string' || name === 'changes'))
      .map(([name, member]) => [name, without(names, member)]),
  );
}

/** The first part of a path. */
const resourceOf = ({ path }: Recorded): string => /^\/[^/?]*/.exec(path)?.[0] ?? '';
const byResource = [...Map.groupBy(recorded, resourceOf)];

describeEmbedded(IMPORT_IS_UNSUPPORTED, 'the answers of an earlier release', () => {
  beforeAll(async () => {
    jest.useFakeTimers({ now: new Date(TODAY), doNotFake: [...EVERYTHING_BUT_DATE] });
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
      for (const each of recorded) lines.push(JSON.stringify(await answerTo(each)));
      writeFileSync(FILE, `${lines.join('\n')}\n`);
      expect(lines).toHaveLength(recorded.length);
    });
  else
    it.each(byResource)('are given to every recorded GET of %s', async (_, answers) => {
      const given: Recorded[] = [];
      for (const each of answers) given.push(await answerTo(each));
      expect(given.map(comparable)).toEqual(answers.map(comparable));
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
