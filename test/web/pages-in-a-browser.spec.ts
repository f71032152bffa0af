// The pages in a real browser: accessibility, valid HTML, no script needed, nothing from elsewhere.
import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate } from 'html-validate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { recordExampleBook } from '../support/example-book.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { htmlRules } from './support/html-rules.js';
import { describeInChromium, launchChromium } from './support/chromium.js';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
/** WCAG 2.2 at 400 %: 320 CSS pixels (success criterion 1.4.10). */
const NARROWEST = { width: 320, height: 640 };

const LOOKS = [
  { viewport: DESKTOP, colorScheme: 'light' },
  { viewport: PHONE, colorScheme: 'dark' },
  { viewport: DESKTOP, colorScheme: 'dark' },
  { viewport: PHONE, colorScheme: 'light' },
] as const;

/** A browser takes long where many tests run at once. */
const BROWSER_TIMEOUT_MS = 240_000;

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const htmlValidate = new HtmlValidate(htmlRules);

const SEEN_IN_ALL_LOOKS = [
  '/organizations/csto',
  '/meetings/csto-cfm-2011-05-31',
  '/docs',
  '/docs/admit-member',
  '/nowhere',
];
/** One page of each kind, and errors that a browser may run into. */
const PAGES = [
  ...['/docs', '/docs/commands', '/docs/membership', '/docs/events', '/problems', '/problems/busy'],
  ...['/', '/meetings', '/meetings/csto-cfm-2011-05-31', '/meetings/csto-cfm-2011-05-31/statements/s3'],
  ...['/organizations', '/organizations/csto', '/organizations/csto?on=2000-01-01&asOf=85'],
  ...['/people/yerzhan-kazykhanov', '/decisions', '/topics', '/sources/mfa-kz-2011-05-31'],
  ...['/search?q=Afghanistan', '/entries/24', '/streams/membership-csto:armenia'],
  ...['/nowhere', '/organizations/none', '/organizations?limit=0', '/organizations/%ff'],
];

describeInChromium('pages in a browser', () => {
  let book: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    book = await startTestServer();
    await recordExampleBook(book);
    browser = await launchChromium();
    context = await browser.newContext({ viewport: DESKTOP });
    page = await context.newPage();
    page.on('console', (message) => {
      // The browser itself reports the status of an error page.
      const text = message.text();
      if (!text.startsWith('Failed to load resource')) complaints.push(`${page.url()}: ${text}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(book.url)) complaints.push(`${page.url()} requests ${request.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await cleanUp();
  });

  const listCommandPages = (): readonly string[] =>
    [...book.server.node.commandHandler.commands.keys()].map((name) => `/docs/${name}`);
  const listPages = (): readonly string[] => [...PAGES, ...listCommandPages()];

  async function findViolations(shown = page): Promise<readonly string[]> {
    const { violations } = await new AxeBuilder({ page: shown }).withTags(TAGS).setLegacyMode(true).analyze();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  it(
    'have no violation that axe finds, wide and narrow, light and dark',
    async () => {
      for (const [index, path] of listPages().entries()) {
        await page.goto(`${book.url}${path}`);
        // Axe takes long, and most pages are of few kinds: they take turns.
        const looks = SEEN_IN_ALL_LOOKS.includes(path)
          ? LOOKS
          : LOOKS.slice(index % LOOKS.length).slice(0, 1);
        for (const { viewport, colorScheme } of looks) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          const where = [path, viewport.width, colorScheme];
          expect([...where, await findViolations()]).toEqual([...where, []]);
        }
      }
    },
    BROWSER_TIMEOUT_MS,
  );

  it('do not scroll sideways on the narrowest screen', async () => {
    await page.setViewportSize(NARROWEST);
    for (const path of listPages()) {
      await page.goto(`${book.url}${path}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([path, width]).toEqual([path, NARROWEST.width]);
    }
  });

  it('are valid HTML', async () => {
    for (const path of listPages()) {
      const { text } = await book.get(path, { accept: 'text/html' });
      const { results } = await htmlValidate.validateString(text);
      const found = results.flatMap(({ messages }) =>
        messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
      );
      expect([path, found]).toEqual([path, []]);
    }
  });

  it.each([
    { status: 401, title: 'Authentication required', path: '/sources', role: undefined },
    { status: 403, title: 'Forbidden', path: '/audit/replays/none', role: 'reader' },
    { status: 429, title: 'Too many requests', path: '/sources', role: 'recorder' },
  ] as const)('explain $status to who may not, or sends too much', async ({ status, title, path, role }) => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated', RATE_LIMIT: '5' });
    const headers = role && { authorization: `Bearer ${closed.getKey(role)}` };
    if (status === 429) for (let n = 0; n < 5; n++) await closed.get(path, headers);
    const visitor = await browser.newContext({ viewport: DESKTOP });
    await visitor.setExtraHTTPHeaders(headers ?? {});
    const shown = await visitor.newPage();
    const answer = await shown.goto(`${closed.url}${path}`);
    expect([answer?.status(), await shown.innerText('h1')]).toEqual([status, title]);
    expect(await findViolations(shown)).toEqual([]);
    expect((await htmlValidate.validateString((await answer?.text()) ?? '')).results).toEqual([]);
    if (status === 429) expect(await shown.innerText('main')).toMatch(/\b\d+ seconds?\b/);
    await visitor.close();
  });

  it('say the same without script', async () => {
    const scriptless = await browser.newContext({ javaScriptEnabled: false, viewport: DESKTOP });
    const other = await scriptless.newPage();
    await page.setViewportSize(DESKTOP);
    for (const path of [...PAGES, '/docs/admit-member']) {
      await Promise.all([page.goto(`${book.url}${path}`), other.goto(`${book.url}${path}`)]);
      const [text, textWithout] = [await page.innerText('main'), await other.innerText('main')];
      expect([path, textWithout]).toEqual([path, text]);
      expect(text.length).toBeGreaterThan(50);
    }
    await scriptless.close();
  });

  it('have a link to skip the navigation, as the first thing that the keyboard reaches', async () => {
    await page.goto(`${book.url}/docs`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe(
      'Skip to the content',
    );
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
  });

  it('request nothing from elsewhere, and break no rule of their content security policy', () => {
    expect(complaints).toEqual([]);
  });
});
