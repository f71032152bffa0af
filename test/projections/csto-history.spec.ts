// The whole record of a real organization, the Collective Security Treaty Organization (CSTO): posted event by event
// and imported as lines, queried, and refusals checked.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInCluster } from '../support/embedded-or-cluster.js';
import { readExampleFile } from '../support/example-book.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { findSharedData } from '../support/test-vectors.js';
import { listReadModelPaths, fetchAllPages, fetchPaths } from './support/read-all-routes.js';

afterAll(cleanUp);

type Line = { readonly command: string; readonly data: unknown };
const readLines = <L extends Line>(path: string): L[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as L);
const minsk = readExampleFile('minsk-2011');
const later = readExampleFile('history');
/** A cluster does not keep the order of concurrent commands, so each line waits for the previous one there. */
const IN_ORDER = isInCluster ? '?onError=stop' : '';
const DAY = '2011-05-31';
const first = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

let posted: TestServer;
let imported: TestServer;
const postedEntries: unknown[] = [];
/** The answers when only the first file was recorded. */
let initialAnswers: Record<string, string>;

beforeAll(async () => {
  posted = await startTestServer();
  const post = async (lines: readonly Line[]) => {
    for (const { command, data } of lines) {
      const { status, json } = await posted.sendCommand(command, data);
      postedEntries.push([status, json.entry, json.events?.length]);
    }
  };
  await post(minsk);
  initialAnswers = await fetchPaths(posted, await listReadModelPaths(posted, 64, DAY));
  await post(later);
  imported = await startTestServer();
}, 120_000);

it('records every event, posted one by one, under the next entry', () => {
  expect(postedEntries).toEqual(first(1, 93).map((entry) => [201, entry, 1]));
});

it('records the files sent as lines under the same entries, with the same answers', async () => {
  for (const [lines, from] of [
    [minsk, 1],
    [later, 65],
  ] as const) {
    const { status, results } = await imported.sendLines(lines, IN_ORDER);
    expect(status).toBe(200);
    expect(results).toEqual(lines.map((_, n) => ({ line: n + 1, status: 201, entry: from + n })));
  }
  const addresses = await listReadModelPaths(posted, 93, DAY);
  expect(addresses.length).toBeGreaterThan(150);
  const withoutIds = (answers: Record<string, string>) =>
    JSON.stringify(answers).replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'an id');
  expect(withoutIds(await fetchPaths(imported, addresses))).toBe(
    withoutIds(await fetchPaths(posted, addresses)),
  );
});

it('records nothing when the files are sent again', async () => {
  const { results } = await imported.sendLines([...minsk, ...later]);
  expect(results.filter(({ status }) => status === 201)).toEqual([]);
  expect(imported.headEntry).toBe(93);
});

it('answers as of the last entry of the first file as it answered then', async () => {
  expect(await listReadModelPaths(posted, 64, DAY)).toEqual(Object.keys(initialAnswers));
  expect(await fetchPaths(posted, Object.keys(initialAnswers))).toEqual(initialAnswers);
});

const shared = findSharedData('csto');

type Question = {
  readonly name: string;
  readonly get: string;
  readonly key: string;
  readonly certain?: readonly string[];
  readonly possible?: readonly string[];
  readonly suspended?: readonly string[];
  readonly equals?: readonly string[];
  readonly inOrder?: readonly string[];
};

(shared === undefined ? describe.skip : describe)('the shared expectations for the CSTO record', () => {
  const questions =
    shared === undefined
      ? []
      : (JSON.parse(readFileSync(join(shared, 'expected.json'), 'utf8')) as Question[]);

  it.each(questions.map((question) => [question.name, question] as const))(
    'are met by the answer to: %s',
    async (_, question) => {
      const { get, key, inOrder } = question;
      for (const address of [get, `${get}${get.includes('asOf') ? '' : '&asOf=93'}`]) {
        const { status, json } = await posted.get(address);
        expect(status).toBe(200);
        const getKeys = (items: any[]) => items.map((item) => item[key] as string); // eslint-disable-line @typescript-eslint/no-explicit-any -- responses are inspected without types
        const of = (field: string, value: string) =>
          getKeys(json.items.filter((item: Record<string, unknown>) => item[field] === value)).sort();
        if (question.certain) expect(of('certainty', 'certain')).toEqual([...question.certain].sort());
        if (question.possible) expect(of('certainty', 'possible')).toEqual([...question.possible].sort());
        if (question.suspended)
          expect(of('participation', 'suspended')).toEqual([...question.suspended].sort());
        if (question.equals) expect(getKeys(json.items).sort()).toEqual([...question.equals].sort());
        if (inOrder) expect(getKeys(json.items)).toEqual(inOrder);
      }
    },
  );

  it('are met by refused commands, which change no answer', async () => {
    const lines = readLines<Line & { status: number; code: string }>(join(shared ?? '', 'refused.ndjson'));
    const before = {
      events: await fetchAllPages(posted, '/events'),
      answers: await fetchPaths(posted, await listReadModelPaths(posted, 93, DAY)),
      latest: (await posted.get('/meetings/csto-cfm-2011-05-31?on=2011-05-31')).text,
    };
    for (const { command, data, status, code } of lines) {
      const answer = await posted.sendCommand(command, data);
      expect([command, answer.status, answer.json.code]).toEqual([command, status, code]);
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      const ofLines = await posted.sendLines([{ command, data }]);
      expect(ofLines.results).toEqual([expect.objectContaining({ line: 1, status, code })]);
    }
    expect(posted.headEntry).toBe(93);
    expect({
      events: await fetchAllPages(posted, '/events'),
      answers: await fetchPaths(posted, await listReadModelPaths(posted, 93, DAY)),
      latest: (await posted.get('/meetings/csto-cfm-2011-05-31?on=2011-05-31')).text,
    }).toEqual(before);
  });
});
