// The pages of records: what stands on them, in both times, and that nothing recorded becomes markup.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HtmlValidate } from 'html-validate';
import { publishedReadModels } from '../../projections/index.js';
import { pages } from '../../src/web/pages.js';
import { recordExampleBook } from '../support/example-book.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { htmlRules } from './support/html-rules.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const htmlValidate = new HtmlValidate(htmlRules);

/** Values of the example book for the parts of paths. */
const VALUES: { readonly [name: string]: string } = {
  organization: 'csto',
  person: 'yerzhan-kazykhanov',
  meeting: 'csto-cfm-2011-05-31',
  statement: 's3',
  source: 'mfa-kz-2011-05-31',
  stream: 'membership-csto:armenia',
  entry: '24',
};
const listAddresses = (): readonly string[] =>
  pages.map(({ path }) => path.replaceAll(/:(\w+)/g, (_, name: string) => VALUES[name] ?? ''));

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await recordExampleBook(book);
});
afterAll(cleanUp);

/** Throws if the command is refused. */
async function record(command: string, data: object): Promise<void> {
  const { status, text } = await book.sendCommand(command, data);
  if (status !== 201) throw new Error(`${command}: ${text}`);
}

const getPage = (path: string, headers = {}) => book.get(path, { ...BROWSER, ...headers });
const unescapeText = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
/** The text of the element `main`, as a reader sees it without a style sheet. */
const readMain = (html: string): string => {
  const [, main = ''] = /<main[^>]*>(.*)<\/main>/s.exec(html) ?? [];
  return unescapeText(main.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([,.:])/g, '$1')
    .trim();
};
const getMain = async (path: string): Promise<string> => readMain((await getPage(path)).text);

