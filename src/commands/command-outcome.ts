import type { RefusedCommand } from '../eventsourcing/decide-command.js';
import type { InvalidCommand, Refusal } from '../eventsourcing/refusal.js';

export type RecordedCommand = {
  readonly stream: string;
  /** Of the stream's last event, after this command. */
  readonly revision: number;
  readonly entry: number;
  readonly recordedAt: string;
  /** The recorded events; empty if the command changed nothing. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly entry: number }[];
  /** Whether this repeats the earlier answer to the same idempotency key. */
  readonly replayed: boolean;
};

/** The stream has another revision than the client requires; null if the stream does not exist. */
export class RevisionMismatch {
  constructor(readonly currentRevision: number | null) {}
}

export type CommandOutcome = RecordedCommand | InvalidCommand | RefusedCommand | Refusal | RevisionMismatch;
