// What all operations of the OpenAPI document have in common: names, tags, headers, and answers about keys and rates.
type Response = { readonly description: string; readonly headers?: object } | { readonly $ref: string };
type Operation = {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: { readonly [status: string]: Response };
};
type PathItem = { readonly [method: string]: Operation };
type OpenApiPaths = { readonly [path: string]: PathItem };

export const OPENAPI_TAGS = [
  { name: 'Organizations', description: 'Who there is, who belongs, who observes, who holds which office.' },
  { name: 'People', description: 'People, their offices and memberships.' },
  { name: 'Meetings', description: 'The calendar, and the record of each meeting.' },
  { name: 'Statements', description: 'Who said what, and on what.' },
  { name: 'Decisions', description: 'What was decided, and how.' },
  { name: 'Sources', description: 'What events rest on.' },
  { name: 'Events', description: 'The ledger itself: events as they were recorded, a live feed, exports.' },
  { name: 'Audit', description: 'What changed, who changed it, and whether the book is whole.' },
  { name: 'Proofs', description: 'Checkpoints, tiles and proofs, to be verified offline.' },
  { name: 'Commands', description: 'Recording. Needs a key.' },
  { name: 'Operations', description: 'Health, metrics, read models, and this documentation.' },
] as const;

const RESOURCE_TAGS: { readonly [resource: string]: (typeof OPENAPI_TAGS)[number]['name'] } = {
  organizations: 'Organizations',
  people: 'People',
  meetings: 'Meetings',
  statements: 'Statements',
  topics: 'Statements',
  decisions: 'Decisions',
  sources: 'Sources',
};

const createHeader = (description: string, schema: object = { type: 'string' }) => ({ description, schema });
/** The headers of answers, as components. */
export const OPENAPI_HEADERS = {
  ETag: createHeader(
    'A strong validator, for If-None-Match; of a recorded command the revision of its stream.',
  ),
  'Ledger-Entry': createHeader('The entry as of which the answer is.', { type: 'integer' }),
  'Ledger-Root': createHeader('The RFC 6962 root of the tree of the entries up to Ledger-Entry, base64.'),
  'Content-Location': createHeader('The permalink: an address whose answer never changes.'),
  Projection: createHeader('The read model that answered: `<name>; version=<version>`.'),
  'Memento-Datetime': createHeader('When the entry was recorded (RFC 7089), if one was requested.'),
  Link: createHeader('The next page, the original and the timemap (RFC 8288).'),
  Location: createHeader('The address of what was made.'),
  'Retry-After': createHeader('After how many seconds to send it again.', { type: 'integer' }),
  'Cache-Control': createHeader('`immutable` for permalinks; `no-cache` for what changes.'),
} as const;

const LEDGER_HEADERS = ['ETag', 'Ledger-Entry', 'Ledger-Root', 'Cache-Control', 'Link'] as const;
const READ_MODEL_HEADERS = [...LEDGER_HEADERS, 'Content-Location', 'Projection', 'Memento-Datetime'] as const;
const RECORDING_HEADERS = [...LEDGER_HEADERS, 'Location'] as const;

const refer = (kind: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/${kind}/${name}` }]));

const toPascalCase = (words: string): string =>
  words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** `listOrganizationMembers` for a list below a thing, `getOrganization` for the thing itself. */
function createOperationId(method: string, path: string, isList: boolean): string {
  const segments = path.split('/').slice(1);
  const names = segments.map((segment) => segment.replace(/^\{(\w+)\}(?:\.\w+)?$/, '$1'));
  const owner = segments.length > 2 && segments[1]?.startsWith('{') ? names.slice(1) : names;
  const isThing = segments.at(-1)?.startsWith('{') === true;
  const verb = method === 'get' ? (isList ? 'list' : 'get') : method;
  return `${verb}${toPascalCase((isThing ? owner.slice(-1) : owner).join(' '))}`;
}

const isSuccess = (status: string): boolean => status.startsWith('2');
const isOpen = (path: string): boolean =>
  path === '/' || /^\/(?:health|docs|problems|openapi|metrics)/.test(path);

/** The responses with their headers, and with the refusals that any address may give. */
function completeResponses(
  path: string,
  method: string,
  operation: Operation,
  isReadModel: boolean,
): { readonly [status: string]: Response } {
  const headers =
    method === 'post' && path.startsWith('/commands')
      ? RECORDING_HEADERS
      : isReadModel
        ? READ_MODEL_HEADERS
        : path.startsWith('/audit/') || path.startsWith('/events') || path.startsWith('/streams')
          ? LEDGER_HEADERS
          : (['Cache-Control'] as const);
  const responses = Object.entries(operation.responses).map(([status, response]): [string, Response] => [
    status,
    isSuccess(status)
      ? { headers: refer('headers', headers), ...response }
      : status === '503' || status === '429'
        ? { ...response, headers: refer('headers', ['Retry-After']) }
        : response,
  ]);
  return {
    ...(isOpen(path) ? {} : OPENAPI_KEY_REFERENCES),
    429: { $ref: '#/components/responses/RateLimited' },
    ...Object.fromEntries(responses),
  };
}

const OPENAPI_KEY_REFERENCES = {
  401: { $ref: '#/components/responses/Unauthorized' },
  403: { $ref: '#/components/responses/Forbidden' },
};

export const OPENAPI_RESPONSES = {
  Unauthorized: { description: 'No key, or one that is not valid; reads need one only if they are closed.' },
  Forbidden: { description: 'The role of the key does not permit it.' },
  RateLimited: { description: 'Too many requests of this client.' },
} as const;

/** All paths with an operationId, tags, headers, and the responses that any address may give. */
export function completeOpenApiPaths(paths: OpenApiPaths, readModelPaths: ReadonlySet<string>): OpenApiPaths {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) => {
          const isReadModel = readModelPaths.has(path);
          const tag = RESOURCE_TAGS[path.split('/')[1] ?? ''];
          const isList = isReadModel && !path.endsWith('}');
          return [
            method,
            {
              operationId: createOperationId(method, path, isList),
              ...operation,
              ...(tag && { tags: [tag] }),
              responses: completeResponses(path, method, operation, isReadModel),
            },
          ];
        }),
      ),
    ]),
  );
}