describe('every address of a read model', () => {
  it('has a page', () => {
    const paths = publishedReadModels.flatMap(({ routes }) => routes.map(({ path }) => path));
    expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(paths));
  });

  it('has valid HTML without scripts and styles, and at most 60 kB of it', async () => {
    for (const address of listAddresses()) {
      const { status, text } = await getPage(address);
      expect([address, status, text.length < 60_000]).toEqual([address, 200, true]);
      const { results } = await htmlValidate.validateString(text);
      const found = results.flatMap(({ messages }) =>
        messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
      );
      expect([address, found]).toEqual([address, []]);
      expect([address, /<script|<style| style=| on\w+=/i.exec(text)]).toEqual([address, null]);
    }
  });

  it('has links only to what exists', async () => {
    const links = new Set<string>();
    for (const address of ['/', '/organizations/csto', '/meetings/csto-cfm-2011-05-31', '/entries/24'])
      for (const [, to = ''] of (await getPage(address)).text.matchAll(/(?:href|action)="(\/[^"#]*)/g))
        links.add(to.replaceAll('&amp;', '&'));
    // Each entry that made a page has a link: the first of them are as good as all.
    const versions = [...links].filter((link) => link.includes('asOf='));
    const others = [...links].filter((link) => !link.includes('asOf='));
    expect([versions.length > 20, others.length > 60]).toEqual([true, true]);
    for (const link of [...versions.slice(0, 5), ...others])
      expect([link, (await getPage(link)).status]).toEqual([link, 200]);
  });

  it('stays JSON for a client that does not ask for a page', async () => {
    for (const path of ['/organizations/csto', '/meetings', '/decisions']) {
      const plain = await book.get(path);
      const asked = await book.get(path, { accept: 'application/json' });
      expect(plain.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(plain.text).toBe(asked.text);
      expect((await book.get(`${path}.html`)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
  });

  it('is revalidated, and depends on what the client accepts', async () => {
    const { headers } = await getPage('/organizations/csto');
    expect(headers.get('cache-control')).toBe('no-cache');
    for (const name of ['Accept', 'Accept-Language']) expect(headers.get('vary')).toContain(name);
    expect(headers.get('ledger-entry')).toBe(String(book.headEntry));
    const again = await getPage('/organizations/csto', { 'if-none-match': headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    const pinned = await book.get('/entries/1');
    expect([pinned.headers.get('cache-control'), pinned.headers.get('vary')]).toEqual([
      expect.stringContaining('immutable'),
      expect.stringContaining('Accept'),
    ]);
  });
});

describe('the page of an organization', () => {
  it('names its members on the day, what is disputed, and what it rests on', async () => {
    const main = await getMain('/organizations/csto');
    expect(main).toContain('Collective Security Treaty Organisation CSTO');
    expect(main).toMatch(/7 members .*Armenia 15 May 1992 suspended Disputed at #91: The Secretariat/);
    expect(main).toContain('#82 Encyclopaedia articles on the CSTO');
    expect(main).toContain('Azerbaijan: from 24 September 1993, until 2 April 1999 (not-renewed)');
    expect(main).toContain('Kazakhstan: from 15 May 1992, not ended, as far as the book knows');
    expect(main).toContain('United Nations General Assembly, observer since 2 December 2004');
    expect(main).toContain('CSTO Collective Security Council');
  });

  it('shows another day, and what the book said at an entry', async () => {
    const main = await getMain('/organizations/csto?on=1995-01-01');
    expect(main).toContain('9 members');
    expect(await getMain('/organizations/csto?on=1992-01-01')).toContain('knows no member on 1 January 1992');
    // Before the correction of entry 76 the day of accession was another.
    expect(await getMain('/organizations/csto?asOf=75')).not.toBe(await getMain('/organizations/csto'));
  });
});

describe('the page of a meeting', () => {
  it('has the record in its order, with a heading where the item changes', async () => {
    const main = await getMain('/meetings/csto-cfm-2011-05-31');
    expect(main).toContain('Closed. Minutes are not circulated.');
    expect(main).toMatch(/Held 31 May 2011 Place Minsk, Belarus Convened by CSTO Council of Ministers/);
    expect(main).toContain('After Session of the CSTO Collective Security Council, December 2010');
    expect(main).toContain('All facts rest on CSTO Member States’s Foreign Ministers Review');
    expect(main).toContain('Participants (8)');
    const places = [
      '3. Implementation',
      's1 · quoted',
      's2 · quoted',
      's3 · quoted',
      '4. Events within',
      's4 ·',
    ];
    const [, record = ''] = main.split('The Collective Rapid Reaction Forces · CRRF');
    const found = places.map((text) => record.indexOf(text));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it('says of a meeting with an imprecise date what is known', async () => {
    const { text } = await getPage('/meetings/csto-cfm-2011-2');
    expect(readMain(text)).toMatch(/The meeting has not begun\. Planned for second half of 2011/);
    expect(text).toContain('title="recorded as 2011-41: from 1 July 2011 to 31 December 2011"');
    expect(text).not.toContain('datetime="2011-41"');
  });
});

describe('the page of a statement', () => {
  it('has what was said before and after it, and how to cite it', async () => {
    const main = await getMain('/meetings/csto-cfm-2011-05-31/statements/s3');
    expect(main).toMatch(
      /we have achieved a good pace.*Before it.*s2 · quoted.*After it.*s4 · quoted.*Cite this/,
    );
    expect(main).toContain(`/meetings/csto-cfm-2011-05-31/statements/s3?asOf=${book.headEntry}`);
    expect((await getPage('/meetings/csto-cfm-2011-05-31/statements/none')).status).toBe(404);
  });
});

describe('the page of an entry', () => {
  it('has the fact, who recorded it, and what became of it, word by word', async () => {
    const main = await getMain('/entries/24');
    expect(main).toMatch(/Corrected at #76 by .*: The treaty gives the date of signature\./);
    expect(main).toContain('Stream membership-csto:armenia, revision 0');
    const { text } = await getPage('/entries/24');
    expect(text).toMatch(/<del>[^<]+<\/del><ins>[^<]+<\/ins>/);
    expect(await getMain('/entries/76')).toContain('About #24');
  });

  it('is what a browser gets of an event', async () => {
    const { json } = await book.get('/entries/24');
    const event = await book.fetch(`/events/${json.id as string}`, { headers: BROWSER, redirect: 'manual' });
    expect([event.status, event.headers.get('location')]).toEqual([303, '/entries/24']);
    expect((await book.get(`/events/${json.id as string}`)).text).toBe((await book.get('/entries/24')).text);
    for (const none of ['0', 'x', '9999']) expect((await book.get(`/entries/${none}`)).status).toBe(404);
  });
});

describe('the search', () => {
  it('finds statements by words and names by parts, and counts each kind', async () => {
    const { text } = await getPage('/search?q=Afghanistan');
    expect(readMain(text)).toContain('Organizations: 0 People: 0 Meetings: 0 Decisions: 0 Statements: 2');
    expect(text).toContain('<mark>Afghanistan</mark>');
    expect(await getMain('/search?q=Afghan')).toContain('“Afghan” does not find a longer word');
    expect(await getMain('/search?q=kazy')).toContain('People: 1');
    expect(await getMain('/search')).toContain('Write words of a statement');
  });
});

describe('a page of the past', () => {
  it('says so, is not indexed, and leads to the present and to the same past', async () => {
    const { text } = await getPage('/organizations/csto?asOf=85&on=2000-01-01');
    expect(text).toMatch(/what the book said at entry 85, recorded .*It has \d+ now/s);
    expect(text).toContain('<meta name="robots" content="noindex"');
    expect(text).toContain('<link rel="canonical" href="/organizations/csto?on=2000-01-01"');
    expect(text).toContain('href="/organizations/csto-csc?asOf=85"');
    expect((await getPage('/organizations/csto')).text).not.toMatch(/noindex|You are reading/);
  });

  it('has the same text at the address of its version after later entries', async () => {
    const addresses = ['/organizations/csto', '/meetings', '/', '/decisions', '/topics', '/people'];
    const before = await Promise.all(
      addresses.map(async (address) => {
        const { text } = await getPage(address);
        const [, version = ''] = /<a href="([^"]+)">Address of this version/.exec(text) ?? [];
        return { version: version.replaceAll('&amp;', '&'), main: readMain(text) };
      }),
    );
    await record('register-organization', {
      organization: 'later',
      name: 'An organization recorded later',
      classification: 'committee',
      partOf: 'csto',
    });
    expect(await getMain('/organizations/csto')).toContain('An organization recorded later');
    for (const { version, main } of before)
      expect([version, await getMain(version)]).toEqual([version, main]);
  });

  it('has links to the entries that changed it', async () => {
    const { text } = await getPage('/streams/membership-csto:armenia?asOf=76');
    expect(text).toMatch(/Earlier: entry 24,.*member joined/s);
    const organization = (await getPage('/organizations/csto?asOf=85')).text;
    expect(organization).toMatch(/Later: entry \d+/);
  });
});

describe('a form of the times of a page', () => {
  it('keeps the other parameters', async () => {
    const { text } = await getPage('/organizations/csto?on=2000-01-01&asOf=85');
    expect(text).toMatch(/<input type="hidden" name="asOf" value="85"[^>]*>/);
    expect(text).toMatch(/<input type="hidden" name="on" value="2000-01-01"[^>]*>/);
  });
});

describe('the files for programs that read pages', () => {
  it('name the pages, what is not to be indexed, and the search', async () => {
    expect((await book.get('/robots.txt')).text).toMatch(
      /Disallow: \/\*\?\*asOf=\nSitemap: http.*\/sitemap\.xml/,
    );
    const { text } = await book.get('/sitemap.xml');
    expect(text).toContain(`<loc>${book.url}/meetings/csto-cfm-2011-05-31</loc>`);
    expect((await book.get('/opensearch.xml')).text).toContain(`${book.url}/search?q={searchTerms}`);
    const [, icon = ''] = /rel="icon"[^>]*href="([^"]+)"/.exec((await getPage('/')).text) ?? [];
    expect((await book.get(icon)).headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
  });
});

describe('what is recorded', () => {
  const PAYLOADS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    '</title><b>',
  ];

  /** Elements and attributes that no page has itself. Values of attributes hold what is recorded. */
  const findMarkup = (html: string) =>
    /<script|<img|<b>|href="javascript:|<[^>]+ on\w+=/i.exec(html.replaceAll(/ (?!href)[\w-]+="[^"]*"/g, ''));

  it('never becomes markup, in whichever field it stands', async () => {
    for (const [index, payload] of PAYLOADS.entries()) {
      const n = `x${index}`;
      const source = { source: n, title: payload, publisher: payload, url: `javascript:alert(1)` };
      await record('register-source', { ...source, url: 'https://example.org/"><b>' });
      await record('register-organization', { organization: n, name: payload, abbreviation: payload, classification: 'committee', purpose: payload, partOf: 'csto' }); // prettier-ignore
      await record('register-person', { person: n, name: payload });
      await record('schedule-meeting', { meeting: n, title: payload, convenedBy: n, scheduledFor: '2030', place: { name: payload } }); // prettier-ignore
      await record('open-meeting', { meeting: n, at: '2026-01-01' });
      await record('add-agenda-item', { meeting: n, item: 'i1', title: payload, topics: [payload] });
      await record('record-statement', { meeting: n, statement: 's1', nameAsPrinted: payload, role: payload, onBehalfOf: n, form: 'quoted', text: payload, language: 'en', topics: [payload], agendaItem: 'i1' }); // prettier-ignore
      for (const path of [
        `/organizations/${n}`,
        `/people/${n}`,
        `/meetings/${n}`,
        `/meetings/${n}/statements/s1`,
        `/sources/${n}`,
        `/streams/meeting-${n}`,
        `/statements?meeting=${n}`,
        `/search?q=${encodeURIComponent(payload)}`,
      ]) {
        // prettier-ignore
        const { status, text } = await getPage(path);
        expect([path, status]).toEqual([path, 200]);
        expect([path, findMarkup(text)]).toEqual([path, null]);
      }
    }
    for (const path of [
      '/',
      '/meetings',
      '/organizations',
      '/people',
      '/sources',
      '/topics',
      '/search?q=alert',
    ])
      expect([path, findMarkup((await getPage(path)).text)]).toEqual([path, null]);
  });
});
