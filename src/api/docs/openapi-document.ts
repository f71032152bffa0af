// The OpenAPI document (3.1), derived from the commands, the routes of the read models, and the problems.
import type { RegisteredCommand } from '../../commands/command-validation.js';
import type { PublishedReadModel } from '../../read-models/declaration/route.js';
import { RELEASE } from '../../node/release.js';
import { AUDIT_OPENAPI_PATHS } from '../audit/audit.openapi.js';
import { createCommandPath, COMMAND_OPENAPI_PATHS } from '../commands/commands.openapi.js';
import { EVENT_OPENAPI_PATHS } from '../events/events.openapi.js';
import { OPERATION_OPENAPI_PATHS } from '../operations/operations.openapi.js';
import { PROOF_OPENAPI_PATHS } from '../proofs/proofs.openapi.js';
import { createReadModelPaths } from '../read-models/read-models.openapi.js';
import { REPLAY_SCHEMA, REPLAY_OPENAPI_PATHS } from '../audit/replays.openapi.js';
import { OPENAPI_SCHEMAS } from '../shared/openapi-schemas.js';

type Json = { readonly [member: string]: unknown };

export function createOpenApiDocument(
  commands: Iterable<RegisteredCommand>,
  published: readonly PublishedReadModel[],
): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Minutebook',
      version: RELEASE,
      summary:
        'A minute book for organizations: an append-only record of who belongs, who met, who said what and what was decided.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      ...Object.fromEntries(
        [...commands].map((command) => [`/commands/${command.name}`, createCommandPath(command)]),
      ),
      ...COMMAND_OPENAPI_PATHS,
      ...EVENT_OPENAPI_PATHS,
      ...AUDIT_OPENAPI_PATHS,
      ...REPLAY_OPENAPI_PATHS,
      ...OPERATION_OPENAPI_PATHS,
      ...PROOF_OPENAPI_PATHS,
      ...Object.fromEntries(
        published.flatMap(({ model, routes }) =>
          routes.flatMap((route) => Object.entries(createReadModelPaths(model.name, route))),
        ),
      ),
    },
    components: {
      schemas: { ...OPENAPI_SCHEMAS, Replay: REPLAY_SCHEMA },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{}, { key: [] }],
  };
}
