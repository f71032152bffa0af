import { Controller, Get, Req, Res } from '@nestjs/common';
import meetings from '../../projections/meetings/meetings.js';
import offices from '../../projections/offices/offices.js';
import organizations from '../../projections/organizations/organizations.js';
import { Allow } from '../api/shared/access.guard.js';
import { identifyQueueClient } from '../api/shared/principal.js';
import type { Reply, Request } from '../http/request.js';
import { ReadModels } from '../read-models/read-models.js';
import { createSite } from './site.js';
import { getToday } from '../api/shared/today.js';

/** How many addresses of each kind the site map has: the lists have the others. */
const ADDRESSES_MAX = 1_000;

/** The lists of things that have a page each, with the start of its path. */
const LISTED = [
  { model: meetings.model.name, query: 'calendar', path: '/meetings/' },
  { model: organizations.model.name, query: 'directory', path: '/organizations/' },
  { model: offices.model.name, query: 'people', path: '/people/' },
];
const FIXED_PATHS = [
  '/',
  '/meetings',
  '/organizations',
  '/people',
  '/decisions',
  '/topics',
  '/sources',
  '/docs',
];

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What programs that read the pages look for at fixed addresses. */
@Controller()
@Allow('open', { ignoresAccept: true })
export class SiteFilesController {
  constructor(private readonly readModels: ReadModels) {}

  /** States of the past are not indexed, as their pages say, too: there is one for each entry. */
  @Get('robots.txt')
  getRobots(@Req() request: Request, @Res({ passthrough: true }) reply: Reply): string {
    const { baseUrl, toPublicPath } = createSite(request);
    void reply.headers({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' });
    return `User-agent: *\nDisallow: ${toPublicPath('/*?*asOf=')}\nSitemap: ${baseUrl}/sitemap.xml\n`;
  }

  @Get('sitemap.xml')
  @Allow('read', { ignoresAccept: true })
  async getSitemap(@Req() request: Request, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    const { baseUrl } = createSite(request);
    const paths = [...FIXED_PATHS, ...(await this.#listPaths(request))];
    const urls = paths.map((path) => `<url><loc>${escapeXml(baseUrl + path)}</loc></url>`);
    void reply.headers({ 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'no-cache' });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('\n')}\n</urlset>\n`;
  }

  /** OpenSearch 1.1, by which a browser offers to search the book. */
  @Get('opensearch.xml')
  getOpenSearch(@Req() request: Request, @Res({ passthrough: true }) reply: Reply): string {
    const { baseUrl } = createSite(request);
    void reply.headers({
      'content-type': 'application/opensearchdescription+xml; charset=utf-8',
      'cache-control': 'no-cache',
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"><ShortName>Minutebook</ShortName><Description>Search the minute book</Description><InputEncoding>UTF-8</InputEncoding><Url type="text/html" template="${escapeXml(baseUrl)}/search?q={searchTerms}"/></OpenSearchDescription>\n`;
  }

  async #listPaths(request: Request): Promise<readonly string[]> {
    const client = identifyQueueClient(request);
    const day = getToday();
    const parameters = { path: {}, filters: {}, day, languages: [], limit: ADDRESSES_MAX };
    const paths: string[] = [];
    for (const { model, query, path } of LISTED) {
      const { items } = await this.readModels.query<{ readonly items: readonly { readonly id: string }[] }>(
        model,
        query,
        parameters,
        this.readModels.position(model),
        client,
      );
      paths.push(...items.map(({ id }) => path + encodeURIComponent(id)));
    }
    return paths;
  }
}
