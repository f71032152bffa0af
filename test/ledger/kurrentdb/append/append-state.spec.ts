import {
  advanceAppend,
  type AppendSignal,
  type AppendState,
  isFinalState,
  isWrittenState,
  STALE_APPEND,
} from '../../../../src/ledger/kurrentdb/append/append-state.js';

const appended = { outcome: 'appended', entry: 7, recordedAt: '2026-01-02T03:04:05.678Z' } as const;
const outOfTime = { outcome: 'out-of-time', recordedAt: null } as const;
const error = new Error('the node has failed');

const states = {
  queued: { name: 'queued' },
  sent: { name: 'sent', reason: 'busy' },
  unknown: { name: 'unknown', reason: 'lost' },
  conflict: { name: 'conflict', mayBeWritten: false },
  'conflict after an unknown attempt': { name: 'conflict', mayBeWritten: true },
  written: { name: 'written' },
  recorded: { name: 'recorded', outcome: appended },
  refused: { name: 'refused', outcome: STALE_APPEND },
  failed: { name: 'failed', error, isWritten: false },
} as const satisfies Record<string, AppendState>;

const events = {
  turn: { type: 'turn' },
  refused: { type: 'refused', outcome: outOfTime },
  written: { type: 'written' },
  'wrong-revision': { type: 'wrong-revision' },
  deleted: { type: 'deleted' },
  'not-written': { type: 'not-written', reason: 'not the leader' },
  unknown: { type: 'unknown', reason: 'deadline exceeded' },
  'not-replicated': { type: 'not-replicated' },
  replicated: { type: 'replicated', outcome: appended },
  'replicated from another node': { type: 'replicated', outcome: STALE_APPEND },
  disconnected: { type: 'disconnected', reason: 'it does not answer' },
  'timed-out': { type: 'timed-out' },
  failed: { type: 'failed', error },
} as const satisfies Record<string, AppendSignal>;

const recorded = { name: 'recorded', outcome: appended };
const stale = { name: 'refused', outcome: STALE_APPEND };
const failed = (code: string, reason: string, isWritten = false) => ({
  name: 'failed',
  isWritten,
  error: expect.objectContaining({ code, message: expect.stringContaining(`(${reason})`) }),
});
const failedBy = (isWritten: boolean) => ({ name: 'failed', error, isWritten });

/** All legal transitions. Every other pair of a state and an event is illegal. */
const transitions: {
  readonly [S in keyof typeof states]: { readonly [E in keyof typeof events]?: object };
} = {
  queued: {
    turn: { name: 'sent', reason: '' },
    refused: { name: 'refused', outcome: outOfTime },
    disconnected: failed('cut-off', 'it does not answer'),
    'timed-out': failed('cut-off', 'commands before it have no outcome'),
    failed: failedBy(false),
  },
  sent: {
    written: { name: 'written' },
    'wrong-revision': { name: 'conflict', mayBeWritten: false },
    deleted: failed('outcome-unknown', 'the stream was deleted'),
    'not-written': { name: 'sent', reason: 'not the leader' },
    unknown: { name: 'unknown', reason: 'deadline exceeded' },
    replicated: recorded,
    'replicated from another node': stale,
    disconnected: failed('cut-off', 'it does not answer'),
    'timed-out': failed('cut-off', 'busy'),
    refused: { name: 'refused', outcome: outOfTime },
    failed: failedBy(false),
  },
  unknown: {
    written: { name: 'written' },
    'wrong-revision': { name: 'conflict', mayBeWritten: true },
    deleted: failed('outcome-unknown', 'the stream was deleted'),
    'not-written': { name: 'unknown', reason: 'not the leader' },
    unknown: { name: 'unknown', reason: 'deadline exceeded' },
    replicated: recorded,
    'replicated from another node': stale,
    disconnected: states.unknown,
    'timed-out': failed('outcome-unknown', 'lost'),
    failed: failedBy(false),
  },
  conflict: {
    'not-replicated': { name: 'sent', reason: 'events of other nodes do not arrive' },
    replicated: recorded,
    'replicated from another node': stale,
    'timed-out': failed('cut-off', 'events of other nodes do not arrive'),
    failed: failedBy(false),
  },
  'conflict after an unknown attempt': {
    'not-replicated': { name: 'unknown', reason: 'events of other nodes do not arrive' },
    replicated: recorded,
    'replicated from another node': stale,
    'timed-out': failed('outcome-unknown', 'events of other nodes do not arrive'),
    failed: failedBy(false),
  },
  written: {
    replicated: recorded,
    'replicated from another node': stale,
    'timed-out': failed('outcome-unknown', 'it was written, but has not been replicated to this node', true),
    failed: failedBy(true),
  },
  recorded: {},
  refused: {},
  failed: {},
};

describe('the state of a cluster append', () => {
  describe.each(Object.keys(states) as (keyof typeof states)[])('%s', (name) => {
    const state = states[name];
    const legal = Object.entries(transitions[name]) as [keyof typeof events, object][];
    const illegal = Object.values(events).filter(
      (event) => !legal.some(([legalName]) => events[legalName].type === event.type),
    );

    if (legal.length > 0)
      it.each(legal)('advances by "%s"', (event, expected) => {
        expect(advanceAppend(state, events[event])).toEqual(expected);
      });

    it.each(illegal)('refuses "$type"', (event) => {
      expect(() => advanceAppend(state, event)).toThrow(
        expect.objectContaining({ code: 'illegal-append-transition' }),
      );
      expect(() => advanceAppend(state, event)).toThrow(`"${state.name}" has no "${event.type}"`);
    });

    it('is final if and only if no event changes it', () => {
      expect(isFinalState(state)).toBe(legal.length === 0);
    });
  });

  it('is written while the cluster is known to have the events, also if the node never receives them', () => {
    const written = Object.values(states).filter(isWrittenState);
    expect(written).toEqual([states.written, states.recorded]);
    expect(isWrittenState(advanceAppend(states.written, events['timed-out']))).toBe(true);
    expect(isWrittenState(advanceAppend(states.unknown, events['timed-out']))).toBe(false);
  });
});
