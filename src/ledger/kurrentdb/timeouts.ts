// Every duration of the KurrentDB adapter, in milliseconds.
import type { BackoffRange } from './client/backoff.js';

/**
 * Between attempts to connect: short enough to continue soon after an election, long enough to spare a server that is
 * down.
 */
export const RECONNECT_BACKOFF_MS: BackoffRange = { firstMs: 100, maxMs: 1_000 };

/** Between attempts to append the same events: most failures are an election or a busy server, which end in moments. */
export const APPEND_RETRY_BACKOFF_MS: BackoffRange = { firstMs: 20, maxMs: 500 };

/** No attempt begins with less time than this: it would leave an outcome unknown that is known. */
export const APPEND_ATTEMPT_MIN_MS = 100;

/** For a server to answer a read or to confirm a subscription: the driver sets no limit of its own. */
export const RESPONSE_TIMEOUT_MS = 3_000;

/**
 * Pings of an idle or waiting connection, and for their answers. The driver's own values, 10 s each, leave a node on a
 * server that is frozen for 20 s.
 */
export const PING_INTERVAL_MS = 3_000;
export const PING_TIMEOUT_MS = 3_000;

/** For a server to say which servers there are, before the next one is asked. The driver takes whole seconds. */
export const GOSSIP_TIMEOUT_MS = 1_000;

/** Between two replacements of the client of one connection: discovery and a new subscription need some of it. */
export const CLIENT_REPLACEMENT_INTERVAL_MS = 2_000;

/** When a node asks the cluster whether what it has is all there is. Tests shorten them. */
export type LeaderConfirmationTimeouts = {
  /** After a confirmation, until the next one is requested. */
  readonly intervalMs: number;
  /** For one confirmation, discovery of the leader included. */
  readonly attemptMs: number;
  /** After a failed attempt. */
  readonly retryMs: number;
  /** Without a confirmation for so long, the node is cut off: with `attemptMs` and `retryMs` less than 5 s in all. */
  readonly silenceMs: number;
};

/** An election takes some seconds, in which nobody confirms anything: a node is cut off only if it takes longer. */
export const LEADER_CONFIRMATION_TIMEOUTS: LeaderConfirmationTimeouts = {
  intervalMs: 1_000,
  attemptMs: 1_500,
  retryMs: 200,
  silenceMs: 3_000,
};

/** A subscription that delivers nothing for so long, although events were recorded, is replaced by another one. */
export const STALL_TIMEOUT_MS = 3_000;

/**
 * How long an event must be missing from a log that goes past it before it counts as gone. A log that does not go past it
 * lags behind, for however long.
 */
export const MISSING_EVENT_TIMEOUT_MS = 5_000;

/** How long a node waits before it considers the end of the log reached: servers before 23.10 do not report it. */
export const ASSUME_CAUGHT_UP_AFTER_MS = 2_000;

/** The same for a copy of the log that decides which copy is wrong: entries behind an end that was assumed too early are never copied. */
export const DIAGNOSIS_ASSUME_CAUGHT_UP_AFTER_MS = 10_000;

/**
 * How long the first events of a group wait for the last one: only the metadata says that more must follow, and may
 * be wrong.
 */
export const INCOMPLETE_GROUP_TIMEOUT_MS = 2_000;

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
  readonly leaderConfirmation: LeaderConfirmationTimeouts;
};

/**
 * An attempt may not take less than 2 s: so long a server that has an append, but not its replication yet, leaves a
 * repetition without an answer.
 */
export const SEQUENCER_TIMEOUTS: SequencerTimeouts = {
  attemptMs: 3_000,
  outcomeMs: 10_000,
  connectMs: 30_000,
  catchUpMs: 10_000,
  leaderConfirmation: LEADER_CONFIRMATION_TIMEOUTS,
};

/** For the response to one attempt to write an entry of another ledger into the cluster. */
export const COPY_ATTEMPT_TIMEOUT_MS = 3_000;

/** Timeouts of a stream that the nodes share beside the ledger (API keys, checkpoints, requests that changed nothing). */
export const REPLICATED_STREAM_TIMEOUTS = {
  /** For the connection, before an append is refused: a person waits for the answer. */
  connectMs: 2_000,
  /** For the response to one attempt to append. */
  attemptMs: 3_000,
  /** For the outcome of an append, over all attempts, and for a read of everything that the stream holds. */
  outcomeMs: 10_000,
  leaderConfirmation: { ...LEADER_CONFIRMATION_TIMEOUTS, intervalMs: 2_000 },
} as const;

/** Timeouts of checkpoints. Tests shorten them. */
export type CheckpointTimeouts = {
  /** For this node or another one to sign the checkpoint that a client needs. */
  readonly signingMs: number;
  /** For the entries that a checkpoint covers, while the log delivers nothing. */
  readonly arrivalMs: number;
};

export const CHECKPOINT_TIMEOUTS: CheckpointTimeouts = { signingMs: 5_000, arrivalMs: 10_000 };
