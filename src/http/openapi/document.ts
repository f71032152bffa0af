// The OpenAPI document (3.1): from the commands, the read models' routes and the problems, so that none is said twice.
import type { CommandEntry } from '../../domain/admission.js';
import type { Published } from '../../read-models/route.js';
import { AUDIT } from './audit.js';
import { commandPath, COMMANDS } from './commands.js';
import { FACTS } from './facts.js';
import { OPERATION } from './operation.js';
import { PROOFS } from './proofs.js';
import { readPaths } from './read-models.js';
import { REPLAY, REPLAYS } from './replays.js';
import { SCHEMAS } from './schemas.js';

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
