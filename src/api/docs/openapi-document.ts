// The OpenAPI document (3.1): from the commands, the read models' routes and the problems, so that none is said twice.
import type { CommandEntry } from '../../commands/command-validation.js';
import type { Published } from '../../read-models/declaration/route.js';
import { AUDIT } from '../audit/audit.openapi.js';
import { commandPath, COMMANDS } from '../commands/commands.openapi.js';
import { FACTS } from '../events/events.openapi.js';
import { OPERATION } from '../operations/operations.openapi.js';
import { PROOFS } from '../proofs/proofs.openapi.js';
import { readPaths } from '../read-models/read-models.openapi.js';
import { REPLAY, REPLAYS } from '../audit/replays.openapi.js';
import { SCHEMAS } from '../shared/openapi-schemas.js';

type Json = { readonly [member: string]: unknown };

export function openApi(commands: Iterable<CommandEntry>, published: readonly Published[]): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Minutebook',
      version: '1',
      summary:
        'A minute book for organisations: an append-only record of who belongs, who met, who said what and what was decided.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      ...Object.fromEntries(
        [...commands].map((command) => [`/commands/${command.name}`, commandPath(command)]),
      ),
      ...COMMANDS,
      ...FACTS,
      ...AUDIT,
      ...REPLAYS,
      ...OPERATION,
      ...PROOFS,
      ...Object.fromEntries(
        published.flatMap(({ model, routes }) =>
          routes.flatMap((route) => Object.entries(readPaths(model.name, route))),
        ),
      ),
    },
    components: {
      schemas: { ...SCHEMAS, Replay: REPLAY },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{}, { key: [] }],
  };
}
