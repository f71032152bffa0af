// What an amendment costs does not depend on the length of its stream: the events that are read and folded are counted.
import { meeting } from '../../src/domain/meeting/aggregate.js';
import type { AnyAggregate } from '../../src/eventsourcing/aggregate.js';
import type { StreamEvents } from '../../src/eventsourcing/amended-events.js';
import { decideCommands } from '../../src/eventsourcing/decide-command.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import { foldStream } from '../../src/eventsourcing/stream-state.js';
import { correct, corrected, dispute, disputed, retract, retracted } from '../support/amendment-fixtures.js';
import {
  createEventId,
  keepText,
  readStreamEvents,
  toRecordedEvents,
} from '../support/decider-specification.js';
import {
  adjourned,
  decisionTaken,
  getFactReference,
  itemAdded,
  opened,
  createRelatedMeetings,
  scheduled,
  statementRecorded,
  STREAM,
} from '../support/meeting-fixtures.js';

const BEFORE: readonly AnyEvent[] = [scheduled(), itemAdded('1'), opened(), decisionTaken('1')];
const createHistory = (statements: number): readonly AnyEvent[] => [
  ...BEFORE,
  ...Array.from({ length: statements }, (_, n) =>
    statementRecorded(`s${n}`, {
      ...(n % 2 && { agendaItem: '1' }),
      ...(n > 0 && { inReplyTo: `s${n - 1}` }),
    }),
  ),
  adjourned('2011-06-01'),
  corrected(getFactReference(4), statementRecorded('s0', { text: 'Corrected once.' }).data),
];

/** How many events a decision reads, and how many it folds or decides on. */
function countWork(events: ReturnType<typeof toRecordedEvents>, commands: readonly AnyCommand[]) {
  const count = { read: 0, folded: 0 };
  const { decider } = meeting;
  const counting: AnyAggregate = {
    ...meeting,
    decider: {
      ...decider,
      decide: (...args) => (count.folded++, decider.decide(...args)),
      evolve: (...args) => (count.folded++, decider.evolve(...args)),
    },
  };
  const stored = readStreamEvents(events);
  const lookup: StreamEvents = {
    get: (revision) => (count.read++, stored.get(revision)),
    findRevision: (name) => stored.findRevision(name),
  };
  const decision = decideCommands(counting, commands, foldStream(meeting, events, keepText), {
    stream: STREAM,
    relatedState: createRelatedMeetings({}),
    events: lookup,
    getEventId: (index) => createEventId(STREAM, events.length + index),
    hashText: keepText,
    checkChange: () => undefined,
  });
  return {
    ...count,
    outcome: 'next' in decision ? decision.events.length : 'code' in decision ? decision.code : 'invalid',
  };
}

const [SHORT, LONG] = [100, 10_000].map((statements) => toRecordedEvents(STREAM, createHistory(statements)));
const statement = (n: number, more = {}) =>
  statementRecorded(`s${n}`, { inReplyTo: `s${n - 1}`, ...more }).data;

describe('an amendment in a long stream', () => {
  it.each<[string, readonly AnyCommand[], string | number]>([
    ['a corrected statement', [correct(getFactReference(6), statement(2, { text: 'No.' }))], 1],
    ['a second correction of one statement', [correct(getFactReference(4), statementRecorded('s0').data)], 1],
    [
      'a statement with another id, to which another replies',
      [correct(getFactReference(6), statement(200_000))],
      'illegal-correction',
    ],
    ['a retracted statement to which another replies', [retract(getFactReference(6))], 'illegal-correction'],
    [
      'a retracted agenda item to which half of all refer',
      [retract(getFactReference(1))],
      'illegal-correction',
    ],
    ['a retracted opening', [retract(getFactReference(2))], 'illegal-correction'],
    ['another time of the opening', [correct(getFactReference(2), opened('2011-05-30').data)], 1],
    ['another date of the meeting', [correct(getFactReference(0), scheduled('2011-06').data)], 1],
    ['a retracted decision', [retract(getFactReference(3))], 1],
    ['a disputed statement', [dispute(getFactReference(50))], 1],
    [
      'a group of two corrections',
      [
        correct(getFactReference(6), statement(2, { text: 'A.' })),
        correct(getFactReference(7), statement(3, { text: 'B.' })),
      ],
      2,
    ],
  ])('reads and folds as many events as in a short one: %s', (_, commands, outcome) => {
    const [short, long] = [SHORT, LONG].map((events) => countWork(events ?? [], commands));
    expect(long).toEqual(short);
    expect(long?.outcome).toBe(outcome);
    expect(long?.read).toBeLessThan(60);
    expect(long?.folded).toBeLessThan(120);
  });
});

describe('an amendment of an event with many amendments', () => {
  const createAmended = (amend: (n: number) => AnyEvent, count: number) =>
    toRecordedEvents(STREAM, [
      ...BEFORE,
      statementRecorded('s0'),
      ...Array.from({ length: count }, (_, n) => amend(n)),
    ]);
  const FACT = getFactReference(4);
  const text = (value: string) => statementRecorded('s0', { text: value }).data;

  it.each<[string, (n: number) => AnyEvent]>([
    ['corrections', (n) => corrected(FACT, text(`Text ${n}.`))],
    ['disputes', (n) => disputed(FACT, `Claim ${n}.`)],
    [
      'retractions, each of them retracted',
      (n) => (n % 2 ? retracted(getFactReference(4 + n)) : retracted(FACT, `Reason ${n}.`)),
    ],
    [
      'corrections, each of them retracted',
      (n) => (n % 2 ? retracted(getFactReference(4 + n)) : corrected(FACT, text(`Text ${n}.`))),
    ],
  ])('reads and folds as many events as with few: %s', (_, amend) => {
    const [few, many] = [10, 2000].map((count) => createAmended(amend, count));
    for (const command of [
      correct(FACT, text('Last.')),
      dispute(FACT, 'The last claim.'),
      retract(FACT),
      correct(FACT, text('Original text.'), { reason: 'again' }),
    ]) {
      const [short, long] = [few, many].map((events) => countWork(events ?? [], [command]));
      expect(long).toEqual(short);
      expect(long?.outcome).toBe(1);
      expect(long?.read).toBeLessThan(60);
    }
  });
});
