// Rows of read models that changed, with who changed them.
import type { Json } from '../../eventsourcing/message.js';
import { recorded } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { Change } from '../../read-models/reading/version-history.js';

/** The entry behind a change: of facts recorded together the last one, which their rows name. */
type Cause = {
  readonly recordedAt: string;
  readonly event: string;
  readonly actor: string;
  readonly command: string;
  readonly reason: string | null;
};

/** For one answer: an entry often changes many rows, and is read once. */
export class ChangedRows {
  readonly #causes = new Map<number, Cause>();

  constructor(private readonly ledger: Ledger) {}

  shown(projection: string, { entry, stream, table, key, before, after }: Change): Json {
    return { projection, table, key, before, after, entry, stream, ...this.#causeOf(entry) } as Json;
  }

  #causeOf(entry: number): Cause | undefined {
    const known = this.#causes.get(entry);
    if (known) return known;
    const found = this.ledger.byEntry(entry);
    if (!found) return undefined;
    const { id, recordedAt, data, metadata } = recorded(found);
    const { actor, command } = metadata;
    const cause = {
      recordedAt,
      event: id,
      actor,
      command,
      reason: typeof data['reason'] === 'string' ? data['reason'] : null,
    };
    this.#causes.set(entry, cause);
    return cause;
  }
}
