import { Controller, Get, Req, Res } from '@nestjs/common';
import { createETag, JSON_TYPE, sendWithETag } from '../../http/conditional-response.js';
import type { Reply, Request } from '../../http/request.js';
import { Allow } from '../shared/access.guard.js';
import { ApiDescription } from '../shared/api-description.js';

/** The documentation of the HTTP interface, for programs. */
@Controller()
@Allow('open', { ignoresAccept: true })
export class OpenApiController {
  readonly #body: string;
  readonly #etag: string;

  constructor(description: ApiDescription) {
    this.#body = JSON.stringify(description);
    this.#etag = createETag(this.#body);
  }

  @Get('openapi.json')
  async getOpenApi(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    void reply.header('cache-control', 'no-cache');
    await sendWithETag(request, reply, JSON_TYPE, this.#body, this.#etag);
  }
}
