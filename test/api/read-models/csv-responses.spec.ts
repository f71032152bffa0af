// Lists as CSV: the same items as JSON, whole, as of one entry.
import { parse } from 'csv-parse/sync';
import { publishedReadModels } from '../../../projections/index.js';
import { type CsvColumns, listCsvColumnNames } from '../../../src/read-models/declaration/csv-columns.js';
import { findCsvColumns } from '../../../src/read-models/declaration/query.js';
import { recordExampleBook } from '../../support/example-book.js';
import { cleanUp, startTestServer, type TestResponse, type TestServer } from '../../support/test-server.js';
import { expectProblem } from '../support/expect-problem.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await recordExampleBook(book);
  await book.recordCommands([
    'sign-instrument',
    { organization: 'csto', member: 'armenia', effective: '1992-05-15' },
  ]);
});
afterAll(cleanUp);

const parseTable = ({ text }: TestResponse): Record<string, string>[] =>
  parse(text, { bom: true, columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];

const lists = publishedReadModels.flatMap(({ model, routes }) =>
  routes
    .filter(({ list }) => list)
    .map(({ path, query }) => ({ path, columns: findCsvColumns(model.queries[query]?.answer) })),
);
const IDS = ['csto', 'un-ga', 'kazakhstan', 'yerzhan-kazykhanov', 'mfa-kz-2011-05-31', 'treaty-1992'];
/** In these every list has items. */
const STATES = ['?asOf=64', '?limit=1000', '?from=2011-06-01&asOf=64'];
/** Every address of a list that the book has. */
const listAddresses = (path: string): readonly string[] =>
  path.includes(':') ? IDS.map((id) => path.replace(/:\w+/, id)) : [path];

describe('every list', () => {
  it.each(lists)('$path has a column for every member of its items', async ({ path, columns = {} }) => {
    const documented = (await book.get('/openapi.json')).json.paths[
      `${path.replaceAll(/:(\w+)/g, '{$1}')}.csv`
    ];
    expect(documented.get.responses['200'].description).toContain(
      `The columns: ${listCsvColumnNames(columns).join(', ')}.`,
    );
    let items = 0;
    for (const address of listAddresses(path))
      for (const query of STATES) {
        const { status, json } = await book.get(`${address}${query}`);
        if (status !== 200) continue; // the list is of another kind of thing, or has no such parameter
        for (const item of json.items) expect(listMissing(columns, item)).toEqual([]);
        items += json.items.length as number;
      }
    expect(items > 0 || path.startsWith('/people')).toBe(true);
  });

  it.each(lists)('$path is a table with a row for each item', async ({ path }) => {
    for (const address of listAddresses(path)) {
      const list = await book.get(`${address}?limit=1000`);
      const table = await book.get(`${address}.csv`);
      expect([address, table.status]).toEqual([address, list.status]);
      if (list.status !== 200) continue;
      const rows: readonly any[] = list.json.items.flatMap((item: any) => item.intervals ?? [item]);
      expect(parseTable(table)).toHaveLength(rows.length);
      expect(table.headers.get('ledger-entry')).toBe(list.headers.get('ledger-entry'));
    }
  });
});

/** Members that no column shows; what was claimed or corrected is in the item alone. */
function listMissing(columns: CsvColumns, item: any): readonly string[] {
  return Object.entries(item as object).flatMap(([member, value]) => {
    if (member === 'disputes' || member === 'correction') return [];
    const kind = columns[member];
    if (kind === undefined) return [member];
    if (typeof kind === 'string') return [];
    return [value].flat().flatMap((each: any) => (each === null ? [] : listMissing(kind, each)));
  });
}

describe('a table', () => {
  it('is CSV with a byte order mark, CRLF, names of columns, and dates with their bounds', async () => {
    const path = '/organizations/csto/members.csv?on=2000-01-01&asOf=64';
    const answer = await fetch(new URL(path, book.url));
    const { headers } = answer;
    const text = Buffer.from(await answer.arrayBuffer()).toString(); // fetch would remove the byte order mark
    const head = [
      'member,name,since,since_earliest,since_latest,participation,certainty,until,until_earliest,until_latest',
      'category,categoryCertainty,votingRight,votingRightCertainty,votes,onBehalfOf,stage,suspension,notices',
      'notified,notified_earliest,notified_latest,decided,decided_earliest,decided_latest,instrument',
      'entries,conflict,conflicts,disputed',
    ].join(',');
    expect(text.split('\r\n').slice(0, 2)).toEqual([
      `\ufeff${head}`,
      'armenia,Armenia,[..2011-05-31],,2011-05-31,active,possible,,,,,,,,,,,,[],,,,,,,,24,,,',
    ]);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="organizations-csto-members-2000-01-01-entry-64.csv"',
    );
    expect(headers.get('content-location')).toBe(
      '/organizations/csto/members.csv?asOf=64&on=2000-01-01&lang=und&v=4',
    );
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('vary')).toMatch(/Accept/);
    expect(headers.get('link')).toContain(
      '</organizations/csto/members.csv?on=2000-01-01>; rel="original timegate"',
    );
  });

  it('has at its permalink what a cache may keep, with the time of its entry', async () => {
    const { headers, text } = await book.get('/organizations/csto/members.csv?on=2000-01-01&asOf=64');
    const pinned = await book.get(headers.get('content-location') ?? '');
    expect(pinned.text).toBe(text);
    expect(pinned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(pinned.headers.get('memento-datetime')).toMatch(/ GMT$/);
  });

  it('is not sent again to a client that has it', async () => {
    for (const path of ['/organizations.csv', '/events.csv', '/audit/changes.csv']) {
      const { headers } = await book.get(path);
      const etag = headers.get('etag') ?? '';
      const again = await book.get(path, { 'if-none-match': etag });
      expect([path, again.status, again.text, again.headers.get('etag')]).toEqual([path, 304, '', etag]);
      expect(again.headers.get('ledger-entry')).toBe(headers.get('ledger-entry'));
    }
    const [one, other] = await Promise.all(
      ['/events.csv', '/events.csv?after=1'].map((path) => book.get(path)),
    );
    expect(one?.headers.get('etag')).not.toBe(other?.headers.get('etag'));
  });

  it('is what Accept prefers, and JSON stays the default', async () => {
    const type = async (accept: string) =>
      (await book.get('/organizations', { accept })).headers.get('content-type')?.split(';')[0];
    expect(await type('text/csv')).toBe('text/csv');
    expect(await type('application/json;q=0.5, text/csv')).toBe('text/csv');
    expect(await type('application/json, text/csv;q=0.5')).toBe('application/json');
    expect(await type('text/html, */*;q=0.8')).toBe('text/html');
    expect(await type('*/*')).toBe('application/json');
    const both = await Promise.all([book.get('/organizations', { accept: 'text/csv' }), book.get('/organizations.csv')]); // prettier-ignore
    expect(both[0]?.text).toBe(both[1]?.text);
    const pinned = (await book.get('/organizations')).headers.get('content-location') ?? '';
    expect((await book.get(pinned)).headers.get('vary')).toMatch(/^Accept\b/);
  });

  it('has one row for each interval, and the parts of objects in columns of their own', async () => {
    const history = parseTable(await book.get('/organizations/csto/membership-history.csv'));
    const ofUzbekistan = history.filter(({ member }) => member === 'uzbekistan');
    expect(ofUzbekistan.map((row) => [row['intervals_from'], row['intervals_to']])).toEqual([
      ['1992-05-15', '1999-04-02'],
      ['2006-08-16', ''],
    ]);
    const [first] = parseTable(await book.get('/meetings.csv'));
    expect(first).toMatchObject({ place_name: expect.any(String), place_country: expect.any(String) });
  });

  it('has filters, days and past states as the list has, and no pages', async () => {
    const { items } = (await book.get('/organizations?classification=state&q=arm')).json;
    const rows = parseTable(await book.get('/organizations.csv?classification=state&q=arm'));
    expect(rows.map(({ id }) => id)).toEqual(items.map(({ id }: any) => id));
    for (const parameter of ['limit=1', 'cursor=x', 'nope=1']) {
      const refused = await book.get(`/organizations.csv?${parameter}`);
      expectProblem(refused, 422, 'unknown-parameter', `/organizations.csv?${parameter}`);
    }
    const unknown = await book.get('/organizations/atlantis/members.csv');
    expectProblem(unknown, 404, 'unknown-id', '/organizations/atlantis/members.csv');
  });

  it('has every item of a long list, as of the entry at which it began', async () => {
    const long = await startTestServer();
    const lines = Array.from({ length: 2_345 }, (_, n) => ({
      command: 'register-source',
      data: { source: `s${String(n).padStart(5, '0')}`, title: `A report, number ${n}` },
    }));
    await long.sendLines(lines);
    const rows = parseTable(await long.get('/sources.csv'));
    expect(rows.map(({ id }) => id)).toEqual(lines.map(({ data }) => data.source));
  });

  it('shows texts that a spreadsheet would evaluate, quotes and line breaks as they are', async () => {
    const titles = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '  =HYPERLINK("x")', 'a "b", c\nd', 'plain'];
    const other = await startTestServer();
    await other.sendLines(
      titles.map((title, n) => ({ command: 'register-source', data: { source: `t${n}`, title } })),
    );
    const rows = parseTable(await other.get('/sources.csv'));
    const isFormula = (title: string) => !/^[ap]/.test(title);
    expect(rows.map(({ title }) => title)).toEqual(titles.map((title) => (isFormula(title) ? `'${title}` : title))); // prettier-ignore
  });

  it('needs a key where reading does', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    expect((await closed.get('/sources.csv')).status).toBe(401);
    const authorization = `Bearer ${closed.getKey('reader')}`;
    expect((await closed.get('/sources.csv', { authorization })).status).toBe(200);
  });

  it('has a head without a body', async () => {
    const answer = await book.fetch('/sources.csv', { method: 'HEAD' });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
      200,
      '',
      'text/csv; charset=utf-8; header=present',
    ]);
  });
});

