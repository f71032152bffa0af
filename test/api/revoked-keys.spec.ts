// What is being answered when its API key is revoked ends.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CredentialWatcher } from '../../src/api/shared/credential-watcher.js';
import { cstoCommands } from '../support/csto-commands.js';
import { createLargePerson } from '../support/large-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { openRawRequest, type RawConnection } from './support/raw-request.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer({ READ_ACCESS: 'authenticated' });
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

let created = 0;
/** A new key of this role, and a function that revokes it and checks what is open, as the server does every 2 s. */
async function createRevocableKey(role: 'reader' | 'recorder' | 'auditor' | 'admin') {
  const { apiKeys } = book.server.node;
  const name = `revoked-${++created}`;
  const secret = await apiKeys.add(name, role);
  return {
    authorization: `authorization: Bearer ${secret}`,
    revoke: async (): Promise<void> => {
      await apiKeys.revoke(name);
      book.server.app.get(CredentialWatcher).check();
    },
    revokeUnchecked: () => apiKeys.revoke(name),
  };
}

const sendChunk = ({ socket }: RawConnection, text: string): boolean =>
  socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
const createLine = (source: string): string =>
  `${JSON.stringify({ command: 'register-source', data: { source, title: 'A report' } })}\n`;
const openImport = (authorization: string): Promise<RawConnection> =>
  openRawRequest(
    book,
    'POST /commands HTTP/1.1',
    'content-type: application/x-ndjson',
    'transfer-encoding: chunked',
    authorization,
  );

describe('a revoked key', () => {
  it('ends an import that waits for a line, with a result that says why', async () => {
    const { authorization, revoke } = await createRevocableKey('recorder');
    const connection = await openImport(authorization);
    sendChunk(connection, createLine('before-revocation'));
    await connection.received(/"line":1,"status":201/);
    await revoke();
    await connection.closed;
    expect(connection.text()).toMatch(/\{"line":2,"status":401,"code":"unknown-key","detail":"[^"]+"\}\n/);
    expect(connection.text()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it('ends an import that has not sent a line yet', async () => {
    const { authorization, revoke } = await createRevocableKey('recorder');
    const connection = await openImport(authorization);
    await connection.received(/^HTTP\/1\.1 200 /);
    await revoke();
    await connection.closed;
    expect(connection.text()).toMatch(/\{"line":1,"status":401,"code":"unknown-key"/);
  });

  it('records no further line, also before its open requests are checked', async () => {
    const { authorization, revokeUnchecked } = await createRevocableKey('recorder');
    const connection = await openImport(authorization);
    sendChunk(connection, createLine('recorded'));
    await connection.received(/"line":1,"status":201/);
    await revokeUnchecked();
    const head = book.headEntry;
    sendChunk(connection, createLine('not-recorded') + createLine('not-recorded-either'));
    await connection.closed;
    expect(connection.text()).toMatch(/\{"line":2,"status":401,"code":"unknown-key"/);
    expect(connection.text()).not.toMatch(/"line":3/);
    expect(book.headEntry).toBe(head);
  });

  it('ends a live feed before the next event', async () => {
    const { authorization, revoke } = await createRevocableKey('reader');
    const accept = 'accept: text/event-stream';
    const connection = await openRawRequest(book, 'GET /events HTTP/1.1', accept, authorization);
    await connection.received(/retry: /);
    await revoke();
    await connection.closed;
    await book.recordCommands(['register-source', { source: 'after-the-feed', title: 'A report' }]);
    expect(connection.text()).not.toContain('after-the-feed');
  });

  it('ends the progress of an audit', async () => {
    const { authorization, revoke } = await createRevocableKey('auditor');
    const { json } = await book.send('/audit/replays', '', { apiKey: book.getKey('auditor') });
    const path = `/audit/replays/${String(json.id)}`;
    const connection = await openRawRequest(
      book,
      `GET ${path} HTTP/1.1`,
      'accept: text/event-stream',
      authorization,
    );
    await connection.received(/data: /);
    await revoke();
    await connection.closed;
  });

  it('cuts an export off, so that it is not taken for a whole one', async () => {
    for (let n = 0; n < 12; n++)
      await book.recordCommands(['register-person', createLargePerson(`large-${n}`, 500_000)]);
    const { authorization, revoke } = await createRevocableKey('reader');
    const accept = 'accept: application/x-ndjson';
    const connection = await openRawRequest(book, 'GET /events HTTP/1.1', accept, authorization);
    await connection.received(/"export":"minutebook"/);
    connection.socket.pause();
    await revoke();
    connection.socket.resume();
    await connection.closed;
    expect(connection.text()).not.toMatch(/\r\n0\r\n\r\n$/);
  });
});
