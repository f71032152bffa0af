import { KurrentDbConnection } from '../../../../src/ledger/kurrentdb/client/kurrentdb-connection.js';
import { appendToStream } from '../../../support/kurrentdb/other-client.js';
import {
  type BreakableLine,
  openBreakableLine,
  startKurrentDb,
  type TestKurrentDb,
} from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';

describe('a read of a server that does not respond', () => {
  let server: TestKurrentDb;
  let line: BreakableLine;
  let connection: KurrentDbConnection;
  beforeEach(async () => {
    server = await startKurrentDb();
    line = await openBreakableLine(server.connectionString);
    connection = new KurrentDbConnection({ connection: line.connectionString, prefix: server.prefix });
  });
  afterEach(async () => {
    connection.close();
    await line.proxy.close();
    await server.stop();
  });

  const read = (signal?: AbortSignal) =>
    connection.readLastEvent(`${server.prefix}!stream`, { requiresLeader: true, ...(signal && { signal }) });

  it.each([
    ['another read replaces its client', (attempt: AbortController) => attempt.abort()],
    ['the connection is closed', () => connection.close()],
  ])('rejects when %s, and does not count as an empty stream', async (_, end) => {
    await appendToStream(server.connectionString, `${server.prefix}!stream`, [{ type: 'Any', data: {} }]);
    expect((await read())?.event?.type).toBe('Any');
    line.proxy.stall();
    const attempt = new AbortController();
    read(attempt.signal).catch(() => undefined);
    const unanswered = expect(read()).rejects.toThrow('it does not respond');
    await waitUntil(() => line.proxy.hasDroppedData);
    end(attempt);
    await unanswered;
  });
});
