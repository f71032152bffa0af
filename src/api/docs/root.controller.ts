import { Controller, Get, Req, Res } from '@nestjs/common';
import { VARY } from '../../http/conditional-response.js';
import { formatPublicPath } from '../../http/public-address.js';
import { getRepresentation } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { RELEASE } from '../../node/release.js';
import { Allow } from '../shared/access.guard.js';

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
  /** The same for everybody, so that it is answered also where reads need a key. Browsers go on to the documentation. */
  @Get()
  getRoot(@Req() request: Request, @Res({ passthrough: true }) reply: Reply) {
    void reply.headers({ 'cache-control': 'no-cache', vary: VARY });
    if (getRepresentation(request) === 'html') {
      void reply.code(303).header('location', formatPublicPath(request, LINKS.documentation));
      return undefined;
    }
    const links = Object.entries(LINKS).map(
      ([name, path]) => [name, formatPublicPath(request, path)] as const,
    );
    return { name: 'Minutebook', version: RELEASE, links: Object.fromEntries(links) };
  }
}
