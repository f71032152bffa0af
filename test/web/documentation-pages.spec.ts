// The pages of the documentation: what stands on them, and that their examples can be pasted into a shell.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aggregates } from '../../src/domain/aggregates.js';
import { recordExampleBook } from '../support/example-book.js';
import {
  cleanUp,
  createTemporaryDirectory,
  startTestServer,
  type TestServer,
} from '../support/test-server.js';

const run = promisify(execFile);
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await recordExampleBook(book);
});
afterAll(cleanUp);

const getPage = async (path: string): Promise<string> => (await book.get(path, BROWSER)).text;
const listLinks = (page: string, pattern: RegExp): readonly string[] =>
  [...page.matchAll(/href="([^"#]+)"/g)].map(([, to = '']) => to).filter((to) => pattern.test(to));
const listCode = (page: string): readonly string[] =>
  [...page.matchAll(/<pre>(.*?)<\/pre>/gs)].map(([, code = '']) =>
    code.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  );

/** Runs what a page shows in a directory where the demo was started. */
async function paste(code: string): Promise<string> {
  const directory = createTemporaryDirectory();
  mkdirSync(join(directory, 'demo-data'));
  writeFileSync(join(directory, 'demo-data/admin.key'), book.getKey());
  const { stdout } = await run('bash', ['-c', code], { cwd: directory });
  return stdout;
}

describe('the page of a read model', () => {
  it('has an address of the example book for each of its lists and records', async () => {
    const topics = listLinks(await getPage('/docs'), /^\/docs\/(?!commands)/);
    expect(topics.length).toBeGreaterThan(12);
    let addresses = 0;
    for (const topic of topics)
      for (const code of listCode(await getPage(topic))) {
        const [, address = ''] = /^curl '([^']+)'$/.exec(code) ?? [];
        const answer = await fetch(address, { headers: { accept: 'application/json' } });
        await answer.body?.cancel();
        expect([topic, address, answer.status]).toEqual([topic, address, 200]);
        addresses++;
      }
    expect(addresses).toBeGreaterThan(25);
  });

  it('names the fields of the answer, those of nested objects too', async () => {
    const page = await getPage('/docs/membership');
    expect(page).toContain('<code>items[].member</code>');
    expect(page).toContain('<code>items[].since.earliest</code>');
    expect(await paste(listCode(page)[0] ?? '')).toContain('"armenia"');
  });
});

describe('the page of a command', () => {
  it('has an example to paste, which the example book accepts', async () => {
    const { commands } = book.server.node.commandHandler;
    for (const { name, example } of commands.values()) {
      const [code = ''] = listCode(await getPage(`/docs/${name}`));
      const [, address = '', body = ''] = /'(http[^']+)' <<'END'\n(.*)\nEND$/s.exec(code) ?? [];
      expect([name, address, JSON.parse(body)]).toEqual([
        name,
        `${book.url}/commands/${name}?check=true`,
        example,
      ]);
    }
    const [code = ''] = listCode(await getPage('/docs/admit-member'));
    expect(JSON.parse(await paste(code))).toMatchObject({ events: [{ type: 'MemberJoined' }] });
  });

  it('links every refusal of its rules', async () => {
    for (const { commands, refusals } of aggregates)
      for (const name of Object.keys(commands))
        expect(listLinks(await getPage(`/docs/${name}`), /^\/problems\//)).toEqual(
          expect.arrayContaining(Object.keys(refusals).map((code) => `/problems/${code}`)),
        );
  });

  it('says which example must be recorded before', async () => {
    expect(listLinks(await getPage('/docs/close-meeting'), /open-meeting/)).toEqual(['/docs/open-meeting']);
  });
});

