// The log that the nodes of a cluster share, as each of them takes it into its own ledger.
import { ApplicationError } from '../errors/application-error.js';
import type { NewEvent } from './sequencer.js';

/** Where an event stands in the log; compared by `commit` first. Below 2^63, and no number holds them exactly. */
export type LogPosition = { readonly commit: bigint; readonly prepare: bigint };

/** An event of the log. Its entry number, time and leaf follow from all that stands before it. */
export type LoggedEvent = NewEvent & {
  readonly stream: string;
  readonly revision: number;
  /** When the node that took it says that it was recorded; the entry before it may be later, and then that counts. */
  readonly stampedAt: string;
  readonly position: LogPosition;
};

/** The log is not whole, or not the one that this node's ledger was made of. The message says where, and what to do. */
export class BrokenLogError extends ApplicationError {
  readonly code = 'broken-log';
}

export const isLaterPosition = (one: LogPosition, other: LogPosition): boolean =>
  one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
