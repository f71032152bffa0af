// Clients of the driver for the KurrentDB that the tests run against.
import {
  type AllStreamSubscription,
  type AppendResult,
  EventStoreDBClient,
  jsonEvent,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { credentials } from '../../support/kurrentdb/test-kurrentdb.js';

/** The driver has two ways to append; it uses `unary` for calls with credentials. */
export const appendModes = [
  ['unary append', { credentials }],
  ['batch append', {}],
] as const;

const clients: EventStoreDBClient[] = [];

export function createClient(connectionString: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(connectionString);
  clients.push(client);
  return client;
}

/** Call it in `afterEach`. */
export async function disposeClients(): Promise<void> {
  for (const client of clients.splice(0)) await client.dispose();
}

export type TestEvent = ReturnType<typeof createEvent>;

export const createEvent = (type = 'Said', data: { readonly [name: string]: string | number } = {}) =>
  jsonEvent({ id: randomUUID(), type, data, metadata: { salt: 'x' } });

export const createEvents = (count: number): TestEvent[] =>
  Array.from({ length: count }, (_, index) => createEvent('Said', { index }));

/** The error of a failed call. */
export async function captureError(call: Promise<unknown>): Promise<{ readonly type: string } & Error> {
  return call.then(
    () => {
      throw new Error('the call was not refused');
    },
    (error: unknown) => error as { readonly type: string } & Error,
  );
}

export async function collectEvents(
  events: AsyncIterable<{ readonly event?: unknown }>,
): Promise<NonNullable<ResolvedEvent['event']>[]> {
  const found: NonNullable<ResolvedEvent['event']>[] = [];
  for await (const { event } of events) found.push(event as NonNullable<ResolvedEvent['event']>);
  return found;
}

export const getRevisions = (events: readonly { readonly revision: bigint }[]): number[] =>
  events.map(({ revision }) => Number(revision));

export type LogPosition = NonNullable<AppendResult['position']>;

/** What a subscription has received, in order. */
export class SubscriptionRecorder {
  readonly events: NonNullable<ResolvedEvent['event']>[] = [];
  readonly transcript: string[] = [];
  error: ({ readonly type?: string } & Error) | null = null;
  readonly #subscription: AllStreamSubscription | StreamSubscription;

  constructor(subscription: AllStreamSubscription | StreamSubscription) {
    this.#subscription = subscription;
    subscription.on('data', ({ event }: ResolvedEvent) => {
      this.events.push(event!);
      this.transcript.push(`${event!.streamId.split('/').at(-1)}@${event!.revision}`);
    });
    subscription.on('confirmation', () => this.transcript.push('confirmation'));
    subscription.on('caughtUp', () => this.transcript.push('caught up'));
    subscription.on('error', (error) => {
      this.error = error;
    });
  }

  async waitFor(word: string): Promise<void> {
    while (!this.transcript.includes(word)) await this.#waitForNext();
  }

  async waitForEvents(count: number): Promise<void> {
    while (this.events.length < count) await this.#waitForNext();
  }

  async waitForError(): Promise<{ readonly type?: string } & Error> {
    while (this.error === null) await new Promise((resolve) => setTimeout(resolve, 5));
    return this.error;
  }

  async #waitForNext(): Promise<void> {
    if (this.error !== null) throw this.error;
    const stop = new AbortController();
    const { signal } = stop;
    await Promise.race(
      ['data', 'caughtUp', 'confirmation'].map((name) => once(this.#subscription, name, { signal })),
    ).finally(() => stop.abort());
  }
}
