// Compares answers of a server with what its OpenAPI document declares: status, media type, and every member of a body.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { TestResponse } from '../../../support/test-server.js';

type Schema = { readonly [keyword: string]: unknown };
type Response = {
  readonly $ref?: string;
  readonly headers?: { readonly [name: string]: object };
  readonly content?: { readonly [mediaType: string]: { readonly schema: Schema } };
};
type Operation = { readonly responses: { readonly [status: string]: Response } };
export type OpenApiDocument = {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: {
    readonly schemas: { readonly [name: string]: Schema };
    readonly responses: { readonly [name: string]: Response };
    readonly headers: { readonly [name: string]: object };
  };
};

/** Where a schema stands in the document. */
type DeclaredBody = {
  readonly name: string;
  readonly pointer: readonly string[];
  readonly headers: { readonly [name: string]: object };
};

const isJson = (mediaType: string): boolean => /[/+]json$/.test(mediaType) || mediaType.endsWith('ndjson');

export class AnswerValidator {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, formats: { edtf: true, bcp47: true } });
  readonly #document: OpenApiDocument;
  /** Templates with fewer parameters first, as the router prefers them. */
  readonly #templates: readonly { readonly template: string; readonly pattern: RegExp }[];
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #validated = new Set<string>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, 'openapi');
    this.#templates = Object.keys(document.paths)
      .toSorted((a, b) => a.split('{').length - b.split('{').length || (a < b ? -1 : 1))
      .map((template) => ({
        template,
        pattern: new RegExp(
          `^${template
            .replaceAll('.', '\\.')
            .replaceAll('{path}', '.+')
            .replaceAll(/\{\w+\}/g, '[^/]+')}$`,
        ),
      }));
  }

  /**
   * What is not as documented; undefined if nothing is. Lines of NDJSON are compared one by one. Headers that the document
   * has for any answer must be those of this one.
   */
  findMistake(method: string, address: string, { status, headers, text }: TestResponse): unknown {
    const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const path = address.split('?', 1)[0] ?? '';
    const template = this.#findTemplate(method, path);
    if (template === undefined)
      return status === 404 || status === 405 ? undefined : `${method} ${address} is not documented`;
    const declared = this.#findBody(template, method, status, mediaType);
    if (!declared) return `${method} ${address} has no documented ${mediaType || 'empty body'} for ${status}`;
    const undocumented = Object.keys(this.#document.components.headers).filter(
      (name) => headers.has(name) && !(name in declared.headers),
    );
    if (undocumented.length > 0) return { method, address, status, undocumented };
    this.#validated.add(declared.name);
    if (!isJson(mediaType)) return undefined;
    const validate = this.#getValidator(declared);
    const bodies = mediaType.endsWith('ndjson') ? text.trim().split('\n') : [text];
    const errors = bodies.flatMap((body) => (validate(JSON.parse(body)) ? [] : (validate.errors ?? [])));
    return errors.length === 0 ? undefined : { method, address, errors };
  }

  /** The documented bodies of successes that no answer has had. */
  listUnvalidated(): readonly string[] {
    return Object.entries(this.#document.paths)
      .flatMap(([template, item]) =>
        Object.entries(item).flatMap(([method, { responses }]) =>
          Object.entries(responses)
            .filter(([status]) => status.startsWith('2'))
            .flatMap(([status, { content = {} }]) =>
              Object.keys(content).map((mediaType) => `${method} ${template} ${status} ${mediaType}`),
            ),
        ),
      )
      .filter((name) => !this.#validated.has(name));
  }

  #getValidator({ name, pointer }: DeclaredBody): ValidateFunction {
    const known = this.#validators.get(name);
    const validate = known ?? this.#ajv.compile({ $ref: `openapi#/${pointer.map(escapeToken).join('/')}` });
    this.#validators.set(name, validate);
    return validate;
  }

  #findTemplate(method: string, path: string): string | undefined {
    return this.#templates.find(
      ({ template, pattern }) => pattern.test(path) && this.#document.paths[template]?.[method],
    )?.template;
  }

  #findBody(template: string, method: string, status: number, mediaType: string): DeclaredBody | undefined {
    const name = `${method} ${template} ${status} ${mediaType}`;
    const response = this.#document.paths[template]?.[method]?.responses[String(status)];
    const shared = response?.$ref?.split('/').at(-1);
    const { content, headers = {} } =
      (shared === undefined ? response : this.#document.components.responses[shared]) ?? {};
    if (response && mediaType === '') return content ? undefined : { name, pointer: [], headers };
    if (content?.[mediaType] === undefined) return undefined;
    const at =
      shared === undefined
        ? ['paths', template, method, 'responses', String(status)]
        : ['components', 'responses', shared];
    return { name, pointer: [...at, 'content', mediaType, 'schema'], headers };
  }
}

const escapeToken = (token: string): string =>
  encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The places of a schema at which an object may have members that it does not name, or a value has no type. */
export function listOpenParts(schema: Schema, at: string): readonly string[] {
  const { properties, items, additionalProperties } = schema;
  const isObject = [schema['type']].flat().includes('object') || properties !== undefined;
  const keywords = Object.keys(schema).filter((keyword) => keyword !== 'description');
  const isOpen =
    keywords.length === 0 ||
    (isObject && (additionalProperties === undefined || additionalProperties === true)) ||
    (schema['type'] === 'array' && items === undefined);
  return [
    ...(isOpen ? [at] : []),
    ...Object.entries((properties ?? {}) as { readonly [name: string]: Schema }).flatMap(([name, member]) =>
      listOpenParts(member, `${at}/${name}`),
    ),
    ...[items, additionalProperties]
      .filter((each) => typeof each === 'object')
      .flatMap((each) => listOpenParts(each as Schema, `${at}/*`)),
    // Beside the members of a closed object they are conditions on those.
    ...(isObject && !isOpen ? [] : ['anyOf', 'oneOf', 'allOf']).flatMap((keyword) =>
      ((schema[keyword] ?? []) as readonly Schema[]).flatMap((each, index) =>
        listOpenParts(each, `${at}/${keyword}/${index}`),
      ),
    ),
  ];
}
