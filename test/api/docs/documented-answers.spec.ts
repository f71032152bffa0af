// Every answer to a GET has the shape that the OpenAPI document declares, and no other members.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { projectRoot } from '../../support/project-root.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

type MediaTypes = { readonly [type: string]: { readonly schema: object } };
type Response = { readonly content?: MediaTypes; readonly $ref?: string };
type Operation = {
  readonly operationId?: string;
  readonly responses: { readonly [status: string]: Response };
};
type OpenApiDocument = {
  readonly servers: readonly object[];
  readonly paths: { readonly [path: string]: { readonly get?: Operation } };
  readonly components: {
    readonly schemas: object;
    readonly responses: { readonly [name: string]: Response };
  };
};
type Answer = { readonly path: string; readonly status: number; readonly body: unknown };

const recorded = readFileSync(join(projectRoot, 'test/specimens/csto-book/recorded-answers.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer)
  .filter(({ body }) => typeof body === 'object');

let server: TestServer;
let document: OpenApiDocument;
let ajv: Ajv2020;
/** Templates with fewer parameters first, as the router prefers them. */
let templates: readonly { readonly template: string; readonly pattern: RegExp }[];

beforeAll(async () => {
  server = await startTestServer();
  document = JSON.parse((await server.get('/openapi.json')).text) as OpenApiDocument;
  ajv = new Ajv2020({ strict: false, allErrors: true, formats: { edtf: true, bcp47: true } });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
  templates = Object.keys(document.paths)
    .filter((path) => document.paths[path]?.get)
    .toSorted((a, b) => a.split('{').length - b.split('{').length || (a < b ? -1 : 1))
    .map((template) => ({
      template,
      pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
});
afterAll(cleanUp);

const findTemplate = (path: string): string | undefined =>
  templates.find(({ pattern }) => pattern.test(path.split('?', 1)[0] ?? ''))?.template;

const escape = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** A response, or the shared one that it refers to, with the address of its schema in the document. */
function findResponse(template: string, status: number): { response: Response; at: string[] } | undefined {
  const response = document.paths[template]?.get?.responses[String(status)];
  if (response?.$ref === undefined)
    return response && { response, at: ['paths', template, 'get', 'responses', String(status)] };
  const name = response.$ref.split('/').at(-1) ?? '';
  const shared = document.components.responses[name];
  return shared && { response: shared, at: ['components', 'responses', name] };
}

/** What is wrong with an answer; undefined if its status and its body are documented. */
function findMistake({ path, status, body }: Answer): unknown {
  const template = findTemplate(path);
  if (template === undefined)
    return status === 404 || status === 405 ? undefined : `${path} is not documented`;
  const found = findResponse(template, status);
  const types = found?.response.content ?? {};
  const type = status >= 400 ? 'application/problem+json' : Object.keys(types)[0];
  if (!found || type === undefined || !(type in types)) return `${path} has no documented body for ${status}`;
  const pointer = [...found.at, 'content', type, 'schema'].map((each) => encodeURIComponent(escape(each)));
  const validate = ajv.compile({ $ref: `openapi#/${pointer.join('/')}` });
  return validate(body) ? undefined : { path, errors: validate.errors };
}

const READ_MODEL = /^\/(?:organizations|people|meetings|statements|topics|decisions|sources)(?!.*\.csv$)/;

describe('the answers that are documented', () => {
  it('are those of the example book', () => {
    expect(recorded.length).toBeGreaterThan(500);
    expect(recorded.map(findMistake).filter((mistake) => mistake !== undefined)).toEqual([]);
  });

  it('are those of an empty book', async () => {
    for (const template of Object.keys(document.paths).filter((path) => document.paths[path]?.get)) {
      if (template.includes('{')) continue;
      const answer = await server.get(template);
      const isJson = answer.headers.get('content-type')?.includes('json');
      if (isJson)
        expect(
          findMistake({ path: template, status: answer.status, body: JSON.parse(answer.text) }),
        ).toBeUndefined();
    }
  });

  it('cover every GET of the document that the example book answers', () => {
    const covered = new Set(
      recorded.filter(({ status }) => status === 200).map(({ path }) => findTemplate(path)),
    );
    const missing = Object.keys(document.paths).filter((path) => READ_MODEL.test(path) && !covered.has(path));
    expect(missing).toEqual([]);
  });
});
