import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Allow } from '../../api/shared/access.guard.js';
import { shortenText } from '../../errors/shorten-text.js';
import { getRepresentation } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';
import { problems } from '../../problems/problems.js';
import { sendPage, sendRevalidatedJson } from '../send-page.js';
import { renderProblem, renderProblems } from './problem-pages.js';

/** The catalog of problems: pages for people, JSON for programs. */
@Controller('problems')
@Allow('open', { representations: ['json', 'html'] })
export class ProblemsController {
  @Get()
  async listProblems(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (getRepresentation(request) === 'html') return sendPage(request, reply, renderProblems(request));
    return sendRevalidatedJson(request, reply, { items: Object.keys(problems).map(describeProblem) });
  }

  @Get(':code')
  async getProblem(@Param('code') code: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    if (!Object.hasOwn(problems, code))
      throw new ProblemError(
        'not-found',
        `There is no problem "${shortenText(code)}"; /problems lists them.`,
      );
    if (getRepresentation(request) === 'html') return sendPage(request, reply, renderProblem(request, code));
    return sendRevalidatedJson(request, reply, describeProblem(code));
  }
}

const describeProblem = (code: string) => ({ code, ...problems[code] });
