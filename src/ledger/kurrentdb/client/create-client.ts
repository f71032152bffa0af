import { EventStoreDBClient } from '@eventstore/db-client';

/** The driver's private method that runs after a failed call: it discovers another server if that may help. */
type FailureHandling = { handleError: (client: unknown, error: Error) => Promise<void> };

/**
 * The client for a connection string. Throws an error that says what is wrong with it.
 *
 * If a call fails while the driver (6.2.1) discovers a server because of another failed call, and discovery finds none,
 * the driver leaves an unhandled rejection, which would end the process. It is dropped here: the next call fails with
 * the same error.
 */
export function createClient(connection: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(connection);
  const handling = client as unknown as FailureHandling;
  const { handleError } = handling;
  handling.handleError = (failed, error) => handleError(failed, error).catch(() => undefined);
  return client;
}
