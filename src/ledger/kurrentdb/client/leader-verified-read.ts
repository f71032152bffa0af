import type { ResolvedEvent } from '@eventstore/db-client';
import type { Cluster } from './kurrentdb-connection.js';

/** How long an event may be missing before it is gone, in milliseconds: a leader that was deposed may not know it yet. */
const MISSING = 5_000;

/** It cannot be told yet whether an event is gone, or has only not come to the server that was asked. */
export class MissingYet extends Error {}

/**
 * Looks for an event that was seen before. A server that is behind the others does not have it yet, so what one server
 * misses is asked of the one that leads, and for some time.
 */
export class SeenBefore {
  #missingSince: number | undefined;

  constructor(
    private readonly cluster: Cluster,
    /** In milliseconds. */
    private readonly patience = MISSING,
  ) {}

  /** What stands there; undefined if it is gone. Rejects with MissingYet, or if that cannot be found out. */
  async find(name: string, revision: number): Promise<ResolvedEvent | undefined> {
    const found =
      (await this.cluster.eventAt(name, revision)) ??
      (await this.cluster.eventAt(name, revision, { requiresLeader: true }));
    if (found) {
      this.#missingSince = undefined;
      return found;
    }
    this.#missingSince ??= performance.now();
    if (performance.now() - this.#missingSince < this.patience)
      throw new MissingYet(`it does not have ${name}@${revision}`);
    return undefined;
  }
}
