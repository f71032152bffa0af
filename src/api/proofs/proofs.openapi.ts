// What the document says of proofs.
import { json, pathParameters, problem, query, text } from '../shared/openapi-parts.js';

const hashes = { type: 'array', items: { type: 'string', format: 'byte' } };
const plain = (description: string) => ({ description, content: { 'text/plain': { schema: text } } });

export const PROOFS = {
  '/checkpoint': {
    get: {
      tags: ['Proofs'],
      summary:
        'The signed size and root of the book: C2SP tlog-checkpoint. It covers every entry that there is.',
      responses: { 200: plain('A signed note.'), 503: problem('It cannot be stored now.') },
    },
  },
  '/checkpoint/key': {
    get: {
      tags: ['Proofs'],
      summary: 'The public key that checkpoints are signed with, as a C2SP vkey.',
      responses: { 200: plain('One line.') },
    },
  },
  '/tile/{path}': {
    get: {
      tags: ['Proofs'],
      summary:
        'Hashes of the tree (<level>/<index>[.p/<width>]) and bundles of entries (entries/<index>[.p/<width>]): C2SP tlog-tiles.',
      parameters: pathParameters(':path'),
      responses: {
        200: {
          description: 'It never changes.',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
        404: problem('The tree has no such tile.'),
      },
    },
  },
  '/proofs/inclusion/{event}': {
    get: {
      tags: ['Proofs'],
      summary:
        'That the book holds an event (RFC 6962, section 2.1.1). With .tlog-proof behind the id: its receipt, a C2SP tlog-proof.',
      parameters: [
        ...pathParameters(':event'),
        query('size', { type: 'integer' }, 'Entries of the tree; by default those of the checkpoint.'),
      ],
      responses: {
        200: {
          ...json('The audit path. leaf is what the leaf hash is made of.', {
            type: 'object',
            required: ['leafIndex', 'treeSize', 'hashes', 'leaf', 'root'],
            properties: {
              leafIndex: { type: 'integer' },
              treeSize: { type: 'integer' },
              hashes,
              leaf: text,
              root: { type: 'string', format: 'byte' },
            },
          }),
        },
        404: problem('No such event.'),
        422: problem('The tree never had this size, or had it before the event.'),
      },
    },
  },
  '/proofs/consistency': {
    get: {
      tags: ['Proofs'],
      summary: 'That the book only grew from one size to another (RFC 6962, section 2.1.2).',
      parameters: [
        { ...query('from', { type: 'integer' }, 'Entries of the older tree.'), required: true },
        query('to', { type: 'integer' }, 'Entries of the newer tree; by default those of the checkpoint.'),
      ],
      responses: {
        200: json('The proof.', {
          type: 'object',
          required: ['from', 'to', 'hashes', 'fromRoot', 'toRoot'],
          properties: {
            from: { type: 'integer' },
            to: { type: 'integer' },
            hashes,
            fromRoot: { type: 'string', format: 'byte' },
            toRoot: { type: 'string', format: 'byte' },
          },
        }),
        422: problem('The tree never had these sizes, or not in this order.'),
      },
    },
  },
};
