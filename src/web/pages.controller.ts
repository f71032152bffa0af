import { Controller, Get, Req, Res } from '@nestjs/common';
import { Allow } from '../api/shared/access.guard.js';
import { PageResponder } from '../api/shared/page-responder.js';
import type { Reply, Request } from '../http/request.js';

/** Pages at addresses where there is nothing else: what they show is in the JSON of others. */
@Controller()
@Allow('read', { representations: ['html'] })
export class PagesController {
  constructor(private readonly pageResponder: PageResponder) {}

  @Get('search')
  getSearch(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.pageResponder.respond('/search', request, reply);
  }

  @Get('meetings/:meeting/statements/:statement')
  getStatement(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.pageResponder.respond('/meetings/:meeting/statements/:statement', request, reply);
  }
}
