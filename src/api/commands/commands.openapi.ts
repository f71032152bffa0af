// What the document says of commands.
import type { RegisteredCommand } from '../../commands/command-validation.js';
import { toJsonSchema } from '../../domain/request-metadata.js';
import {
  createHeaderParameter,
  createJsonResponse,
  KEY_REQUIRED,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  createSchemaReference,
} from '../shared/openapi-parts.js';

const RECORDING_RESPONSES = {
  200: createJsonResponse(
    'It stands already (no events), or the same Idempotency-Key came again (the earlier answer).',
    createSchemaReference('Recording'),
  ),
  201: createJsonResponse('The facts were recorded.', createSchemaReference('Recording')),
  202: createJsonResponse(
    'The facts are durable; the read models were not awaited (Prefer: respond-async).',
    createSchemaReference('Recording'),
  ),
  400: createProblemResponse('The body is not JSON in UTF-8.'),
  401: createProblemResponse('There is no key, or it is not known.'),
  403: createProblemResponse('The key may not record.'),
  409: createProblemResponse('A rule of the domain refuses.'),
  412: createProblemResponse('If-Match names another revision.'),
  413: createProblemResponse('The body is larger than 512 KiB.'),
  415: createProblemResponse('The body is not JSON.'),
  422: createProblemResponse('A field is missing, unknown or malformed, or a reference is unknown.'),
  429: createProblemResponse('More requests than one principal may send in a minute.'),
  503: createProblemResponse('It cannot be made durable now.'),
};
const schemaResponse = {
  description: 'JSON Schema 2020-12.',
  content: { 'application/schema+json': { schema: { type: 'object' } } },
};
const CONDITION_PARAMETERS = [
  createHeaderParameter(
    'Idempotency-Key',
    'Makes the command safe to send again, for ever. 1 to 255 visible characters.',
  ),
  createHeaderParameter('If-Match', 'The revision that the stream must have, in quotes.'),
  createHeaderParameter(
    'Prefer',
    'respond-async: answer as soon as it is durable. return=representation: with a receipt.',
  ),
];

export const createCommandPath = ({ name, about, request }: RegisteredCommand) => ({
  get: {
    tags: ['Commands'],
    summary: `The JSON Schema of ${name}.`,
    responses: { 200: schemaResponse },
  },
  post: {
    tags: ['Commands'],
    operationId: name,
    summary: about,
    parameters: CONDITION_PARAMETERS,
    requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(request) } } },
    responses: RECORDING_RESPONSES,
    security: KEY_REQUIRED,
  },
});

export const COMMAND_PATHS = {
  '/commands': {
    get: {
      tags: ['Commands'],
      summary: 'The commands there are.',
      responses: { 200: createJsonResponse('A list.', { type: 'object' }) },
    },
    post: {
      tags: ['Commands'],
      summary:
        'Several commands: as JSON a group of one stream, recorded together or not at all; as NDJSON any number, one result a line. An export (role admin) is told by its first line and imported as it is into an empty book, all of it or nothing.',
      parameters: [
        ...CONDITION_PARAMETERS,
        createQueryParameter(
          'onError',
          { enum: ['continue', 'stop'] },
          'For NDJSON: whether a line that fails stops the rest.',
        ),
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'array', minItems: 1, maxItems: 100, items: createSchemaReference('Wording') },
          },
          'application/x-ndjson': {
            schema: { anyOf: [createSchemaReference('Line'), createSchemaReference('ExportLine')] },
          },
        },
      },
      responses: {
        ...RECORDING_RESPONSES,
        200: {
          description:
            'As for one command, or for NDJSON one result a line. Of an export: status 202 for every 1,000 entries that were read, then 201 (200 if it has no entries) for its last line when all are durable, or the first line that does not fit, and then nothing was imported.',
          content: {
            'application/json': { schema: createSchemaReference('Recording') },
            'application/x-ndjson': { schema: createSchemaReference('LineResult') },
          },
        },
      },
      security: KEY_REQUIRED,
    },
  },
  '/commands/{name}': {
    get: {
      tags: ['Commands'],
      summary: "A command's JSON Schema.",
      parameters: createPathParameters(':name'),
      responses: { 200: schemaResponse, 404: createProblemResponse('No such command.') },
    },
  },
};
