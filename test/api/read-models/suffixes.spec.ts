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
  it.each(['/organizations.ics', '/organizations/csto.csv', '/organizations.html', '/events.csv'])(
    '%s is not found, and the problem names the address as it was requested',
    async (path) => expectProblem(await book.get(path), 404, 'not-found', path),
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
