// What the document says of proofs.
import {
  createJsonResponse,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  textSchema,
} from '../shared/openapi-parts.js';

const hashesSchema = { type: 'array', items: { type: 'string', format: 'byte' } };
const createTextResponse = (description: string) => ({
  description,
  content: { 'text/plain': { schema: textSchema } },
});

export const PROOF_PATHS = {
  '/checkpoint': {
    get: {
      tags: ['Proofs'],
      summary:
        'The signed size and root of the book: C2SP tlog-checkpoint. It covers every entry that there is.',
      responses: {
        200: createTextResponse('A signed note.'),
        503: createProblemResponse('It cannot be stored now.'),
      },
    },
  },
  '/checkpoint/key': {
    get: {
      tags: ['Proofs'],
      summary: 'The public key that checkpoints are signed with, as a C2SP vkey.',
      responses: { 200: createTextResponse('One line.') },
    },
  },
  '/tile/{path}': {
    get: {
      tags: ['Proofs'],
      summary:
        'Hashes of the tree (<level>/<index>[.p/<width>]) and bundles of entries (entries/<index>[.p/<width>]): C2SP tlog-tiles.',
      parameters: createPathParameters(':path'),
      responses: {
        200: {
          description: 'It never changes.',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
        404: createProblemResponse('The tree has no such tile.'),
      },
    },
  },
  '/proofs/inclusion/{event}': {
    get: {
      tags: ['Proofs'],
      summary:
        'That the book holds an event (RFC 6962, section 2.1.1). With .tlog-proof behind the id: its receipt, a C2SP tlog-proof.',
      parameters: [
        ...createPathParameters(':event'),
        createQueryParameter(
          'size',
          { type: 'integer' },
          'Entries of the tree; by default those of the checkpoint.',
        ),
      ],
      responses: {
        200: {
          ...createJsonResponse('The audit path. leaf is what the leaf hash is made of.', {
            type: 'object',
            required: ['leafIndex', 'treeSize', 'hashes', 'leaf', 'root'],
            properties: {
              leafIndex: { type: 'integer' },
              treeSize: { type: 'integer' },
              hashes: hashesSchema,
              leaf: textSchema,
              root: { type: 'string', format: 'byte' },
            },
          }),
        },
        404: createProblemResponse('No such event.'),
        422: createProblemResponse('The tree never had this size, or had it before the event.'),
      },
    },
  },
  '/proofs/consistency': {
    get: {
      tags: ['Proofs'],
      summary: 'That the book only grew from one size to another (RFC 6962, section 2.1.2).',
      parameters: [
        {
          ...createQueryParameter('from', { type: 'integer' }, 'Entries of the older tree.'),
          required: true,
        },
        createQueryParameter(
          'to',
          { type: 'integer' },
          'Entries of the newer tree; by default those of the checkpoint.',
        ),
      ],
      responses: {
        200: createJsonResponse('The proof.', {
          type: 'object',
          required: ['from', 'to', 'hashes', 'fromRoot', 'toRoot'],
          properties: {
            from: { type: 'integer' },
            to: { type: 'integer' },
            hashes: hashesSchema,
            fromRoot: { type: 'string', format: 'byte' },
            toRoot: { type: 'string', format: 'byte' },
          },
        }),
        422: createProblemResponse('The tree never had these sizes, or not in this order.'),
      },
    },
  },
};
