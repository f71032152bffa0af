// What all operations of the OpenAPI document have in common: names, tags, headers, and answers about keys and rates.
type Response = { readonly description: string; readonly headers?: object } | { readonly $ref: string };
type Operation = {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly responses: { readonly [status: string]: Response };
};
type PathItem = { readonly [method: string]: Operation };
type OpenApiPaths = { readonly [path: string]: PathItem };

const OPENAPI_TAGS = [
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
  'Ledger-Behind': createHeader('Read models that did not have the entry in time, separated by commas.'),
  'Ledger-Age': createHeader(
    'For how many seconds a node of a cluster has not known whether it has every entry.',
    { type: 'integer' },
  ),
  'Ledger-Fault': createHeader('The ledger of this node contradicts a checkpoint.', {
    type: 'string',
    const: 'diverged',
  }),
  Degraded: createHeader('How many streams the read model has left out, if any.', { type: 'integer' }),
  'Content-Location': createHeader('The permalink: an address whose answer never changes.'),
  'Content-Disposition': createHeader('A name for the file.'),
  Projection: createHeader('The read model that answered: `<name>; version=<version>`.'),
  'Memento-Datetime': createHeader('When the entry was recorded (RFC 7089), if one was requested.'),
  Link: createHeader('The next page, the original, the timemap or the receipt (RFC 8288).'),
  Location: createHeader('The address of what was made, or where it is.'),
  'Retry-After': createHeader('After how many seconds to send it again.', { type: 'integer' }),
  'Cache-Control': createHeader('`immutable` for permalinks; `no-cache` for what changes.'),
  Vary: createHeader('The headers of the request on which the answer depends.'),
  'Idempotency-Replayed': createHeader('This is the earlier answer to the same Idempotency-Key.', {
    type: 'string',
    const: 'true',
  }),
  'Preference-Applied': createHeader('The preferences of Prefer that were applied (RFC 7240).'),
  Allow: createHeader('The methods of the address.'),
  'Accept-Post': createHeader('The media types that the address takes.'),
  'WWW-Authenticate': createHeader('The challenge of RFC 6750.'),
  'X-Request-Id': createHeader(
    'The id of the request, as the log has it; that of the request if it has one.',
  ),
} as const;
type HeaderName = keyof typeof OPENAPI_HEADERS;

const LEDGER_HEADERS: readonly HeaderName[] = ['ETag', 'Ledger-Entry', 'Ledger-Root', 'Link'];
const READ_MODEL_HEADERS: readonly HeaderName[] = [
  ...LEDGER_HEADERS,
  'Content-Location',
  'Content-Disposition',
  'Projection',
  'Memento-Datetime',
  'Degraded',
];
const RECORDING_HEADERS: readonly HeaderName[] = [
  ...LEDGER_HEADERS,
  'Location',
  'Ledger-Behind',
  'Idempotency-Replayed',
  'Preference-Applied',
];
/** Of any answer. */
const COMMON_HEADERS: readonly HeaderName[] = [
  'Cache-Control',
  'Vary',
  'X-Request-Id',
  'Ledger-Age',
  'Ledger-Fault',
];
const HEADERS_BY_STATUS: { readonly [status: string]: readonly HeaderName[] } = {
  302: ['Location', 'Link'],
  303: ['Location'],
  304: READ_MODEL_HEADERS,
  308: ['Location'],
  401: ['WWW-Authenticate'],
  405: ['Allow', 'Accept-Post'],
  415: ['Accept-Post'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

const refer = (kind: string, names: readonly (string | number)[]) =>
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
const isProblem = (status: string): boolean => Number(status) >= 400;
const isOpen = (path: string): boolean =>
  path === '/' || /^\/(?:assets|health|docs|problems|openapi|metrics|robots|opensearch)/.test(path);

function listSuccessHeaders(path: string, method: string, isReadModel: boolean): readonly HeaderName[] {
  if (method === 'post' && path.startsWith('/commands')) return RECORDING_HEADERS;
  if (isReadModel) return READ_MODEL_HEADERS;
  if (method === 'post') return ['Location', 'ETag'];
  if (path.endsWith('.csv')) return [...LEDGER_HEADERS, 'Degraded', 'Content-Disposition'];
  if (
    /^\/(?:audit|entries|events|streams|proofs|timemap|search|meetings\/\{meeting\}\/statements)/.test(path)
  )
    return [...LEDGER_HEADERS, 'Degraded'];
  return ['ETag'];
}

const addHeaders = (status: string, response: Response, success: readonly HeaderName[]): Response =>
  '$ref' in response
    ? response
    : {
        ...response,
        headers: refer('headers', [
          ...COMMON_HEADERS,
          ...(isSuccess(status) ? success : (HEADERS_BY_STATUS[status] ?? [])),
        ]),
      };

/** The responses with their headers, and with those that any address may give. */
function completeResponses(
  path: string,
  method: string,
  operation: Operation,
  isReadModel: boolean,
): { readonly [status: string]: Response } {
  const success = listSuccessHeaders(path, method, isReadModel);
  return {
    ...refer('responses', COMMON_RESPONSES),
    ...(isOpen(path) ? {} : refer('responses', AUTHORIZATION_RESPONSES)),
    ...(method === 'post' ? refer('responses', BODY_RESPONSES) : {}),
    ...Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        addHeaders(status, response, success),
      ]),
    ),
  };
}

