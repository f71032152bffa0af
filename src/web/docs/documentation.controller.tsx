import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Allow } from '../../api/shared/access.guard.js';
import { ApiDescription, type DescribedSchema } from '../../api/shared/api-description.js';
import { CommandHandler } from '../../commands/command-handler.js';
import { createCommandSchema } from '../../commands/command-schema.js';
import { shortenText } from '../../errors/shorten-text.js';
import { getRepresentation } from '../../http/representation.js';
import type { Reply, Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';
import { sendPage, sendRevalidatedJson } from '../send-page.js';
import { CommandIndex, renderCommand } from './command-pages.js';
import { renderOverview } from './overview-page.js';
import { renderTopic } from './topic-page.js';
import { listTopics, type Topic, type TopicOperation } from './topics.js';

const describeOperation = ({ operationId, method, path, summary }: TopicOperation) => ({ operationId, method, path, summary }); // prettier-ignore
const describeTopic = ({ name, title, about }: Topic) => ({ name, title, about });

/** The documentation of the HTTP interface: pages for people; as JSON what a page is about, of a command its schema. */
@Controller('docs')
@Allow('open', { representations: ['html', 'json'] })
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
    if (getRepresentation(request) === 'html')
      return sendPage(request, reply, renderOverview(request, this.#topics));
    const items = this.#topics.map((topic) => describeTopic(topic));
    return sendRevalidatedJson(request, reply, { items });
  }

  @Get(':name')
  async getPage(@Param('name') name: string, @Req() request: Request, @Res() reply: Reply): Promise<void> {
    const isPage = getRepresentation(request) === 'html';
    const command = this.commandHandler.commands.get(name);
    if (command)
      return isPage
        ? sendPage(request, reply, renderCommand(request, command))
        : sendRevalidatedJson(
            request,
            reply,
            createCommandSchema(command, request.server.publicAddress.basePath),
          );
    const topic = this.#topics.find((each) => each.name === name);
    if (!topic)
      throw new ProblemError('not-found', `The documentation has no page "${shortenText(name)}"; see /docs.`);
    return isPage
      ? sendPage(request, reply, this.#renderTopic(request, topic))
      : sendRevalidatedJson(request, reply, {
          ...describeTopic(topic),
          operations: topic.operations.map(describeOperation),
        });
  }

  #renderTopic(request: Request, topic: Topic): string {
    const commands = [...this.commandHandler.commands.values()];
    const index = topic.name === 'commands' && <CommandIndex commands={commands} />;
    return renderTopic(request, topic, (schema) => this.#resolve(schema), index);
  }

  #resolve(schema: DescribedSchema): DescribedSchema {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (this.description.components.schemas[name] ?? schema);
  }
}
