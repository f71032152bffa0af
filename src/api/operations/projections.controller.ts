import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { AuthenticatedPrincipal } from '../../auth/authenticator.js';
import { Ledger } from '../../ledger/ledger.js';
import { ProblemError } from '../../problems/problem-error.js';
import type { ReadModelStatus } from '../../read-models/read-model-status.js';
import { ReadModels } from '../../read-models/read-models.js';
import { Allow } from '../shared/access.guard.js';
import { Principal } from '../shared/principal.js';

/** Status and rebuild of the read models. */
@Controller('projections')
export class ProjectionsController {
  constructor(
    private readonly ledger: Ledger,
    private readonly readModels: ReadModels,
  ) {}

  @Get()
  @Allow('read')
  listProjections(@Principal() { role }: AuthenticatedPrincipal) {
    const items = this.readModels
      .statuses()
      .map((status) => (role === 'admin' ? status : hideReason(status)));
    return { items, next: null, entry: this.ledger.getHead().entry };
  }

  /** Builds a new generation while the present one serves; GET shows the progress. */
  @Post(':name/rebuild')
  @Allow('administer')
  @HttpCode(202)
  rebuild(@Param('name') name: string) {
    const { readModels } = this;
    if (!readModels.statuses().some((status) => status.name === name))
      throw new ProblemError('unknown-id', `There is no read model "${name}"; GET /projections lists them.`);
    readModels.rebuild(name);
    return readModels.statuses().find((status) => status.name === name);
  }
}

/** Messages of the operating system and of SQLite name files of the server: only an admin is shown them. */
const hideReason = ({ reason, ...status }: ReadModelStatus): ReadModelStatus =>
  reason === undefined
    ? status
    : { ...status, reason: 'The log of the server says why; an admin is shown it here.' };
