// Which pages of other origins may read and write here (CORS, Fetch standard, section 3.2).
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Request } from '../http/request.js';
import { addToVary } from './compression.js';
import { PREFLIGHT_MAX_AGE_SECONDS } from './timeouts.js';

type CrossOriginSettings = {
  /** Whether reading needs no key: then any page may read. */
  readonly publicReads: boolean;
  /** The origins whose pages may also write, and read where reading needs a key. */
  readonly corsOrigins: readonly string[];
};

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const WRITE_METHODS = ['GET', 'HEAD', 'POST', 'DELETE'] as const;

/** What a page may send. No cookie is among it: a key is in the header that the page sets itself. */
const ALLOWED_HEADERS = [
  'Accept',
  'Accept-Datetime',
  'Accept-Language',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Ledger-Entry',
  'Prefer',
  'Traceparent',
  'X-Correlation-Id',
  'X-Request-Id',
];
/** What a page may see of an answer, beyond what every page may. */
const EXPOSED_HEADERS = [
  'Accept-Post',
  'Allow',
  'Content-Disposition',
  'Content-Location',
  'Degraded',
  'ETag',
  'Idempotency-Replayed',
  'Ledger-Age',
  'Ledger-Behind',
  'Ledger-Entry',
  'Ledger-Fault',
  'Ledger-Root',
  'Link',
  'Location',
  'Memento-Datetime',
  'Preference-Applied',
  'Projection',
  'Retry-After',
  'Vary',
  'X-Request-Id',
];

/**
 * Any page may read a public book, without credentials. The configured origins may also write, and read a closed one. A
 * preflight gets its headers here, and is answered with the other OPTIONS requests (method-table.ts).
 */
export async function addCrossOriginHeaders(
  fastify: FastifyInstance,
  settings: CrossOriginSettings,
): Promise<void> {
  const isOpen = (request: Request): boolean => settings.publicReads && isRead(request);
  const [openOptions, listedOptions] = [true, false].map((isOpen) => createOptions(isOpen, settings));
  await fastify.register(cors, {
    delegator: (request: Request, callback) => callback(null, isOpen(request) ? openOptions : listedOptions),
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isOpen(request)) {
      void reply.header('cross-origin-resource-policy', 'cross-origin');
      // The plugin says that any answer depends on the origin, which this one does not.
      void reply.removeHeader('vary');
    }
    done();
  });
  if (settings.corsOrigins.length === 0) return;
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!isOpen(request)) addToVary(reply, 'Origin');
    done(null, payload);
  });
}

/** Of a preflight, whether the request is that it asks permission for. */
const isRead = ({ method, headers }: Request): boolean =>
  READ_METHODS.has(method === 'OPTIONS' ? (headers['access-control-request-method'] ?? 'GET') : method);

const createOptions = (isOpen: boolean, { corsOrigins }: CrossOriginSettings): FastifyCorsOptions => ({
  origin: isOpen ? '*' : corsOrigins.length > 0 ? [...corsOrigins] : false,
  methods: isOpen ? [...READ_METHODS] : [...WRITE_METHODS],
  allowedHeaders: ALLOWED_HEADERS.join(', '),
  exposedHeaders: EXPOSED_HEADERS.join(', '),
  credentials: false,
  maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  strictPreflight: false,
  preflightContinue: true,
});
