import type { RefusedCommand } from '../eventsourcing/decide-command.js';
import type { InvalidCommand, Refusal } from '../eventsourcing/refusal.js';

type RecordedCommandEvent = {
  readonly id: string;
  readonly type: string;
  readonly entry: number;
  /** The id of what it adds inside its stream. */
  readonly key?: string;
};

export type RecordedCommand = {
  readonly stream: string;
  /** Of the stream's last event, after this command. */
  readonly revision: number;
  readonly entry: number;
  readonly recordedAt: string;
  /** The recorded events; empty if the command changed nothing. */
  readonly events: readonly RecordedCommandEvent[];
  /** Whether this repeats the earlier answer to the same idempotency key. */
  readonly replayed: boolean;
};

/** The stream has another revision than the client requires; null if the stream does not exist. */
export class RevisionMismatch {
  constructor(readonly currentRevision: number | null) {}
}

export type CommandOutcome = RecordedCommand | InvalidCommand | RefusedCommand | Refusal | RevisionMismatch;
