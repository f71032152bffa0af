// What the document says of the server's own state, and of its documentation.
import {
  createJsonResponse,
  KEY_REQUIRED,
  htmlResponse,
  createPathParameters,
  createProblemResponse,
  textSchema,
} from '../shared/openapi-parts.js';

export const OPERATION_PATHS = {
  '/projections': {
    get: {
      tags: ['Operation'],
      summary: 'How far the read models are.',
      responses: { 200: createJsonResponse('Statuses.', { type: 'object' }) },
    },
  },
  '/projections/{name}/rebuild': {
    post: {
      tags: ['Operation'],
      summary: 'Folds a read model anew while the old one serves.',
      parameters: createPathParameters(':name'),
      responses: {
        202: createJsonResponse('It has begun.', { type: 'object' }),
        401: createProblemResponse('There is no key, or it is not known.'),
        403: createProblemResponse('Only an admin may.'),
        404: createProblemResponse('No such read model.'),
      },
      security: KEY_REQUIRED,
    },
  },
  '/health/live': {
    get: {
      tags: ['Operation'],
      summary: 'The process answers.',
      responses: { 200: createJsonResponse('It does.', { type: 'object' }) },
    },
  },
  '/health/ready': {
    get: {
      tags: ['Operation'],
      summary: 'Everything can be read.',
      responses: {
        200: createJsonResponse('It can.', { type: 'object' }),
        503: createJsonResponse('Not yet.', { type: 'object' }),
      },
    },
  },
  '/problems': {
    get: {
      tags: ['Operation'],
      summary: 'All problems, as a page.',
      responses: { 200: htmlResponse },
    },
  },
  '/problems/{code}': {
    get: {
      tags: ['Operation'],
      summary: 'What a problem means and how to mend it.',
      parameters: createPathParameters(':code'),
      responses: { 200: htmlResponse, 404: createProblemResponse('No such code.') },
    },
  },
  '/openapi.json': {
    get: {
      tags: ['Operation'],
      summary: 'This document.',
      responses: { 200: createJsonResponse('An OpenAPI document.', { type: 'object' }) },
    },
  },
  '/docs': {
    get: { tags: ['Operation'], summary: 'This document, as a page.', responses: { 200: htmlResponse } },
  },
  '/docs/style.css': {
    get: {
      tags: ['Operation'],
      summary: 'The style of the pages.',
      responses: { 200: { description: 'A style sheet.', content: { 'text/css': { schema: textSchema } } } },
    },
  },
};
