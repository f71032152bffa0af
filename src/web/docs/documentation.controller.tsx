import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Allow } from '../../api/shared/access.guard.js';
import { ApiDescription, type DescribedSchema } from '../../api/shared/api-description.js';
import { CommandHandler } from '../../commands/command-handler.js';
import { shortenText } from '../../errors/shorten-text.js';
import type { Reply, Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';
import { sendPage } from '../send-page.js';
import { CommandIndex, renderCommand } from './command-pages.js';
import { renderOverview } from './overview-page.js';
import { renderTopic } from './topic-page.js';
import { listTopics, type Topic } from './topics.js';

/** The documentation of the HTTP interface, for people. */
@Controller('docs')
@Allow('open')
export class DocumentationController {
  readonly #topics: readonly Topic[];

  constructor(
    private readonly description: ApiDescription,
    private readonly commandHandler: CommandHandler,
  ) {
    this.#topics = listTopics(description);
  }

  @Get()
  async getOverview(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await sendPage(request, reply, renderOverview(request, this.#topics));
  }

  @Get(':name')
  async getPage(@Param('name') name: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    await sendPage(request, reply, this.#renderPage(name, request));
  }

  /** Throws ProblemError if the documentation has no page of this name. */
  #renderPage(name: string, request: Request): string {
    const { commands } = this.commandHandler;
    const command = commands.get(name);
    if (command) return renderCommand(request, command);
    const topic = this.#topics.find((each) => each.name === name);
    if (!topic)
      throw new ProblemError('not-found', `The documentation has no page "${shortenText(name)}"; see /docs.`);
    const index = name === 'commands' && <CommandIndex commands={[...commands.values()]} />;
    return renderTopic(request, topic, (schema) => this.#resolve(schema), index);
  }

  #resolve(schema: DescribedSchema): DescribedSchema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (this.description.components.schemas[name] ?? schema);
  }
}
