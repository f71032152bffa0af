import { ApplicationError } from '../../../errors/application-error.js';
import { isLaterPosition, type LogPosition } from '../../cluster-log.js';
import { MISSING_EVENT_TIMEOUT_MS } from '../timeouts.js';
import type { KurrentDbConnection, ResolvedEvent } from './kurrentdb-connection.js';

/** It is not known yet whether an event is gone, or has not been replicated to the server that answered. */
export class MissingEventUndecidedError extends ApplicationError {
  readonly code = 'missing-event-undecided';

  constructor(
    message: string,
    /** Whether the log goes past the event, so that it is gone unless the next attempts find it. */
    readonly mayBeGone: boolean,
  ) {
    super(message);
  }
}

/**
 * Reads an event that was seen before. A server may lag behind, and so may one that was just elected: it serves reads as
 * the leader before it has replicated everything that was acknowledged. So an event counts as gone only if the log of
 * the leader goes past its position without it, and still does after some time. A log that ends before may be that of a
 * server that lags, or an older backup: which of them, nobody can know.
 */
export class LeaderVerifiedReader {
  #missingSince: number | undefined;

  constructor(
    private readonly connection: KurrentDbConnection,
    private readonly timeoutMs = MISSING_EVENT_TIMEOUT_MS,
  ) {}

  /**
   * The event; undefined if it is gone. `position` is its place in the log; if that is unknown, nothing shows that the
   * event is gone. Rejects with MissingEventUndecidedError, or if the cluster cannot be read.
   */
  async readEvent(
    name: string,
    revision: number,
    position: LogPosition | undefined,
  ): Promise<ResolvedEvent | undefined> {
    const found =
      (await this.connection.readEvent(name, revision)) ??
      (await this.connection.readEvent(name, revision, { requiresLeader: true }));
    if (found) {
      this.#missingSince = undefined;
      return found;
    }
    const end = await this.connection.readLogEnd({ requiresLeader: true });
    if (!position || !end || isLaterPosition(position, end.position)) {
      this.#missingSince = undefined;
      throw new MissingEventUndecidedError(
        `its log ends before ${name}@${revision}, which this node has seen: it has yet to catch up, or it is another cluster, or an older copy of this one`,
        false,
      );
    }
    this.#missingSince ??= performance.now();
    if (performance.now() - this.#missingSince < this.timeoutMs)
      throw new MissingEventUndecidedError(`it does not have ${name}@${revision}`, true);
    return undefined;
  }
}
