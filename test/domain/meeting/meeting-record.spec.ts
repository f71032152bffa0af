import type { JsonObject } from '../../../src/json/json.js';
import { correct, corrected } from '../../support/amendment-fixtures.js';
import {
  addItem,
  adjourned,
  recordParticipant,
  participantRecorded,
  cancelled,
  circulate,
  circulated,
  closed,
  recordDecision,
  decisionTaken,
  getFactReference,
  given,
  statementRecorded,
  itemAdded,
  itemWithdrawn,
  opened,
  postponed,
  recordReport,
  reportHeard,
  recordStatement,
  scheduled,
  withdrawItem,
} from '../../support/meeting-fixtures.js';

const begun = [scheduled(), opened()] as const;

describe('the agenda', () => {
  it('accepts items in every status', () => {
    for (const history of [
      [],
      [cancelled()],
      [postponed()],
      [opened()],
      [opened(), adjourned()],
      [opened(), closed()],
    ])
      given(scheduled(), ...history)
        .when(addItem('1'), withdrawItem('1'))
        .then(itemAdded('1'), itemWithdrawn('1'));
  });
  it('records nothing when the same item is added again', () => {
    given(scheduled(), itemAdded('1')).when(addItem('1')).thenNothing();
    given(scheduled(), itemAdded('1')).when(addItem('2'), addItem('1')).then(itemAdded('2'));
  });
  it('records an item again that was withdrawn, and its next withdrawal', () => {
    const added = given(scheduled(), itemAdded('1'), itemWithdrawn('1'));
    added.when(addItem('1')).then(itemAdded('1'));
    added.when(addItem('1'), addItem('1')).then(itemAdded('1'));
    added.when(addItem('1'), withdrawItem('1')).then(itemAdded('1'), itemWithdrawn('1'));
  });
  it('refuses other data for a recorded id, withdrawn or not', () => {
    given(scheduled(), itemAdded('1'))
      .when(addItem('1', { title: 'Accounts' }))
      .thenRefused('already-recorded');
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(addItem('1', { topics: ['budget'] }))
      .thenRefused('already-recorded');
  });
  it('refuses a second withdrawal of an item with other data', () => {
    const withdrawn = given(scheduled(), itemAdded('1'), itemWithdrawn('1'));
    withdrawn.when(withdrawItem('1')).thenNothing();
    withdrawn.when(withdrawItem('1', { reason: 'no paper' })).thenRefused('already-recorded');
  });
});

describe('participants', () => {
  it('can send regrets in every status', () => {
    for (const history of [[], [cancelled()], [postponed()], [opened()], [opened(), closed()]])
      given(scheduled(), ...history)
        .when(recordParticipant('belarus', 'regrets'))
        .then(participantRecorded('belarus', 'regrets'));
  });
  it('can be recorded as present only after the opening', () => {
    given(scheduled()).when(recordParticipant('belarus', 'present')).thenRefused('meeting-not-open');
    given(scheduled(), participantRecorded('belarus', 'regrets'))
      .when(recordParticipant('belarus', 'remote'))
      .thenRefused('meeting-not-open');
    given(...begun)
      .when(recordParticipant('belarus', 'present'))
      .then(participantRecorded('belarus', 'present'));
    given(...begun, closed())
      .when(recordParticipant('belarus', 'remote'))
      .then(participantRecorded('belarus', 'remote'));
  });
  it('without a presence counts as attended, and can be recorded again with any presence', () => {
    const { presence: _, ...unsaid } = recordParticipant('belarus', '').data;
    const command = { name: 'record-participant', data: unsaid };
    const event = { type: 'ParticipantRecorded', data: unsaid };
    given(scheduled()).when(command).thenRefused('meeting-not-open');
    given(...begun)
      .when(command)
      .then(event);
    given(scheduled(), participantRecorded('belarus', 'regrets'), opened()).when(command).then(event);
    for (const presence of ['present', 'remote', 'regrets'])
      given(...begun, event)
        .when(recordParticipant('belarus', presence))
        .then(participantRecorded('belarus', presence));
    given(...begun, event)
      .when(command)
      .thenNothing();
    given(...begun, event)
      .when({ ...command, data: { ...unsaid, role: 'Minister' } })
      .thenRefused('already-recorded');
    given(...begun, participantRecorded('belarus', 'present'))
      .when(command)
      .thenRefused('already-recorded');
  });
  it.each(['present', 'remote'])('can be recorded as %s after regrets', (presence) => {
    const role = { role: 'Minister' };
    given(scheduled(), participantRecorded('belarus', 'regrets'), opened())
      .when(recordParticipant('belarus', presence, role))
      .then(participantRecorded('belarus', presence, role));
  });
  it('cannot otherwise be recorded with other data', () => {
    for (const [before, after] of [
      ['present', 'remote'],
      ['remote', 'present'],
      ['present', 'regrets'],
      ['remote', 'regrets'],
    ] as const)
      given(...begun, participantRecorded('belarus', before))
        .when(recordParticipant('belarus', after))
        .thenRefused('already-recorded');
    given(...begun, participantRecorded('belarus', 'present'))
      .when(recordParticipant('belarus', 'present', { role: 'Minister' }))
      .thenRefused('already-recorded');
    given(scheduled(), participantRecorded('belarus', 'regrets'))
      .when(recordParticipant('belarus', 'regrets', { role: 'Minister' }))
      .thenRefused('already-recorded');
    given(...begun, participantRecorded('belarus', 'regrets'), participantRecorded('belarus', 'present'))
      .when(recordParticipant('belarus', 'remote'))
      .thenRefused('already-recorded');
    given(...begun, participantRecorded('belarus', 'regrets'), participantRecorded('belarus', 'present'))
      .when(recordParticipant('belarus', 'regrets', { role: 'Minister' }))
      .thenRefused('already-recorded');
  });
  it('are not recorded again for a repetition of the latest fact about them', () => {
    const both = given(
      ...begun,
      participantRecorded('belarus', 'regrets'),
      participantRecorded('belarus', 'present'),
    );
    both.when(recordParticipant('belarus', 'present')).thenNothing();
    both.when(recordParticipant('belarus', 'regrets')).thenRefused('already-recorded');
  });
});

