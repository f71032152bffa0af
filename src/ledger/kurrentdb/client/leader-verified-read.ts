import { ApplicationError } from '../../../errors/application-error.js';
import { MISSING_EVENT_TIMEOUT_MS } from '../timeouts.js';
import type { KurrentDbConnection, ResolvedEvent } from './kurrentdb-connection.js';

/** It is not known yet whether an event is gone, or has not been replicated to the server that answered. */
export class EventNotYetVisibleError extends ApplicationError {
  readonly code = 'event-not-yet-visible';
}

/**
 * Reads an event that was read before. A server that lags behind does not have it yet, so a missing event is read
 * from the leader, too, and counts as gone only after some time.
 */
export class LeaderVerifiedReader {
  #missingSince: number | undefined;

  constructor(
    private readonly connection: KurrentDbConnection,
    private readonly timeoutMs = MISSING_EVENT_TIMEOUT_MS,
  ) {}

  /** The event; undefined if it is gone. Rejects with EventNotYetVisibleError, or if the cluster cannot be read. */
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
