import type { ResolvedEvent } from '@eventstore/db-client';
import type { KurrentDbConnection } from './kurrentdb-connection.js';

/** How long an event may be missing before it is gone, in milliseconds: a leader that was deposed may not know it yet. */
const MISSING_EVENT_TIMEOUT_MS = 5_000;

/** It cannot be told yet whether an event is gone, or has only not come to the server that was asked. */
export class EventNotYetVisibleError extends Error {}

/**
 * Looks for an event that was seen before. A server that is behind the others does not have it yet, so what one server
 * misses is asked of the one that leads, and for some time.
 */
export class LeaderVerifiedReader {
  #missingSince: number | undefined;

  constructor(
    private readonly connection: KurrentDbConnection,
    /** In milliseconds. */
    private readonly timeoutMs = MISSING_EVENT_TIMEOUT_MS,
  ) {}

  /** What stands there; undefined if it is gone. Rejects with MissingYet, or if that cannot be found out. */
  async readEvent(name: string, revision: number): Promise<ResolvedEvent | undefined> {
    const found =
      (await this.connection.readEvent(name, revision)) ??
      (await this.connection.readEvent(name, revision, { requiresLeader: true }));
    if (found) {
      this.#missingSince = undefined;
      return found;
    }
    this.#missingSince ??= performance.now();
    if (performance.now() - this.#missingSince < this.timeoutMs)
      throw new EventNotYetVisibleError(`it does not have ${name}@${revision}`);
    return undefined;
  }
}