describe('a page', () => {
  it('has a style sheet that never changes under its address', async () => {
    const [address = ''] = listLinks(await getPage('/docs'), /^\/assets\//);
    const { status, headers, text } = await book.get(address);
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(text.length).toBeLessThan(16_000);
    expect(text).not.toMatch(/[^-](?:left|right|width|height):|margin-(?:top|bottom)/);
    expect((await book.get(address.replace(/\/[0-9a-f]+\//, '/0000000000000000/'))).status).toBe(404);
  });

  it('is revalidated by its ETag', async () => {
    const { headers } = await book.get('/docs', BROWSER);
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([
      'no-cache',
      expect.stringContaining('Accept'),
    ]);
    const again = await book.get('/docs', { ...BROWSER, 'if-none-match': headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it('is at most 60 kB', async () => {
    for (const path of ['/docs', ...listLinks(await getPage('/docs'), /^\/docs\//)])
      expect([path, (await getPage(path)).length < 60_000]).toEqual([path, true]);
  });
});

describe('a problem', () => {
  it('is a page for a browser, and JSON for a program', async () => {
    expect(await getPage('/problems/already-member')).toContain('<h1>Already a member</h1>');
    expect((await book.get('/problems/already-member')).json).toEqual({
      code: 'already-member',
      status: 409,
      title: 'Already a member',
      meaning: expect.any(String),
      remedy: expect.any(String),
    });
    expect((await book.get('/problems')).json.items.length).toBeGreaterThan(50);
  });
});

describe('an error', () => {
  const getError = async (path: string, init: RequestInit = {}) =>
    book.fetch(path, { ...init, headers: { ...BROWSER, ...(init.headers as Record<string, string>) } });

  it('is a page for a browser with the same status, and the same problem as ever for a program', async () => {
    for (const [path, method, status, sentence] of [
      ['/nowhere', 'GET', 404, 'begin at the documentation'],
      ['/organizations/none', 'GET', 404, 'Check the address'],
      ['/organizations?limit=0', 'GET', 422, 'limit'],
      ['/commands/admit-member', 'POST', 401, 'API key'],
      ['/organizations', 'DELETE', 405, 'for programs'],
      ['/organizations/%ff', 'GET', 400, 'percent sign'],
    ] as const) {
      const page = await getError(path, { method });
      const problem = await book.fetch(path, { method });
      expect([path, page.status, problem.status]).toEqual([path, status, status]);
      expect([path, page.headers.get('content-type')]).toEqual([path, 'text/html; charset=utf-8']);
      expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      const { title, code } = problem.json;
      expect(page.text).toContain(`<h1>${title as string}</h1>`);
      expect(page.text).toContain(`href="/problems/${code as string}"`);
      expect(page.text).toContain(sentence);
      for (const { headers } of [page, problem]) expect(headers.get('vary')).toContain('Accept');
    }
  });

  it('says when to try again', async () => {
    const { readModels } = book.server.node;
    const original = readModels.waitForEntry.bind(readModels);
    const ahead = { 'ledger-entry': String(book.headEntry + 1) };
    Object.assign(readModels, { waitForEntry: () => Promise.resolve(['organizations']) });
    try {
      const page = await getError('/organizations', { headers: ahead });
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      expect(page.text).toMatch(/Try again in (?:one second|\d+ seconds)\./);
    } finally {
      Object.assign(readModels, { waitForEntry: original });
    }
  });

  it('of the server names the request, and nothing of the inside', async () => {
    const { readModels } = book.server.node;
    const original = readModels.query.bind(readModels);
    const fail = () => {
      throw new TypeError('secret detail in /home/us');
    };
    Object.assign(readModels, { query: fail });
    Logger.overrideLogger(false);
    try {
      const page = await getError('/organizations?on=1900-01-02');
      expect(page.status).toBe(500);
      expect(page.text).toContain(`<code>${page.headers.get('x-request-id') ?? ''}</code>`);
      expect(page.text).not.toMatch(/secret|home|TypeError/);
    } finally {
      Object.assign(readModels, { query: original });
      Logger.overrideLogger(['error']);
    }
  });
});
