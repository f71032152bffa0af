import {
  createJsonResponse,
  API_KEY_REQUIRED,
  htmlResponse,
  createPathParameters,
  createProblemResponse,
  textSchema,
} from '../shared/openapi-parts.js';

export const OPERATION_OPENAPI_PATHS = {
  '/projections': {
    get: {
      tags: ['Operations'],
      summary: 'The status and position of every read model.',
      responses: { 200: createJsonResponse('Statuses.', { type: 'object' }) },
    },
  },
  '/projections/{name}/rebuild': {
    post: {
      tags: ['Operations'],
      summary: 'Rebuilds a read model while its present generation serves.',
      parameters: createPathParameters(':name'),
      responses: {
        202: createJsonResponse('The rebuild has started.', { type: 'object' }),
        401: createProblemResponse('No API key, or an unknown one.'),
        403: createProblemResponse('Only the role admin may rebuild.'),
        404: createProblemResponse('No such read model.'),
      },
      security: API_KEY_REQUIRED,
    },
  },
  '/health/live': {
    get: {
      tags: ['Operations'],
      summary: 'Liveness: the process answers requests.',
      responses: { 200: createJsonResponse('Alive.', { type: 'object' }) },
    },
  },
  '/health/ready': {
    get: {
      tags: ['Operations'],
      summary: 'Readiness: every read model can be read.',
      responses: {
        200: createJsonResponse('Ready.', { type: 'object' }),
        503: createJsonResponse('Not ready.', { type: 'object' }),
      },
    },
  },
  '/problems': {
    get: {
      tags: ['Operations'],
      summary: 'All problems, as an HTML page.',
      responses: { 200: htmlResponse },
    },
  },
  '/problems/{code}': {
    get: {
      tags: ['Operations'],
      summary: 'The meaning and the remedy of a problem.',
      parameters: createPathParameters(':code'),
      responses: { 200: htmlResponse, 404: createProblemResponse('No such code.') },
    },
  },
  '/openapi.json': {
    get: {
      tags: ['Operations'],
      summary: 'This document.',
      responses: { 200: createJsonResponse('An OpenAPI document.', { type: 'object' }) },
    },
  },
  '/docs': {
    get: {
      tags: ['Operations'],
      summary: 'This document, as an HTML page.',
      responses: { 200: htmlResponse },
    },
  },
  '/docs/style.css': {
    get: {
      tags: ['Operations'],
      summary: 'The style sheet of the HTML pages.',
      responses: { 200: { description: 'A style sheet.', content: { 'text/css': { schema: textSchema } } } },
    },
  },
};
