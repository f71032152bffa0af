// Rows of read models that changed, with who changed them.
import type { Json } from '../../json/json.js';
import { toRecordedEvent } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { RowChange } from '../../read-models/reading/version-history.js';

/** The entry behind a change: of facts recorded together the last one, which their rows name. */
type ChangeCause = {
  readonly recordedAt: string;
  readonly event: string;
  readonly actor: string;
  readonly command: string;
  readonly reason: string | null;
};

/** For one answer: an entry often changes many rows, and is read once. */
export class ChangeSerializer {
  readonly #causesByEntry = new Map<number, ChangeCause>();

  constructor(private readonly ledger: Ledger) {}

  serialize(projection: string, { entry, stream, table, key, before, after }: RowChange): Json {
    return { projection, table, key, before, after, entry, stream, ...this.#findCause(entry) } as Json;
  }

  #findCause(entry: number): ChangeCause | undefined {
    const known = this.#causesByEntry.get(entry);
    if (known) return known;
    const found = this.ledger.findByNumber(entry);
    if (!found) return undefined;
    const { id, recordedAt, data, metadata } = toRecordedEvent(found);
    const { actor, command } = metadata;
    const cause = {
      recordedAt,
      event: id,
      actor,
      command,
      reason: typeof data['reason'] === 'string' ? data['reason'] : null,
    };
    this.#causesByEntry.set(entry, cause);
    return cause;
  }
}
