// What the document says of the server's own state, and of its documentation.
import { json, KEY_ONLY, page, pathParameters, problem, text } from '../shared/openapi-parts.js';

export const OPERATION = {
  '/projections': {
    get: {
      tags: ['Operation'],
      summary: 'How far the read models are.',
      responses: { 200: json('Statuses.', { type: 'object' }) },
    },
  },
  '/projections/{name}/rebuild': {
    post: {
      tags: ['Operation'],
      summary: 'Folds a read model anew while the old one serves.',
      parameters: pathParameters(':name'),
      responses: {
        202: json('It has begun.', { type: 'object' }),
        401: problem('There is no key, or it is not known.'),
        403: problem('Only an admin may.'),
        404: problem('No such read model.'),
      },
      security: KEY_ONLY,
    },
  },
  '/health/live': {
    get: {
      tags: ['Operation'],
      summary: 'The process answers.',
      responses: { 200: json('It does.', { type: 'object' }) },
    },
  },
  '/health/ready': {
    get: {
      tags: ['Operation'],
      summary: 'Everything can be read.',
      responses: { 200: json('It can.', { type: 'object' }), 503: json('Not yet.', { type: 'object' }) },
    },
  },
  '/problems': {
    get: {
      tags: ['Operation'],
      summary: 'All problems, as a page.',
      responses: { 200: page },
    },
  },
  '/problems/{code}': {
    get: {
      tags: ['Operation'],
      summary: 'What a problem means and how to mend it.',
      parameters: pathParameters(':code'),
      responses: { 200: page, 404: problem('No such code.') },
    },
  },
  '/openapi.json': {
    get: {
      tags: ['Operation'],
      summary: 'This document.',
      responses: { 200: json('An OpenAPI document.', { type: 'object' }) },
    },
  },
  '/docs': {
    get: { tags: ['Operation'], summary: 'This document, as a page.', responses: { 200: page } },
  },
  '/docs/style.css': {
    get: {
      tags: ['Operation'],
      summary: 'The style of the pages.',
      responses: { 200: { description: 'A style sheet.', content: { 'text/css': { schema: text } } } },
    },
  },
};
