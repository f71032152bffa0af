// What is known of an append to the cluster, and how each signal changes that. Pure: no I/O, no clock.
import { ApplicationError } from '../../../errors/application-error.js';
import { type AppendOutcome, UnavailableError } from '../../sequencer.js';
import { redactAddresses } from '../client/redact-addresses.js';

type Recorded = Extract<AppendOutcome, { outcome: 'appended' }>;
type Refused = Exclude<AppendOutcome, Recorded>;

export type AppendState =
  /** Waits for its turn in its stream and for the appends that it depends on. Nothing was sent. */
  | { readonly name: 'queued' }
  /** One attempt or several; none can have written it. Another attempt is safe, and so is giving up. */
  | ({ readonly name: 'sent' } & AttemptNotes)
  /** An attempt may have written it, or may still do so. Another attempt with the same bytes and revision is safe. */
  | ({ readonly name: 'unknown' } & AttemptNotes)
  /** The stream has another revision than expected: other nodes appended, or an earlier attempt has written it. */
  | { readonly name: 'conflict'; readonly mayBeWritten: boolean }
  /** Durable in the cluster, and not in this node's ledger yet. */
  | { readonly name: 'written' }
  /** Durable in the cluster, and in this node's ledger. Final. */
  | { readonly name: 'recorded'; readonly outcome: Recorded }
  /** Nothing was written, because of what the stream holds. Final. */
  | { readonly name: 'refused'; readonly outcome: Refused }
  /** No outcome. `isWritten` says whether the cluster is known to have it. Final. */
  | { readonly name: 'failed'; readonly error: Error; readonly isWritten: boolean };

type AttemptNotes = {
  /** Why the last attempt did not determine the outcome; empty before the first. */
  readonly reason: string;
};

export type AppendSignal =
  /** It may be sent: the outcome of what it depends on is known, and the stream has the expected revision. */
  | { readonly type: 'turn' }
  /** It must not go out. */
  | { readonly type: 'refused'; readonly outcome: Refused }
  /** An attempt has written it. */
  | { readonly type: 'written' }
  /** An attempt met another revision, so that one has written nothing. */
  | { readonly type: 'wrong-revision' }
  /** An attempt met a stream that was deleted for ever. */
  | { readonly type: 'deleted' }
  /** An attempt has written nothing, for a reason that has nothing to do with the append. */
  | { readonly type: 'not-written'; readonly reason: string }
  /** An attempt may have written it, or may still do so. */
  | { readonly type: 'unknown'; readonly reason: string }
  /** The revision that an attempt met does not arrive: it was not replicated, and may have vanished with its server. */
  | { readonly type: 'not-replicated' }
  /** This node's ledger holds what follows the expected revision: this append, or one of another node. */
  | { readonly type: 'replicated'; readonly outcome: Recorded | Extract<Refused, { outcome: 'stale' }> }
  /** The node has lost its connection to the cluster. */
  | { readonly type: 'disconnected'; readonly reason: string }
  /** No time is left. */
  | { readonly type: 'timed-out' }
  /** Nothing more can be found out. */
  | { readonly type: 'failed'; readonly error: Error };

type StateNamed<N extends AppendState['name']> = Extract<AppendState, { name: N }>;
type SignalOfType<T extends AppendSignal['type']> = Extract<AppendSignal, { type: T }>;
type Transitions = {
  readonly [N in AppendState['name']]: {
    readonly [T in AppendSignal['type']]?: (state: StateNamed<N>, signal: SignalOfType<T>) => AppendState;
  };
};

/** The stream has another revision than expected: nothing was written, and the command is decided again. */
export const STALE_APPEND = { outcome: 'stale' } as const satisfies AppendOutcome;

const NO_ATTEMPT: AttemptNotes = { reason: '' };
const NOT_REPLICATED = 'events of other nodes do not arrive';

const refuse = (_: AppendState, { outcome }: SignalOfType<'refused'>): AppendState => ({
  name: 'refused',
  outcome,
});

const replicate = (_: AppendState, { outcome }: SignalOfType<'replicated'>): AppendState =>
  outcome.outcome === 'appended' ? { name: 'recorded', outcome } : { name: 'refused', outcome };

