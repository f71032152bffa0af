// Compression of answers. What is verified byte for byte (tiles, checkpoints, receipts) and what never ends (event streams)
// is sent as it is, and so are answers to commands.
import compress from '@fastify/compress';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { addCodingToETag, CONTENT_CODINGS } from '../http/entity-tags.js';
import { JSON_TYPE } from '../http/conditional-response.js';
import type { Reply, Request } from '../http/request.js';

const COMPRESSED_TYPES =
  /^(?:text\/(?:html|css|csv|calendar|markdown)|application\/link-format|[^;]*[/+](?:json|xml|javascript))(?:;|$)/;

const isCompressed = (type: string): boolean => type === JSON_TYPE || COMPRESSED_TYPES.test(type);

/** Smaller answers gain nothing. */
const SIZE_MIN = 1_024;
/** Larger answers are compressed by a thread of Node.js, so that others need not wait for it. */
const SYNC_SIZE_MAX = 16 * 1_024;

/** What a route leaves out would be the default of the plugin. */
const OPTIONS = {
  encodings: [...CONTENT_CODINGS],
  customTypes: isCompressed,
  threshold: SIZE_MIN,
  syncThreshold: SYNC_SIZE_MAX,
};

/** Compresses answers to GET as the client accepts it. Add it before any route. */
export async function addCompression(fastify: FastifyInstance): Promise<void> {
  fastify.addHook('onRoute', (route) => {
    if (isGet(route)) route.compress = OPTIONS;
  });
  await fastify.register(compress, { ...OPTIONS, global: false, globalDecompression: false });
  // After the plugin has added its own hook to the route.
  fastify.addHook('onRoute', (route) => {
    if (isGet(route)) route.onSend = [route.onSend ?? [], setCodedETag].flat();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!dependsOnCoding(reply))
      // The plugin compresses what its own list of types names, too, and has no other switch for one answer.
      request.headers['x-no-compression'] = 'true';
    else if (request.method === 'GET') addToVary(reply, 'Accept-Encoding');
    done(null, payload);
  });
}

const isGet = ({ method }: RouteOptions): boolean => [method].flat().includes('GET');

/** Also where this answer is not compressed, since that for another client may be. */
const dependsOnCoding = (reply: Reply): boolean => {
  const type = reply.getHeader('content-type');
  return reply.statusCode === 304 || (typeof type === 'string' && isCompressed(type));
};

/** The coded bytes have a strong ETag of their own. */
function setCodedETag(
  _request: Request,
  reply: Reply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const [coding, etag] = [reply.getHeader('content-encoding'), reply.getHeader('etag')];
  if (typeof coding === 'string' && typeof etag === 'string')
    void reply.header('etag', addCodingToETag(etag, coding));
  done(null, payload);
}

/** Adds a request header to those that the answer depends on, unless it is among them. */
export function addToVary(reply: Reply, name: string): void {
  const present = reply.getHeader('vary');
  if (typeof present !== 'string') void reply.header('vary', name);
  else if (!present.includes(name)) void reply.header('vary', `${present}, ${name}`);
}
