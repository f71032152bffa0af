import { once } from 'node:events';
import { connect } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { addUnsentResponsesLimit } from '../../src/server/unsent-responses-limit.js';
import { ProblemError } from '../../src/problems/problem-error.js';

/** More than the buffers of a connection hold, if it is several. */
const LARGE = 5 * 1024 * 1024;

let server: FastifyInstance;
beforeEach(async () => {
  server = fastify({ forceCloseConnections: true });
  addUnsentResponsesLimit(server, 5 * LARGE);
  server.setErrorHandler((error, _request, reply) => {
    const { status, code } = error as ProblemError;
    return reply.code(status).send({ code });
  });
  server.get('/large', () => 'x'.repeat(LARGE));
  server.get('/small', () => 'small');
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => server.close());

const getPort = (): number => (server.server.address() as { port: number }).port;
/** Requests as many answers at once and reads none; returns the connection. */
async function requestWithoutReading(count: number) {
  const socket = connect(getPort(), '127.0.0.1');
  await once(socket, 'connect');
  socket.pause().write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(count));
  return socket;
}
/** Reads the whole answer. */
async function getStatus(path: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${getPort()}${path}`);
  await answer.arrayBuffer();
  return answer.status;
}

describe('the limit of answers that are not taken', () => {
  it('refuses large answers, and no small ones, while too much waits, and none when the client has gone', async () => {
    // The connection itself takes some of them: what waits are the others.
    const socket = await requestWithoutReading(20);
    while ((await getStatus('/large')) === 200) await new Promise(setImmediate);
    expect(await getStatus('/large')).toBe(503);
    expect(await getStatus('/small')).toBe(200);
    socket.destroy();
    while ((await getStatus('/large')) !== 200) await new Promise(setImmediate);
  });

  it('counts no answer that was taken', async () => {
    for (let n = 0; n < 50; n++) expect(await getStatus('/large')).toBe(200);
  });
});
