import { Controller, Get, Req, Res } from '@nestjs/common';
import { isPublic } from '../../auth/authorization.js';
import { VARY } from '../../http/conditional-response.js';
import { formatPublicPath } from '../../http/public-address.js';
import { getRepresentation } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { Configuration } from '../../node/configuration.js';
import { RELEASE } from '../../node/release.js';
import { Allow } from '../shared/access.guard.js';
import { PageResponder } from '../shared/page-responder.js';

/** Where a client goes on from `/`, by what it finds there. */
const LINKS = {
  documentation: '/docs',
  openapi: '/openapi.json',
  commands: '/commands',
  organizations: '/organizations',
  people: '/people',
  meetings: '/meetings',
  upcomingMeetings: '/meetings/upcoming',
  statements: '/statements',
  decisions: '/decisions',
  topics: '/topics',
  sources: '/sources',
  events: '/events',
  changes: '/audit/changes',
  projections: '/projections',
  checkpoint: '/checkpoint',
  health: '/health/ready',
} as const;

/** The first address of the server: what it is, and where to go on. */
@Controller()
@Allow('open', { representations: ['json', 'html'] })
export class RootController {
  constructor(
    private readonly configuration: Configuration,
    private readonly pageResponder: PageResponder,
  ) {}

  /**
   * The same for everybody, so that it is answered also where reads need a key. Browsers get the page of the book, or,
   * where that needs a key, go on to the documentation.
   */
  @Get()
  async getRoot(@Req() request: Request, @Res({ passthrough: true }) reply: Reply) {
    const isPage = getRepresentation(request) === 'html';
    if (isPage && isPublic('read', this.configuration)) {
      await this.pageResponder.respond('/', request, reply);
      return undefined;
    }
    void reply.headers({ 'cache-control': 'no-cache', vary: VARY });
    if (isPage) {
      void reply.code(303).header('location', formatPublicPath(request, LINKS.documentation));
      return undefined;
    }
    const links = Object.entries(LINKS).map(
      ([name, path]) => [name, formatPublicPath(request, path)] as const,
    );
    return { name: 'Minutebook', version: RELEASE, links: Object.fromEntries(links) };
  }
}
