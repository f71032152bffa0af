import { Controller, Get, Param, Res } from '@nestjs/common';
import { Allow } from '../api/shared/access.guard.js';
import type { Reply } from '../http/request.js';
import { ProblemError } from '../problems/problem-error.js';
import { STYLESHEET, STYLESHEET_PATH } from './stylesheet.js';

/** The files of the pages, each under the hash of its content. */
@Controller('assets')
@Allow('open', { ignoresAccept: true })
export class AssetsController {
  @Get(':hash/:file')
  getAsset(
    @Param('hash') hash: string,
    @Param('file') file: string,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    if (`/assets/${hash}/${file}` !== STYLESHEET_PATH)
      throw new ProblemError('not-found', 'Another release has the file of this address.');
    void reply.headers({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    return STYLESHEET;
  }
}
