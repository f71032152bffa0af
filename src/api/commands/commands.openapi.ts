import type { RegisteredCommand } from '../../commands/command-validation.js';
import { toJsonSchema } from '../../domain/request-fields.js';
import {
  createHeaderParameter,
  createJsonResponse,
  API_KEY_REQUIRED,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
  textSchema,
} from '../shared/openapi-parts.js';

const RECORDING_RESPONSES = {
  200: createJsonResponse(
    'Nothing to record (no events), or a repeated Idempotency-Key (the earlier answer). With check=true: the command is accepted, and nothing was recorded.',
    { anyOf: ['RecordedCommand', 'CheckedCommand'].map(createSchemaReference) },
  ),
  201: createJsonResponse('The events were recorded.', createSchemaReference('RecordedCommand')),
  202: createJsonResponse(
    'The events are durable; the read models were not awaited (Prefer: respond-async).',
    createSchemaReference('RecordedCommand'),
  ),
  400: createProblemResponse('The body is not JSON in UTF-8.'),
  401: createProblemResponse('No API key, or an unknown one.'),
  403: createProblemResponse('The role of the key does not permit recording.'),
  409: createProblemResponse('A rule of the domain refuses the command.'),
  412: createProblemResponse('The stream has not the revision that If-Match or If-None-Match requires.'),
  413: createProblemResponse('The body is larger than 512 KiB.'),
  415: createProblemResponse('The body is not JSON.'),
  422: createProblemResponse('A field is missing, unknown or malformed, or a reference is unknown.'),
  429: createProblemResponse('More requests than one principal may send per minute.'),
  503: createProblemResponse('The events cannot be made durable now.'),
};
const schemaResponse = {
  description: 'JSON Schema 2020-12.',
  content: { 'application/schema+json': { schema: createSchemaReference('CommandSchema') } },
};
const CONDITION_PARAMETERS = [
  createQueryParameter(
    'check',
    { type: 'boolean', default: false },
    'true: everything is judged as of the present entry, which Ledger-Entry names, and as after the commands before it, and nothing is recorded. Refusals are the same; what is accepted is 200, without entries.',
  ),
  createHeaderParameter(
    'Idempotency-Key',
    'Makes the command safe to send again at any time. 1 to 255 visible ASCII characters.',
  ),
  createHeaderParameter(
    'If-Match',
    'The required revision of the stream, in quotes, or a list of them; * if the stream must exist.',
  ),
  createHeaderParameter('If-None-Match', '* if the stream must not exist yet.'),
  createHeaderParameter(
    'Prefer',
    'respond-async: answer as soon as the events are durable. return=representation: include a receipt.',
  ),
];

/** `admitMember` for admit-member. */
const toOperationId = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const toSchemaName = (name: string): string => {
  const id = toOperationId(name);
  return `${id.charAt(0).toUpperCase()}${id.slice(1)}Data`;
};

/** The data of each command, and any command with its data. */
export const createCommandSchemas = (commands: readonly RegisteredCommand[]) => ({
  ...Object.fromEntries(commands.map(({ name, request }) => [toSchemaName(name), toJsonSchema(request)])),
  CommandEnvelope: { oneOf: commands.map(({ name }) => createEnvelopeSchema(name)) },
  CommandLine: {
    oneOf: commands.map(({ name }) =>
      createEnvelopeSchema(name, {
        idempotencyKey: textSchema,
        recordedAt: { type: 'string', format: 'date-time' },
      }),
    ),
  },
});

const createEnvelopeSchema = (name: string, more: object = {}) => ({
  type: 'object',
  required: ['command', 'data'],
  properties: {
    command: { type: 'string', const: name },
    data: createSchemaReference(toSchemaName(name)),
    ...more,
  },
  additionalProperties: false,
});

export const createCommandPath = ({ name, about, example }: RegisteredCommand) => ({
  post: {
    tags: ['Commands'],
    operationId: toOperationId(name),
    summary: about,
    parameters: CONDITION_PARAMETERS,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: createSchemaReference(toSchemaName(name)), example } },
    },
    responses: RECORDING_RESPONSES,
    security: API_KEY_REQUIRED,
  },
});

export const COMMAND_OPENAPI_PATHS = {
  '/commands': {
    get: {
      tags: ['Commands'],
      operationId: 'listCommands',
      summary: 'The commands.',
      responses: {
        200: createJsonResponse('A list.', {
          type: 'object',
          required: ['items'],
          properties: {
            items: {
              type: 'array',
              items: {
                type: 'object',
                required: ['name', 'about', 'event', 'stream', 'schema'],
                properties: {
                  name: textSchema,
                  about: textSchema,
                  event: { type: 'string', description: 'The type of the event that it records.' },
                  stream: { type: ['string', 'null'], description: 'The category of its streams.' },
                  schema: { type: 'string', format: 'uri-reference' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        }),
      },
    },
    post: {
      tags: ['Commands'],
      operationId: 'sendCommands',
      summary:
        'Several commands: as JSON a group of one stream, recorded together or not at all; as NDJSON any number, with one result per line. An export (role admin) is recognized by its first line and imported unchanged into an empty book, as a whole or not at all.',
      parameters: [
        ...CONDITION_PARAMETERS,
        createQueryParameter(
          'onError',
          { type: 'string', enum: ['continue', 'stop'], default: 'continue' },
          'For NDJSON: whether a failed line stops the processing.',
        ),
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'array',
              minItems: 1,
              maxItems: 100,
              items: createSchemaReference('CommandEnvelope'),
            },
          },
          'application/x-ndjson': {
            schema: { anyOf: [createSchemaReference('CommandLine'), createSchemaReference('ExportLine')] },
          },
        },
      },
      responses: {
        ...RECORDING_RESPONSES,
        200: {
          description:
            'As for one command; for NDJSON one result per line. For an export: status 202 after every 1,000 entries read, then 201 (200 if it has no entries) for the last line when all entries are durable; or the first invalid line, and then nothing was imported. With check=true the status of a line is the one that it would have, without an entry; an export is refused.',
          content: {
            'application/json': {
              schema: { anyOf: ['RecordedCommand', 'CheckedCommand'].map(createSchemaReference) },
            },
            'application/x-ndjson': { schema: createSchemaReference('LineResult') },
          },
        },
      },
      security: API_KEY_REQUIRED,
    },
  },
  '/commands/{name}': {
    get: {
      tags: ['Commands'],
      operationId: 'getCommandSchema',
      summary: 'The JSON Schema of a command.',
      parameters: createPathParameters(':name'),
      responses: { 200: schemaResponse, 404: createProblemResponse('No such command.') },
    },
  },
};