const kinds = [
  {
    what: 'statement',
    record: recordStatement,
    recorded: statementRecorded,
    other: { text: 'Took note of the report.' },
  },
  { what: 'report', record: recordReport, recorded: reportHeard, other: { title: 'Report on the budget' } },
  {
    what: 'decision',
    record: recordDecision,
    recorded: decisionTaken,
    other: { outcome: 'deferred' } as JsonObject,
  },
];

describe.each(kinds)('a $what', ({ record, recorded, other }) => {
  it('is recorded only after the opening', () => {
    given(scheduled()).when(record('1')).thenRefused('meeting-not-open', 0);
    given(scheduled(), cancelled()).when(record('1')).thenRefused('meeting-not-open', 0);
    given(...begun)
      .when(record('1'), record('2'))
      .then(recorded('1'), recorded('2'));
  });
  it('can be recorded after adjournment and closing', () => {
    given(...begun, adjourned())
      .when(record('1'))
      .then(recorded('1'));
    given(...begun, closed())
      .when(record('1'))
      .then(recorded('1'));
  });
  it('is recorded once when it is repeated, also within a group', () => {
    given(...begun, recorded('1'), recorded('2'))
      .when(record('1'))
      .thenNothing();
    given(...begun)
      .when(record('1'), record('1'))
      .then(recorded('1'));
  });
  it('is refused with already-recorded if the id has other data', () => {
    given(...begun, recorded('1'))
      .when(record('1', other))
      .thenRefused('already-recorded', 0);
    given(...begun, recorded('1'))
      .when(record('1', { note: 'read twice' }))
      .thenRefused('already-recorded', 0);
    given(...begun)
      .when(record('1'), record('1', other))
      .thenRefused('already-recorded', 1);
  });
  it('is compared with its corrected data when it is repeated', () => {
    const corrections = given(
      ...begun,
      recorded('1'),
      corrected(getFactReference(2), recorded('1', other).data),
    );
    corrections.when(record('1', other)).thenNothing();
    corrections.when(record('1')).thenRefused('already-recorded');
  });
});

it('one id can be an item, a participant, a statement, a report and a decision: ids are unique per kind', () =>
  given(...begun)
    .when(
      addItem('1'),
      recordParticipant('1', 'present'),
      recordStatement('1'),
      recordReport('1'),
      recordDecision('1'),
    )
    .then(
      itemAdded('1'),
      participantRecorded('1', 'present'),
      statementRecorded('1'),
      reportHeard('1'),
      decisionTaken('1'),
    ));

describe('the circulation of minutes', () => {
  it('is refused before the opening', () => {
    given(scheduled()).when(circulate()).thenRefused('meeting-not-open');
    given(...begun)
      .when(circulate())
      .then(circulated());
  });
  it('is refused certainly before the meeting', () => {
    const held = given(scheduled(), opened('2011-05-31'));
    held.when(circulate('2011-05-30')).thenRefused('ends-before-it-begins');
    held.when(circulate('2011-05')).then(circulated('2011-05'));
    given(scheduled(), opened('2011-05-31'), circulated('2011-06-01'))
      .when(correct(getFactReference(1), opened('2011-06-02').data))
      .thenRefused('illegal-correction');
  });
  it('records nothing when it is repeated, but is recorded on another day', () => {
    given(...begun, circulated(), circulated('2011-07'))
      .when(circulate())
      .thenNothing();
    given(...begun, circulated())
      .when(circulate('2011-07'))
      .then(circulated('2011-07'));
  });
});
