import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { OpenedNode } from '../../node/open-node.js';
import { Allow } from '../shared/access.guard.js';
import { ProblemError } from '../../problems/problem-error.js';

/** How far the read models are. */
@Controller('projections')
export class ProjectionsController {
  constructor(private readonly book: OpenedNode) {}

  @Get()
  @Allow('read')
  listProjections() {
    return { items: this.book.readModels.statuses(), next: null, entry: this.book.ledger.getHead().entry };
  }

  /** Folds a new generation while the old one serves; GET shows the progress. */
  @Post(':name/rebuild')
  @Allow('administer')
  @HttpCode(202)
  rebuild(@Param('name') name: string) {
    const { readModels } = this.book;
    if (!readModels.statuses().some((status) => status.name === name))
      throw new ProblemError('unknown-id', `There is no read model "${name}"; GET /projections lists them.`);
    readModels.rebuild(name);
    return readModels.statuses().find((status) => status.name === name);
  }
}
