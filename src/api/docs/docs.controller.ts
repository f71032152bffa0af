import { Controller, Get, Header, Param } from '@nestjs/common';
import { publishedReadModels } from '../../../projections/index.js';
import { CommandHandler } from '../../commands/command-handler.js';
import { Allow } from '../shared/access.guard.js';
import { html, type Html, renderPage, STYLESHEET } from './html.js';
import { createOpenApiDocument } from './openapi-document.js';
import { ProblemError } from '../../problems/problem-error.js';
import { problems } from '../../problems/problems.js';

const HTML_TYPE = 'text/html; charset=utf-8';

type Parameter = { readonly name: string; readonly in: string; readonly description?: string };
type Operation = {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly [type: string]: { readonly schema: object } } };
  readonly responses: { readonly [status: string]: { readonly description: string } };
};
type Paths = { readonly [path: string]: { readonly [method: string]: Operation } };

/** The documentation of the HTTP interface, for programs and for people. */
@Controller()
@Allow('open')
export class DocsController {
  readonly #document: ReturnType<typeof createOpenApiDocument>;

  constructor(commandHandler: CommandHandler) {
    this.#document = createOpenApiDocument(commandHandler.commands.values(), publishedReadModels);
  }

  @Get('openapi.json')
  getOpenApi() {
    return this.#document;
  }

  @Get('docs/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  getStylesheet() {
    return STYLESHEET;
  }

  @Get('docs')
  @Header('content-type', HTML_TYPE)
  getDocs() {
    const operations = Object.entries(this.#document['paths'] as Paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const tags = [...new Set(operations.flatMap((operation) => operation.tags))];
    return renderPage(
      'HTTP interface',
      html`<h1>Minutebook: HTTP interface</h1>
        <p>
          For programs: <a href="/openapi.json">/openapi.json</a>. All problems:
          <a href="/problems">/problems</a>. Commands require an API key:
          <code>Authorization: Bearer &lt;key&gt;</code>.
        </p>
        ${tags.map(
          (tag) =>
            html`<h2>${tag}</h2>
              ${operations.filter((operation) => operation.tags.includes(tag)).map(renderOperation)}`,
        )}`,
    );
  }

  @Get('problems')
  @Header('content-type', HTML_TYPE)
  listProblems() {
    return renderPage(
      'Problems',
      html`<h1>Problems</h1>
        <table>
          <tr>
            <th>Code</th>
            <th>Status</th>
            <th>Title</th>
          </tr>
          ${Object.entries(problems).map(
            ([code, { status, title }]) =>
              html`<tr>
                <td>
                  <a href="/problems/${code}"><code>${code}</code></a>
                </td>
                <td>${status}</td>
                <td>${title}</td>
              </tr>`,
          )}
        </table>`,
    );
  }

  @Get('problems/:code')
  @Header('content-type', HTML_TYPE)
  getProblem(@Param('code') code: string) {
    const known = Object.hasOwn(problems, code) ? problems[code] : undefined;
    if (!known) throw new ProblemError('not-found', `There is no problem "${code}"; /problems lists them.`);
    return renderPage(
      known.title,
      html`<h1>${known.title}</h1>
        <p><code>${code}</code>, status ${known.status}</p>
        <h2>Meaning</h2>
        <p>${known.meaning}</p>
        <h2>Remedy</h2>
        <p>${known.remedy}</p>
        <p><a href="/problems">All problems</a></p>`,
    );
  }
}

const renderOperation = ({
  path,
  method,
  summary,
  parameters = [],
  requestBody,
  responses,
}: Operation & { path: string; method: string }): Html =>
  html`<h3><code>${method.toUpperCase()} ${path}</code></h3>
    <p>${summary}</p>
    <table>
      ${parameters.map(
        ({ name, in: where, description = '' }) =>
          html`<tr>
            <td><code>${name}</code></td>
            <td>${where}</td>
            <td>${description}</td>
          </tr>`,
      )}
      ${Object.entries(responses).map(
        ([status, { description }]) =>
          html`<tr>
            <td>${status}</td>
            <td>response</td>
            <td>${description}</td>
          </tr>`,
      )}
    </table>
    ${Object.entries(requestBody?.content ?? {}).map(
      ([type, { schema }]) =>
        html`<p><code>${type}</code></p>
          <pre>${JSON.stringify(schema, null, 2)}</pre>`,
    )}`;
