import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { publishedReadModels } from '../../../projections/index.js';
import { CommandHandler } from '../../commands/command-handler.js';
import { formatPublicPath } from '../../http/public-address.js';
import { createETag, JSON_TYPE, sendWithETag } from '../../http/conditional-response.js';
import type { Reply, Request } from '../../http/request.js';
import { Configuration } from '../../node/configuration.js';
import { Allow } from '../shared/access.guard.js';
import { html, type Html, renderPage, STYLESHEET } from './html.js';
import { createOpenApiDocument } from './openapi-document.js';
import { ProblemError } from '../../problems/problem-error.js';
import { problems } from '../../problems/problems.js';

const HTML_TYPE = 'text/html; charset=utf-8';

type Parameter = { readonly name: string; readonly in: string; readonly description?: string };
type OperationObject = {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: object } } };
  readonly responses: { readonly [status: string]: { readonly description: string } };
};
type Paths = { readonly [path: string]: { readonly [method: string]: OperationObject } };
type Operation = OperationObject & { readonly path: string; readonly method: string };

/** The documentation of the HTTP interface, for programs and for people. */
@Controller()
@Allow('open')
export class DocsController {
  readonly #document: ReturnType<typeof createOpenApiDocument>;
  readonly #documentBody: string;
  readonly #documentETag: string;

  constructor(commandHandler: CommandHandler, { basePath, publicOrigin = '' }: Configuration) {
    this.#document = createOpenApiDocument(
      commandHandler.commands.values(),
      publishedReadModels,
      `${publicOrigin}${basePath}` || '/',
    );
    this.#documentBody = JSON.stringify(this.#document);
    this.#documentETag = createETag(this.#documentBody);
  }

  @Get('openapi.json')
  async getOpenApi(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    void reply.header('cache-control', 'no-cache');
    await sendWithETag(request, reply, JSON_TYPE, this.#documentBody, this.#documentETag);
  }

  @Get('docs/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  getStylesheet() {
    return STYLESHEET;
  }

  @Get('docs')
  @Header('content-type', HTML_TYPE)
  getDocs(@Req() request: Request) {
    const operations = Object.entries(this.#document['paths'] as Paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Operation => ({ ...operation, path, method })),
    );
    const tags = [...new Set(operations.flatMap(({ tags }) => tags))];
    return renderPage(
      request,
      'HTTP interface',
      html`<h1>Minutebook: HTTP interface</h1>
        <p>
          For programs: <a href="${formatPublicPath(request, '/openapi.json')}">/openapi.json</a>. All
          problems: <a href="${formatPublicPath(request, '/problems')}">/problems</a>. Commands require an API
          key: <code>Authorization: Bearer &lt;key&gt;</code>.
        </p>
        <nav aria-label="Sections">
          <ul>
            ${tags.map((tag) => html`<li><a href="#${tag}">${toHeading(tag)}</a></li>`)}
          </ul>
        </nav>
        ${tags.map(
          (tag) =>
            html`<h2 id="${tag}">${toHeading(tag)}</h2>
              ${operations.filter((operation) => operation.tags.includes(tag)).map(renderOperation)}`,
        )}`,
    );
  }

  @Get('problems')
  @Header('content-type', HTML_TYPE)
  listProblems(@Req() request: Request) {
    return renderPage(
      request,
      'Problems',
      html`<h1>Problems</h1>
        <p>
          Errors are problem details (RFC 9457). The member "code" is stable; each code has a page that says
          what it means and what to do.
        </p>
        ${renderTable(
          ['Code', 'Status', 'Title'],
          Object.entries(problems)
            .toSorted(([, a], [, b]) => a.status - b.status)
            .map(([code, { status, title }]) => [
              html`<a href="${formatPublicPath(request, `/problems/${code}`)}"><code>${code}</code></a>`,
              html`${status}`,
              html`${title}`,
            ]),
        )}`,
    );
  }

  @Get('problems/:code')
  @Header('content-type', HTML_TYPE)
  getProblem(@Param('code') code: string, @Req() request: Request) {
    const known = Object.hasOwn(problems, code) ? problems[code] : undefined;
    if (!known) throw new ProblemError('not-found', `There is no problem "${code}"; /problems lists them.`);
    return renderPage(
      request,
      known.title,
      html`<h1>${known.title}</h1>
        <p><code>${code}</code>, status ${known.status}</p>
        <h2>Meaning</h2>
        <p>${known.meaning}</p>
        <h2>Remedy</h2>
        <p>${known.remedy}</p>
        <p><a href="${formatPublicPath(request, '/problems')}">All problems</a></p>`,
    );
  }
}

/** The heading of a tag: `meeting-record` is "Meeting record". */
const toHeading = (tag: string): string => (tag.charAt(0).toUpperCase() + tag.slice(1)).replaceAll('-', ' ');

const renderOperation = ({
  path,
  method,
  summary,
  parameters = [],
  requestBody,
  responses,
}: Operation): Html =>
  html`<h3 id="${method}-${path}"><code>${method.toUpperCase()} ${path}</code></h3>
    <p>${summary}</p>
    ${renderTable(
      ['Parameter', 'In', 'Meaning'],
      parameters.map(({ name, in: where, description = '' }) => [
        html`<code>${name}</code>`,
        html`${where}`,
        html`${description}`,
      ]),
    )}
    ${Object.entries(requestBody?.content ?? {}).map(
      ([type, { schema }]) =>
        html`<details>
          <summary>Body as <code>${type}</code></summary>
          <pre>${JSON.stringify(schema, null, 2)}</pre>
        </details>`,
    )}
    ${renderTable(
      ['Status', 'Response'],
      Object.entries(responses).map(([status, { description }]) => [html`${status}`, html`${description}`]),
    )}`;

/** Nothing if there are no rows. */
const renderTable = (heads: readonly string[], rows: readonly (readonly Html[])[]): readonly Html[] =>
  rows.length === 0
    ? []
    : [
        html`<table>
          <thead>
            <tr>
              ${heads.map((head) => html`<th scope="col">${head}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (cells) =>
                html`<tr>
                  ${cells.map((cell) => html`<td>${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>`,
      ];
