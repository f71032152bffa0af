import { EventStoreDBClient } from '@eventstore/db-client';

/** What the client does when a call has failed: it looks for another server, if that may help. */
type FailureHandling = { handleError: (client: unknown, error: Error) => Promise<void> };

/**
 * The client for a connection string. Throws what is wrong with that.
 *
 * When a call fails while the client is looking for a server because of another one, and finds none, it (6.2.1) leaves
 * that to nobody, as a rejection that ends the process. Whoever calls next hears of it, so here it is dropped.
 */
export function createClient(connection: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(connection);
  const handling = client as unknown as FailureHandling;
  const { handleError } = handling;
  handling.handleError = (failed, error) => handleError(failed, error).catch(() => undefined);
  return client;
}
