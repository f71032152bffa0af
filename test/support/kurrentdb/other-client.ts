// Another program that uses the same KurrentDB. It reads and appends through the server, so that what a test expects of
// the cluster's log can be asked of a real server as of the double.
import {
  BACKWARDS,
  binaryEvent,
  END,
  type EventStoreDBClient,
  jsonEvent,
  type Position,
  START,
} from '@eventstore/db-client';
import type { JsonObject } from '../../../src/json/json.js';
import { createClient } from '../../../src/ledger/kurrentdb/client/create-client.js';

type StoredEvent = { readonly stream: string; readonly type: string; readonly data: unknown };

async function runOnce<T>(connection: string, use: (driver: EventStoreDBClient) => Promise<T>): Promise<T> {
  const client = createClient(connection);
  try {
    return await use(client.driver);
  } finally {
    client.dispose();
  }
}

/** The events of a stream in order; none if there is no such stream. */
export const readStream = (connection: string, stream: string): Promise<readonly StoredEvent[]> =>
  runOnce(connection, async (driver) => {
    const events: StoredEvent[] = [];
    try {
      for await (const { event } of driver.readStream(stream))
        if (event) events.push({ stream: event.streamId, type: event.type, data: event.data });
    } catch (error) {
      if ((error as { type?: string }).type !== 'stream-not-found') throw error;
    }
    return events;
  });

/** Appends events at any revision, as a program may that knows nothing of the book. */
export const appendToStream = (
  connection: string,
  stream: string,
  events: readonly { readonly type: string; readonly data: JsonObject | Uint8Array | null }[],
): Promise<unknown> =>
  runOnce(connection, (driver) =>
    driver.appendToStream(
      stream,
      events.map(({ type, data }) =>
        data instanceof Uint8Array
          ? binaryEvent({ type, data })
          : jsonEvent({ type, data: data as JsonObject }),
      ),
    ),
  );

/** Hides the events of a stream before a revision, as long as nothing else is set. */
export const truncateStream = (
  connection: string,
  stream: string,
  truncateBefore: number,
): Promise<unknown> => runOnce(connection, (driver) => driver.setStreamMetadata(stream, { truncateBefore }));

/** The position of the last event of all streams. */
export const readEndOfLog = (connection: string): Promise<Position | typeof START> =>
  runOnce(connection, async (driver) => {
    const last = driver.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    for await (const { event } of last) if (event) return event.position;
    return START;
  });

/** How many events streams with this beginning of their name have behind a position. */
export const countEvents = (
  connection: string,
  streamPrefix: string,
  after: Position | typeof START,
): Promise<number> =>
  runOnce(connection, async (driver) => {
    let count = 0;
    for await (const { event } of driver.readAll({ fromPosition: after }))
      if (event?.streamId.startsWith(streamPrefix)) count += 1;
    return count;
  });
