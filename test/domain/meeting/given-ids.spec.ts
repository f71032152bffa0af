import { meeting } from '../../../src/domain/meeting/aggregate.js';
import type { AnyCommand } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { correct, corrected, retracted } from '../../support/amendment-fixtures.js';
import {
  addItem,
  createRelatedMeetings,
  decisionTaken,
  getFactReference,
  given,
  itemAdded,
  open,
  opened,
  participantRecorded,
  recordDecision,
  recordParticipant,
  recordReport,
  recordStatement,
  reportHeard,
  schedule,
  scheduled,
  statementRecorded,
  STREAM,
} from '../../support/meeting-fixtures.js';
import { SimulatedStream } from '../../support/simulated-stream.js';

/** The command without the id of what it records. */
const withoutId = (field: string, { name, data }: AnyCommand): AnyCommand => {
  const { [field]: _, ...others } = data;
  return { name, data: others };
};
const item = (more: JsonObject = {}) => withoutId('item', addItem('', more));
const statement = (more: JsonObject = {}) => withoutId('statement', recordStatement('', more));
const started = [scheduled(), opened()];

describe('the id of what a command adds to a meeting', () => {
  it.each([
    ['an agenda item', item(), itemAdded('i1')],
    [
      'a participant',
      withoutId('participant', recordParticipant('', 'present')),
      participantRecorded('p1', 'present'),
    ],
    ['a statement', statement(), statementRecorded('s1')],
    ['a report', withoutId('report', recordReport('')), reportHeard('r1')],
    ['a decision', withoutId('decision', recordDecision('')), decisionTaken('d1')],
  ])('of %s is its prefix and 1 in a new meeting, if it is left out', (_, command, event) =>
    given(...started)
      .when(command)
      .then(event),
  );

  it('is above the highest number that a client chose, with leading zeros and other prefixes left aside', () => {
    given(...started, statementRecorded('s7'), statementRecorded('s2'), statementRecorded('kz-90'))
      .when(statement())
      .then(statementRecorded('s8'));
    given(...started, statementRecorded('s007'))
      .when(statement())
      .then(statementRecorded('s8'));
    given(...started, participantRecorded('p7', 'present'))
      .when(statement())
      .then(statementRecorded('s1'));
  });
  it('is above a number that has more digits than a number of JSON', () =>
    given(...started, statementRecorded('s99999999999999999999'))
      .when(statement())
      .then(statementRecorded('s100000000000000000000')));
  it('is refused if no number is left that fits into an id', () =>
    given(...started, statementRecorded(`s${'9'.repeat(99)}`))
      .when(statement())
      .thenRefused('invalid-id'));
  it('is not that of a retracted fact, nor one that an earlier release let a correction take away', () => {
    given(...started, statementRecorded('s1'), retracted(getFactReference(2)))
      .when(statement())
      .then(statementRecorded('s2'));
    given(...started, statementRecorded('s5'), corrected(getFactReference(2), statementRecorded('s1').data))
      .when(statement())
      .then(statementRecorded('s6'));
    given(...started, statementRecorded('s1'), corrected(getFactReference(2), statementRecorded('s5').data))
      .when(statement())
      .then(statementRecorded('s6'));
  });
  it('is given to each member of a group, and a later member can refer to it', () =>
    given(...started)
      .when(
        item({ title: 'A' }),
        item({ title: 'B' }),
        statement({ agendaItem: 'i2' }),
        statement({ inReplyTo: 's1' }),
      )
      .then(
        itemAdded('i1', { title: 'A' }),
        itemAdded('i2', { title: 'B' }),
        statementRecorded('s1', { agendaItem: 'i2' }),
        statementRecorded('s2', { inReplyTo: 's1' }),
      ));
  it('is another one each time, so that equal words are recorded twice', () =>
    given(...started, statementRecorded('s1'))
      .when(statement())
      .then(statementRecorded('s2')));

  it('goes on above ids that were chosen in between, and above retracted ones', () => {
    const simulated = new SimulatedStream(meeting, STREAM, createRelatedMeetings({}));
    simulated.handle(schedule(), open());
    for (const [index, id] of ['s3', undefined, 's1', undefined, 's4', undefined].entries()) {
      const command = id === undefined ? statement() : recordStatement(id);
      simulated.handle(command);
      if (index % 2 === 1)
        simulated.handle({
          name: 'retract-fact',
          data: { fact: getFactReference(simulated.events.length - 1), reason: 'r' },
        });
    }
    const ids = simulated.events.flatMap(({ data }) => data['statement'] ?? []);
    expect(ids).toEqual(['s3', 's4', 's1', 's5', 's4', 's6']);
    simulated.checkInvariants();
  });
});

describe('the id of a corrected fact', () => {
  const fact = getFactReference(2);
  const { statement: _, ...words } = statementRecorded('s1', { text: 'Corrected.' }).data;
  it('stays if the replacement leaves it out', () =>
    given(...started, statementRecorded('s1'))
      .when(correct(fact, words))
      .then(corrected(fact, { ...words, statement: 's1' })));
  it('stays if the replacement of the correction leaves it out', () =>
    given(...started, statementRecorded('s1'), corrected(fact, statementRecorded('s1', { text: 'A' }).data))
      .when(correct(getFactReference(3), { fact, with: words, reason: 'r' }))
      .then(corrected(getFactReference(3), { fact, with: { ...words, statement: 's1' }, reason: 'r' })));
  it('cannot be another one, in a correction of a correction either', () => {
    given(...started, statementRecorded('s1'))
      .when(correct(fact, { ...words, statement: 's2' }))
      .thenRefused('illegal-correction');
    given(...started, statementRecorded('s1'), corrected(fact, statementRecorded('s1', { text: 'A' }).data))
      .when(correct(getFactReference(3), { fact, with: { ...words, statement: 's2' }, reason: 'r' }))
      .thenRefused('illegal-correction');
  });
  it('is the same words with the id and without it, so that nothing is recorded', () =>
    given(...started, statementRecorded('s1'), corrected(fact, { ...words, statement: 's1' }))
      .when(correct(fact, words))
      .thenNothing());
});
