// What the document says of commands.
import type { CommandEntry } from '../../commands/command-validation.js';
import { schemaOf } from '../../domain/request-metadata.js';
import { headerOf, json, KEY_ONLY, pathParameters, problem, query, ref } from '../shared/openapi-parts.js';

const RECORDING = {
  200: json(
    'It stands already (no events), or the same Idempotency-Key came again (the earlier answer).',
    ref('Recording'),
  ),
  201: json('The facts were recorded.', ref('Recording')),
  202: json(
    'The facts are durable; the read models were not awaited (Prefer: respond-async).',
    ref('Recording'),
  ),
  400: problem('The body is not JSON in UTF-8.'),
  401: problem('There is no key, or it is not known.'),
  403: problem('The key may not record.'),
  409: problem('A rule of the domain refuses.'),
  412: problem('If-Match names another revision.'),
  413: problem('The body is larger than 512 KiB.'),
  415: problem('The body is not JSON.'),
  422: problem('A field is missing, unknown or malformed, or a reference is unknown.'),
  429: problem('More requests than one principal may send in a minute.'),
  503: problem('It cannot be made durable now.'),
};
const schemaAnswer = {
  description: 'JSON Schema 2020-12.',
  content: { 'application/schema+json': { schema: { type: 'object' } } },
};
const CONDITIONS = [
  headerOf('Idempotency-Key', 'Makes the command safe to send again, for ever. 1 to 255 visible characters.'),
  headerOf('If-Match', 'The revision that the stream must have, in quotes.'),
  headerOf(
    'Prefer',
    'respond-async: answer as soon as it is durable. return=representation: with a receipt.',
  ),
];

export const commandPath = ({ name, about, request }: CommandEntry) => ({
  get: {
    tags: ['Commands'],
    summary: `The JSON Schema of ${name}.`,
    responses: { 200: schemaAnswer },
  },
  post: {
    tags: ['Commands'],
    operationId: name,
    summary: about,
    parameters: CONDITIONS,
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request) } } },
    responses: RECORDING,
    security: KEY_ONLY,
  },
});

export const COMMANDS = {
  '/commands': {
    get: {
      tags: ['Commands'],
      summary: 'The commands there are.',
      responses: { 200: json('A list.', { type: 'object' }) },
    },
    post: {
      tags: ['Commands'],
      summary:
        'Several commands: as JSON a group of one stream, recorded together or not at all; as NDJSON any number, one result a line. An export (role admin) is told by its first line and imported as it is into an empty book, all of it or nothing.',
      parameters: [
        ...CONDITIONS,
        query(
          'onError',
          { enum: ['continue', 'stop'] },
          'For NDJSON: whether a line that fails stops the rest.',
        ),
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'array', minItems: 1, maxItems: 100, items: ref('Wording') },
          },
          'application/x-ndjson': { schema: { anyOf: [ref('Line'), ref('ExportLine')] } },
        },
      },
      responses: {
        ...RECORDING,
        200: {
          description:
            'As for one command, or for NDJSON one result a line. Of an export: status 202 for every 1,000 entries that were read, then 201 (200 if it has no entries) for its last line when all are durable, or the first line that does not fit, and then nothing was imported.',
          content: {
            'application/json': { schema: ref('Recording') },
            'application/x-ndjson': { schema: ref('LineResult') },
          },
        },
      },
      security: KEY_ONLY,
    },
  },
  '/commands/{name}': {
    get: {
      tags: ['Commands'],
      summary: "A command's JSON Schema.",
      parameters: pathParameters(':name'),
      responses: { 200: schemaAnswer, 404: problem('No such command.') },
    },
  },
};
