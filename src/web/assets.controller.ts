import { Controller, Get, Param, Res } from '@nestjs/common';
import { Allow } from '../api/shared/access.guard.js';
import type { Reply } from '../http/request.js';
import { ProblemError } from '../problems/problem-error.js';
import { ICON, ICON_PATH } from './icon.js';
import { STYLESHEET, STYLESHEET_PATH } from './stylesheet.js';

const ASSETS: { readonly [path: string]: { readonly type: string; readonly body: string } } = {
  [STYLESHEET_PATH]: { type: 'text/css; charset=utf-8', body: STYLESHEET },
  [ICON_PATH]: { type: 'image/svg+xml; charset=utf-8', body: ICON },
};

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
    const path = `/assets/${hash}/${file}`;
    const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
    if (!asset) throw new ProblemError('not-found', 'Another release has the file of this address.');
    void reply.headers({
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
    return asset.body;
  }
}
