import {
  createJsonResponse,
  createObjectSchema,
  createPathParameters,
  createProblemResponse,
  createQueryParameter,
  integerSchema,
  textSchema,
} from '../shared/openapi-parts.js';

const hashSchema = { type: 'string', format: 'byte' };
const hashesSchema = { type: 'array', items: hashSchema };
const createTextResponse = (description: string) => ({
  description,
  content: { 'text/plain': { schema: textSchema } },
});

export const PROOF_OPENAPI_PATHS = {
  '/checkpoint': {
    get: {
      tags: ['Proofs'],
      operationId: 'getCheckpoint',
      summary: 'The signed tree head (C2SP tlog-checkpoint). It covers every entry of the ledger.',
      responses: {
        200: createTextResponse('A signed note.'),
        503: createProblemResponse('The checkpoint cannot be stored now.'),
      },
    },
  },
  '/checkpoint/key': {
    get: {
      tags: ['Proofs'],
      operationId: 'getCheckpointKey',
      summary: 'The public key of the checkpoints (C2SP vkey).',
      responses: { 200: createTextResponse('One line.') },
    },
  },
  '/tile/{path}': {
    get: {
      tags: ['Proofs'],
      operationId: 'getTile',
      summary:
        'Hashes of the tree (<level>/<index>[.p/<width>]) and bundles of entries (entries/<index>[.p/<width>]): C2SP tlog-tiles.',
      parameters: createPathParameters(':path'),
      responses: {
        200: {
          description: 'The tile, which never changes.',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
        404: createProblemResponse('The tree has no such tile.'),
      },
    },
  },
  '/proofs/inclusion/{event}': {
    get: {
      tags: ['Proofs'],
      operationId: 'getInclusionProof',
      summary:
        'An inclusion proof of an event (RFC 6962, section 2.1.1). With the suffix .tlog-proof: its receipt (C2SP tlog-proof).',
      parameters: [
        ...createPathParameters(':event'),
        createQueryParameter(
          'size',
          { type: 'integer' },
          'The tree size; by default that of the checkpoint.',
        ),
      ],
      responses: {
        200: {
          ...createJsonResponse(
            'The audit path. "leaf" is the input of the leaf hash.',
            createObjectSchema({
              leafIndex: integerSchema,
              treeSize: integerSchema,
              hashes: hashesSchema,
              leaf: textSchema,
              root: hashSchema,
            }),
          ),
        },
        404: createProblemResponse('No such event.'),
        422: createProblemResponse('The tree never had this size, or had it before the event was recorded.'),
      },
    },
  },
  '/proofs/consistency': {
    get: {
      tags: ['Proofs'],
      operationId: 'getConsistencyProof',
      summary: 'A consistency proof between two tree sizes (RFC 6962, section 2.1.2).',
      parameters: [
        {
          ...createQueryParameter('from', { type: 'integer' }, 'The size of the older tree.'),
          required: true,
        },
        createQueryParameter(
          'to',
          { type: 'integer' },
          'The size of the newer tree; by default that of the checkpoint.',
        ),
      ],
      responses: {
        200: createJsonResponse(
          'The proof.',
          createObjectSchema({
            from: integerSchema,
            to: integerSchema,
            hashes: hashesSchema,
            fromRoot: hashSchema,
            toRoot: hashSchema,
          }),
        ),
        422: createProblemResponse('The tree never had these sizes in this order.'),
      },
    },
  },
};
