// Every duration of the KurrentDB adapter, in milliseconds.
import type { BackoffRange } from './client/backoff.js';

/**
 * Between attempts to connect: short enough to continue soon after an election, long enough to spare a server that is
 * down.
 */
export const RECONNECT_BACKOFF_MS: BackoffRange = { firstMs: 100, maxMs: 5_000 };

/** Between attempts to append the same events: most failures are an election or a busy server, which end in moments. */
export const APPEND_RETRY_BACKOFF_MS: BackoffRange = { firstMs: 20, maxMs: 1_000 };

/** For a server to answer a read or to confirm a subscription: the driver sets no limit of its own. */
export const RESPONSE_TIMEOUT_MS = 5_000;

/** A subscription that delivers nothing for so long, although events were recorded, is replaced by another one. */
export const STALL_TIMEOUT_MS = 3_000;

/** How long an event may be missing before it counts as gone: a leader that was deposed may not know it yet. */
export const MISSING_EVENT_TIMEOUT_MS = 5_000;

/** How long a node waits before it considers the end of the log reached: servers before 23.10 do not report it. */
export const ASSUME_CAUGHT_UP_AFTER_MS = 2_000;

/** The same for a copy of the log that decides which copy is wrong: entries behind an end that was assumed too early are never copied. */
export const DIAGNOSIS_ASSUME_CAUGHT_UP_AFTER_MS = 10_000;

/**
 * How long the first events of a group wait for the last one: only the metadata says that more must follow, and may
 * be wrong.
 */
export const GROUP_TIMEOUT_MS = 2_000;

/** Timeouts of the sequencer. Tests shorten them. */
export type SequencerTimeouts = {
  /** For the response to one attempt to append. */
  readonly attemptMs: number;
  /** For the outcome of an append, over all attempts. */
  readonly outcomeMs: number;
  /** For the first contact with the cluster, if the node has no copy of the log to answer from. */
  readonly connectMs: number;
  /** For the entries of other nodes at the start. */
  readonly catchUpMs: number;
  /** For the last entry of this node's ledger, if the cluster does not have it; by default MISSING_EVENT_TIMEOUT_MS. */
  readonly missingEventMs?: number;
};

export const SEQUENCER_TIMEOUTS: SequencerTimeouts = {
  attemptMs: 5_000,
  outcomeMs: 10_000,
  connectMs: 30_000,
  catchUpMs: 10_000,
};

/** For the response to one attempt to write an entry of another ledger into the cluster. */
export const APPEND_ATTEMPT_TIMEOUT_MS = 5_000;

/** Timeouts of a stream that the nodes share beside the ledger (API keys, checkpoints). */
export const REPLICATED_STREAM_TIMEOUTS = {
  /** For the connection, before an append is refused: a person waits for the answer. */
  connectMs: 2_000,
  /** For the response to one attempt to append. */
  attemptMs: 3_000,
  /** For the outcome of an append, over all attempts, and for a read of everything that the stream holds. */
  outcomeMs: 10_000,
} as const;

/** Timeouts of checkpoints. Tests shorten them. */
export type CheckpointTimeouts = {
  /** For this node or another one to sign the checkpoint that a client needs. */
  readonly signingMs: number;
  /** For the entries that a checkpoint covers, while the log delivers nothing. */
  readonly arrivalMs: number;
};

export const CHECKPOINT_TIMEOUTS: CheckpointTimeouts = { signingMs: 5_000, arrivalMs: 10_000 };
