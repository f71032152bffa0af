// A suffix of an address selects a representation, and one suffix is always taken off.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aggregates } from '../../../src/domain/aggregates.js';
import { createNewIdCheck } from '../../../src/domain/identifiers.js';
import { addSuffix } from '../../../src/http/representation.js';
import { cstoCommands } from '../../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { expectProblem } from '../support/expect-problem.js';

const SUFFIXES = ['json', 'html', 'csv', 'ics', 'md', 'atom', 'akn.xml', 'popolo.json'];

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

describe('the suffix .json', () => {
  it.each([
    '/organizations',
    '/organizations/csto',
    '/organizations/csto/members',
    '/events',
    '/streams/organization-csto',
    '/audit/changes',
    '/audit/trail/organization-csto',
    '/projections',
    '/commands',
    '/commands/admit-member',
  ])('gets the same of %s as the address without it', async (path) => {
    const [plain, suffixed] = [await book.get(path), await book.get(`${path}.json`)];
    expect([suffixed.status, suffixed.text]).toEqual([200, plain.text]);
    expect(suffixed.headers.get('content-location')).toBe(plain.headers.get('content-location'));
  });

  it('wins over Accept', async () => {
    const { headers } = await book.get('/organizations.json', { accept: 'text/csv' });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('a suffix that an address does not offer', () => {
  it.each(['/organizations.ics', '/organizations/csto.csv', '/organizations.popolo.json', '/events.ics'])(
    '%s is not found, and the problem names the address as it was requested',
    async (path) => expectProblem(await book.get(path), 404, 'not-found', path),
  );

  it.each(['/events.html', '/commands.html', '/audit/changes.html'])(
    '%s is a page that is not there, which the answer is a page about',
    async (path) => {
      const answer = await book.get(path, { accept: 'application/json' });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([406, 'text/html; charset=utf-8']);
      expect(answer.text).toContain('There is no page here, only application/json');
    },
  );

  it('is none of a command that is sent', async () => {
    const answer = await book.send('/commands/register-source.json', '{}');
    expectProblem(answer, 404, 'not-found', '/commands/register-source.json');
  });
});

/** In an address `.popolo` is none, but `.json` after it would make it one. */
const RESERVED_ENDINGS = [...SUFFIXES, 'popolo'];

describe('an id that ends like a suffix', () => {
  it.each(RESERVED_ENDINGS)('is not given to a new stream: .%s', async (suffix) => {
    const id = `paper.${suffix}`;
    const answer = await book.sendCommand('register-source', { source: id, title: 'A paper' });
    expectProblem(answer, 422, 'invalid-id', '/commands/register-source');
    const detail = `"${id}" ends in ".${suffix}", which selects a representation in an address: choose another id.`;
    expect(answer.json.errors).toEqual([{ pointer: '/source', code: 'invalid-id', detail }]);
    expect(createNewIdCheck('source')(id)).toBeDefined();
  });

  it.each(['register-organization', 'register-person', 'register-source', 'schedule-meeting'])(
    'is ruled out by the schema of %s, and on its page',
    async (command) => {
      const [, field = ''] = command.split('-');
      const { properties } = (await book.get(`/commands/${command}`)).json;
      const { description } = properties[field] as { description: string };
      for (const each of RESERVED_ENDINGS) expect(`${description} `).toMatch(new RegExp(`\\.${each}[, ]`));
      expect((await book.get(`/docs/${command}.html`)).text).toContain(description);
    },
  );

  it.each(SUFFIXES)('has an address with .json after it: .%s', (suffix) => {
    expect(addSuffix(`/sources/paper.${suffix}`)).toBe(`/sources/paper.${suffix}.json`);
    expect(addSuffix('/sources/paper')).toBe('/sources/paper');
  });

  it('of an earlier release is read by that address, which answers name, and can be corrected', async () => {
    const data = { source: 'old.ics', title: 'A paper' };
    const aggregate = aggregates.find(({ category }) => category === 'source');
    const { refuseNewId } = aggregate ?? {};
    Object.assign(aggregate ?? {}, { refuseNewId: undefined });
    try {
      await book.recordCommands(['register-source', data]);
    } finally {
      Object.assign(aggregate ?? {}, { refuseNewId });
    }
    expect((await book.get('/sources/old.ics')).status).toBe(404);
    const { status, json, headers } = await book.get('/sources/old.ics.json');
    expect([status, json.id]).toEqual([200, 'old.ics']);
    const permalink = headers.get('content-location') ?? '';
    expect(permalink).toMatch(/^\/sources\/old\.ics\.json\?asOf=/);
    expect((await book.get(permalink)).text).toBe((await book.get('/sources/old.ics.json')).text);
    expect(headers.get('link')).toContain('</timemap/sources/old.ics.json>');
    expect((await book.get('/timemap/sources/old.ics.json')).text).toContain(`<${permalink}>`);
    expect((await book.sendCommand('register-source', data)).status).toBe(200);
    const correction = { fact: 'source-old.ics@0', with: { ...data, title: 'The paper' }, reason: 'Title.' };
    expect((await book.sendCommand('correct-fact', correction)).status).toBe(201);
  });
});

describe('a table with Accept-Datetime', () => {
  it('is redirected to its permalink, which is a table, too', async () => {
    const answer = await book.fetch('/organizations.csv', {
      headers: { 'accept-datetime': new Date(Date.now() + 1_000).toUTCString() },
      redirect: 'manual',
    });
    const location = answer.headers.get('location') ?? '';
    expect([answer.status, location]).toEqual([
      302,
      expect.stringMatching(/^\/organizations\.csv\?asOf=\d+&/),
    ]);
    expect(answer.headers.get('link')).toContain('</organizations.csv>; rel="original timegate"');
    const table = await book.get(location);
    expect(table.headers.get('content-location')).toBe(location);
    expect(table.headers.get('content-type')).toContain('text/csv');
  });
});

describe('an id that the book does not know', () => {
  it.each([
    '/organizations/atlantis',
    '/organizations/atlantis/members.csv',
    '/timemap/organizations/atlantis',
  ])('is named by the problem: %s', async (path) => {
    const { status, json } = await book.get(path);
    expect([status, json.detail]).toEqual([
      404,
      `As of entry ${book.headEntry}, the book does not know "atlantis".`,
    ]);
  });
});

describe('a resource that has a page', () => {
  it.each(['/docs', '/docs/admit-member', '/docs/events', '/problems', '/problems/not-found'])(
    '%s has it at .html, and JSON at .json, whatever is accepted',
    async (path) => {
      const [page, json] = [
        await book.get(`${path}.html`, { accept: 'application/json' }),
        await book.get(`${path}.json`, { accept: 'text/html' }),
      ];
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect([json.status, json.headers.get('content-type')]).toEqual([
        200,
        'application/json; charset=utf-8',
      ]);
      expect((await book.get(path, { accept: 'text/html' })).text).toBe(page.text);
      expect((await book.get(path, { accept: 'application/json' })).text).toBe(json.text);
      expect(json.json).toBeDefined();
    },
  );

  it('is of a command its schema', async () => {
    const [page, schema] = [
      await book.get('/docs/admit-member.json'),
      await book.get('/commands/admit-member'),
    ];
    expect(page.json).toEqual(schema.json);
  });
});

describe('an answer that the client does not accept', () => {
  it.each(['/organizations', '/organizations/csto', '/events', '/docs', '/timemap/organizations'])(
    'of %s is 406, and names what there is',
    async (path) => {
      const answer = await book.get(path, { accept: 'image/png' });
      expectProblem(answer, 406, 'not-acceptable', path);
      expect(answer.json.detail).toMatch(/^There is only (?:application|text)\/\S+/);
      expect(answer.headers.get('vary')).toMatch(/\bAccept\b/);
    },
  );

  it.each(['/health/live', '/metrics', '/checkpoint', '/openapi.json', '/commands/admit-member'])(
    'of %s is sent all the same: its clients cannot choose',
    async (path) => {
      const authorization = `Bearer ${book.getKey()}`;
      expect((await book.get(path, { accept: 'image/png', authorization })).status).toBe(200);
    },
  );
});