/** Responses that many operations have in common, by status. */
const SHARED_RESPONSES = {
  308: 'The address without the slashes at its end, which is in Location.',
  400: 'The address or a header is malformed.',
  401: 'No key, or one that is not valid; reads need one only if they are closed.',
  403: 'The role of the key does not permit it.',
  406: 'The address has no representation that Accept or its suffix names.',
  405: 'The address has not this method; Allow names those that it has.',
  408: 'The request was not sent in time.',
  413: 'The body is larger than 512 KiB.',
  414: 'The address is too long.',
  415: 'The body has a media type or a coding that the address does not take.',
  417: 'The header Expect names something else than 100-continue.',
  429: 'Too many requests of this client.',
  431: 'The headers are too large.',
  500: 'An error of the server, or damaged data.',
  501: 'The method or the transfer coding is unknown.',
  503: 'It cannot be answered now; Retry-After says when to send it again.',
} as const;
type SharedStatus = keyof typeof SHARED_RESPONSES;

const COMMON_RESPONSES: readonly SharedStatus[] = [
  308, 400, 405, 406, 408, 414, 417, 429, 431, 500, 501, 503,
];
const AUTHORIZATION_RESPONSES: readonly SharedStatus[] = [401, 403];
const BODY_RESPONSES: readonly SharedStatus[] = [413, 415];

/** The shared responses as components, whose names are their statuses. */
export const createOpenApiResponses = (problemContent: object) =>
  Object.fromEntries(
    Object.entries(SHARED_RESPONSES).map(([status, description]) => [
      status,
      addHeaders(status, { description, ...(isProblem(status) && { content: problemContent }) }, []),
    ]),
  );

/** The declared tags, and one for each further tag of an operation, described by the first such operation. */
export function createOpenApiTags(
  completePaths: OpenApiPaths,
): readonly { readonly name: string; readonly description: string }[] {
  const descriptions = new Map<string, string>(
    OPENAPI_TAGS.map(({ name, description }) => [name, description]),
  );
  for (const item of Object.values(completePaths))
    for (const { tags = [], summary = '' } of Object.values(item))
      for (const tag of tags) if (!descriptions.has(tag)) descriptions.set(tag, summary);
  return [...descriptions].map(([name, description]) => ({ name, description }));
}

/** All paths with an operationId, tags, headers, and the responses that any address may give. */
export function completeOpenApiPaths(paths: OpenApiPaths, readModelPaths: ReadonlySet<string>): OpenApiPaths {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) => {
          const isReadModel = readModelPaths.has(path);
          const [, resource = ''] = /^\/([^/.]*)/.exec(path) ?? [];
          // Pages and files of the server stay together, wherever their addresses are.
          const tag = operation.tags?.includes('Operations') ? undefined : RESOURCE_TAGS[resource];
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
