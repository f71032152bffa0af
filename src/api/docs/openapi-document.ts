// The OpenAPI document (3.1), derived from the commands, the routes of the read models, and the problems.
import type { RegisteredCommand } from '../../commands/command-validation.js';
import { RELEASE } from '../../node/release.js';
import type { PublishedReadModel } from '../../read-models/declaration/route.js';
import { AUDIT_OPENAPI_PATHS } from '../audit/audit.openapi.js';
import {
  createCommandPath,
  createCommandSchemas,
  COMMAND_OPENAPI_PATHS,
} from '../commands/commands.openapi.js';
import { EVENT_OPENAPI_PATHS } from '../events/events.openapi.js';
import { OPERATION_OPENAPI_PATHS } from '../operations/operations.openapi.js';
import { PROOF_OPENAPI_PATHS } from '../proofs/proofs.openapi.js';
import {
  createListedValueSchema,
  createReadModelPaths,
  TIMEMAP_OPENAPI_PATHS,
} from '../read-models/read-models.openapi.js';
import { REPLAY_SCHEMAS, REPLAY_OPENAPI_PATHS } from '../audit/replays.openapi.js';
import { OpenApiComponents } from '../shared/openapi-components.js';
import { OPENAPI_DOCUMENT_SCHEMAS } from '../shared/openapi-document-schemas.js';
import { OPENAPI_SCHEMAS } from '../shared/openapi-schemas.js';
import {
  completeOpenApiPaths,
  createOpenApiResponses,
  createOpenApiTags,
  OPENAPI_HEADERS,
} from './complete-openapi-paths.js';

type Json = { readonly [member: string]: unknown };

export function createOpenApiDocument(
  commands: Iterable<RegisteredCommand>,
  published: readonly PublishedReadModel[],
  /** Where clients reach the server: a path, with its origin if that is known. */
  serverUrl: string,
): Json {
  const components = new OpenApiComponents();
  const registered = [...commands];
  const readModelPaths = Object.fromEntries(
    published.flatMap((each) =>
      each.routes.flatMap((route) => Object.entries(createReadModelPaths(each, route, components))),
    ),
  );
  const listedValue = createListedValueSchema(published, components);
  const uncompletedPaths = {
    ...readModelPaths,
    ...TIMEMAP_OPENAPI_PATHS,
    ...EVENT_OPENAPI_PATHS,
    ...AUDIT_OPENAPI_PATHS,
    ...REPLAY_OPENAPI_PATHS,
    ...PROOF_OPENAPI_PATHS,
    ...COMMAND_OPENAPI_PATHS,
    ...Object.fromEntries(
      registered.map((command) => [`/commands/${command.name}`, createCommandPath(command)]),
    ),
    ...OPERATION_OPENAPI_PATHS,
  };
  const paths = completeOpenApiPaths(uncompletedPaths, new Set(Object.keys(readModelPaths)));
  const problemContent = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Minutebook',
      version: RELEASE,
      summary:
        'A minute book for organizations: an append-only record of who belongs, who met, who said what and what was decided.',
      description:
        'A suffix at the end of the path selects a representation, as Accept does, and is stronger: `.json` of every resource, `.csv` of lists, `.html` of what has a page. One suffix, the longest of .popolo.json .akn.xml .html .json .atom .csv .ics .md, is always taken off, so what is called `x.ics` has the address `x.ics.json`. What an address does not offer is 406, or 404 with another suffix.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl, description: 'This server.' }],
    tags: createOpenApiTags(paths),
    paths,
    components: {
      schemas: {
        ...OPENAPI_SCHEMAS,
        ...OPENAPI_DOCUMENT_SCHEMAS,
        ...REPLAY_SCHEMAS,
        ListedValue: listedValue,
        ...components.schemas,
        ...createCommandSchemas(registered),
      },
      headers: OPENAPI_HEADERS,
      responses: createOpenApiResponses(problemContent),
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{}, { key: [] }],
  };
}
