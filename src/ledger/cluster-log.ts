// The log that the nodes of a cluster share, as each of them replicates it into its own ledger.
import { ApplicationError } from '../errors/application-error.js';
import type { NewEvent } from './sequencer.js';

/** The position of an event in the log, ordered by `commit`, then `prepare`. bigint: both go up to 2^63. */
export type LogPosition = { readonly commit: bigint; readonly prepare: bigint };

/** An event of the log. Its entry number, recorded time and leaf hash follow from all events before it. */
export type LoggedEvent = NewEvent & {
  readonly stream: string;
  readonly revision: number;
  /** The clock of the node that appended it. If the previous entry is later, its time is recorded instead. */
  readonly stampedAt: string;
  readonly position: LogPosition;
};

/** The log has a gap, or is not the one that this node's ledger was built from. The message says where, and what to do. */
export class BrokenLogError extends ApplicationError {
  readonly code = 'broken-log';
}

export const isLaterPosition = (one: LogPosition, other: LogPosition): boolean =>
  one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
