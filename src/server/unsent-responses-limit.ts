import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../problems/problem-error.js';
import type { Reply, Request } from '../http/request.js';
import { RETRY_SOON_SECONDS } from '../http/timeouts.js';

/** How much of all answers may wait for clients to take it, in characters or bytes. */
const HELD_MAX = 256 * 1024 * 1024;
/** Answers up to this size are always sent. */
const SMALL_ANSWER_MAX = 64 * 1024;

/**
 * Refuses large answers while too much of others is not taken. A client can request any number of answers at once
 * (RFC 9112, section 9.3.2) and need not read them.
 */
export function addUnsentResponsesLimit(fastify: FastifyInstance, max = HELD_MAX): void {
  let held = 0;
  const bySocket = new WeakMap<Socket, Set<() => void>>();
  /** What to call when a connection is closed: an answer that waits behind another one there is not told. */
  const getReleases = (socket: Socket): Set<() => void> => {
    const known = bySocket.get(socket);
    if (known) return known;
    const releases = new Set<() => void>();
    bySocket.set(socket, releases);
    socket.once('close', () => {
      for (const release of releases) release();
    });
    return releases;
  };
  fastify.addHook('onSend', (request: Request, reply: Reply, payload, done) => {
    const size = typeof payload === 'string' || payload instanceof Uint8Array ? payload.length : 0;
    if (size <= SMALL_ANSWER_MAX) return done(null, payload);
    if (held + size > max) return done(createTooManyProblem());
    held += size;
    const releases = getReleases(request.raw.socket);
    const release = (): void => {
      if (releases.delete(release)) held -= size;
    };
    releases.add(release);
    reply.raw.once('close', release);
    done(null, payload);
  });
}

const createTooManyProblem = (): ProblemError =>
  new ProblemError('busy', 'Too many large answers wait for their clients.', {}, RETRY_SOON_SECONDS);