describe('the events as a table', () => {
  it('are those of the list, all of them', async () => {
    const table = await book.get('/events.csv');
    const [row, ...rows] = parseTable(table);
    const { items } = (await book.get('/events?limit=1000')).json;
    expect(Object.keys(row ?? {})).toEqual(['entry', 'id', 'stream', 'revision', 'type', 'recordedAt', 'data', 'metadata', 'leaf']); // prettier-ignore
    expect([row, ...rows].map((each) => each?.['id'])).toEqual(items.map(({ id }: any) => id));
    expect(JSON.parse(row?.['data'] ?? '')).toEqual(items[0].data);
    expect(table.headers.get('ledger-entry')).toBe(String(items.length));
    expect(table.headers.get('content-disposition')).toContain(`"events-entry-${items.length}.csv"`);
    expect((await book.get('/events', { accept: 'text/csv' })).text).toBe(table.text);
  });

  it('are selected as in the list, without pages', async () => {
    const { items } = (await book.get('/events?stream=organization-csto&after=3')).json;
    const rows = parseTable(await book.get('/events.csv?stream=organization-csto&after=3'));
    expect(items.length).toBeGreaterThan(0);
    expect(rows.map(({ id }) => id)).toEqual(items.map(({ id }: any) => id));
    const refused = await book.get('/events.csv?limit=1');
    expectProblem(refused, 422, 'unknown-parameter', '/events.csv?limit=1');
  });
});

describe('the changes as a table', () => {
  it('are those of all pages', async () => {
    const path = '/audit/changes?from=20&to=64&projection=membership';
    const { items, next } = (await book.get(`${path}&limit=1000`)).json;
    expect([next, items.length > 0]).toEqual([null, true]);
    const table = await book.get(path.replace('changes', 'changes.csv'));
    const rows = parseTable(table);
    expect(Object.keys(rows[0] ?? {})).toEqual(['projection', 'list', 'key', 'before', 'after', 'entry', 'event', 'actor', 'reason']); // prettier-ignore
    const parsed = rows.map(({ before = '', after = '', key = '', entry, reason, ...row }) => ({
      ...row,
      key: JSON.parse(key) as object,
      before: before === '' ? null : (JSON.parse(before) as object),
      after: after === '' ? null : (JSON.parse(after) as object),
      entry: Number(entry),
      reason: reason === '' ? null : reason,
    }));
    expect(parsed).toEqual(items);
    expect(table.headers.get('ledger-entry')).toBe('64');
    const all = parseTable(await book.get('/audit/changes.csv'));
    expect(all.length).toBeGreaterThan(rows.length);
  });
});