const fail = (error: Error, isWritten = false): AppendState => ({ name: 'failed', error, isWritten });

const TRANSITIONS: Transitions = {
  queued: {
    turn: () => ({ name: 'sent', ...NO_ATTEMPT }),
    refused: refuse,
    disconnected: (_, { reason }) => fail(createCutOffError(reason)),
    'timed-out': () => fail(createCutOffError('commands before it have no outcome')),
    failed: (_, { error }) => fail(error),
  },
  sent: {
    written: () => ({ name: 'written' }),
    'wrong-revision': () => ({ name: 'conflict', mayBeWritten: false }),
    deleted: () => fail(createOutcomeUnknownError('the stream was deleted')),
    'not-written': (_, { reason }) => ({ name: 'sent', reason }),
    unknown: (_, { reason }) => ({ name: 'unknown', reason }),
    replicated: replicate,
    disconnected: (_, { reason }) => fail(createCutOffError(reason)),
    'timed-out': ({ reason }) => fail(createCutOffError(reason)),
    refused: refuse,
    failed: (_, { error }) => fail(error),
  },
  unknown: {
    written: () => ({ name: 'written' }),
    'wrong-revision': () => ({ name: 'conflict', mayBeWritten: true }),
    deleted: () => fail(createOutcomeUnknownError('the stream was deleted')),
    'not-written': (_, { reason }) => ({ name: 'unknown', reason }),
    unknown: (_, { reason }) => ({ name: 'unknown', reason }),
    replicated: replicate,
    // Only the cluster knows the outcome, so the attempts continue until it is reachable or no time is left.
    disconnected: (state) => state,
    'timed-out': ({ reason }) => fail(createOutcomeUnknownError(reason)),
    failed: (_, { error }) => fail(error),
  },
  conflict: {
    replicated: replicate,
    'not-replicated': ({ mayBeWritten }) => ({
      name: mayBeWritten ? 'unknown' : 'sent',
      reason: NOT_REPLICATED,
    }),
    'timed-out': ({ mayBeWritten }) =>
      fail(mayBeWritten ? createOutcomeUnknownError(NOT_REPLICATED) : createCutOffError(NOT_REPLICATED)),
    failed: (_, { error }) => fail(error),
  },
  written: {
    replicated: replicate,
    'timed-out': () =>
      fail(createOutcomeUnknownError('it was written, but has not been replicated to this node'), true),
    failed: (_, { error }) => fail(error, true),
  },
  recorded: {},
  refused: {},
  failed: {},
};

/** The table has no such transition: a bug in this program. */
class IllegalAppendTransitionError extends ApplicationError {
  readonly code = 'illegal-append-transition';
}

/** The state after a signal. Throws IllegalAppendTransitionError if the state has no transition for it. */
export function advanceAppend(state: AppendState, signal: AppendSignal): AppendState {
  const transition = TRANSITIONS[state.name][signal.type] as
    ((state: AppendState, signal: AppendSignal) => AppendState) | undefined;
  if (!transition)
    throw new IllegalAppendTransitionError(`An append in the state "${state.name}" has no "${signal.type}".`);
  return transition(state, signal);
}

/** Whether no signal changes the state. */
export const isFinalState = ({ name }: AppendState): boolean => Object.keys(TRANSITIONS[name]).length === 0;

/** Whether the cluster is known to have the append, so that its dependents may be sent. */
export const isWrittenState = (state: AppendState): boolean =>
  state.name === 'written' || state.name === 'recorded' || (state.name === 'failed' && state.isWritten);

export const createCutOffError = (reason: string): UnavailableError =>
  new UnavailableError(
    'cut-off',
    `This node is cut off from the cluster (${redactAddresses(reason)}): nothing was recorded. Send the command again later, or to another node.`,
  );

const createOutcomeUnknownError = (reason: string): UnavailableError =>
  new UnavailableError(
    'outcome-unknown',
    `The cluster has not confirmed the outcome of the command (${redactAddresses(reason)}): send it again with the same key.`,
  );
