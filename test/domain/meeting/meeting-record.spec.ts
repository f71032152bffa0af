import type { JsonObject } from '../../../src/json/json.js';
import { corrected } from '../../support/amendment-fixtures.js';
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
  getFactName,
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
  it('takes items at any time', () => {
    for (const way of [
      [],
      [cancelled()],
      [postponed()],
      [opened()],
      [opened(), adjourned()],
      [opened(), closed()],
    ])
      given(scheduled(), ...way)
        .when(addItem('1'), withdrawItem('1'))
        .then(itemAdded('1'), itemWithdrawn('1'));
  });
  it('the same item twice is once, withdrawn or not', () => {
    given(scheduled(), itemAdded('1')).when(addItem('1')).thenNothing();
    given(scheduled(), itemAdded('1'), itemWithdrawn('1')).when(addItem('1')).thenNothing();
  });
  it('the same id with other words is recorded already, withdrawn or not', () => {
    given(scheduled(), itemAdded('1'))
      .when(addItem('1', { title: 'Accounts' }))
      .thenRefused('already-recorded');
    given(scheduled(), itemAdded('1'), itemWithdrawn('1'))
      .when(addItem('1', { topics: ['budget'] }))
      .thenRefused('already-recorded');
  });
  it('an item is withdrawn once', () => {
    const withdrawn = given(scheduled(), itemAdded('1'), itemWithdrawn('1'));
    withdrawn.when(withdrawItem('1')).thenNothing();
    withdrawn.when(withdrawItem('1', { reason: 'no paper' })).thenRefused('already-recorded');
  });
});

describe('participants', () => {
  it('can send regrets at any time', () => {
    for (const way of [[], [cancelled()], [postponed()], [opened()], [opened(), closed()]])
      given(scheduled(), ...way)
        .when(recordParticipant('belarus', 'regrets'))
        .then(participantRecorded('belarus', 'regrets'));
  });
  it('come once it is opened', () => {
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
  it.each(['present', 'remote'])('regrets, then %s, is a second fact', (presence) => {
    const role = { role: 'Minister' };
    given(scheduled(), participantRecorded('belarus', 'regrets'), opened())
      .when(recordParticipant('belarus', presence, role))
      .then(participantRecorded('belarus', presence, role));
  });
  it('any other change is recorded already', () => {
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
  it('each fact that stands is quiet when it comes again', () => {
    const both = given(
      ...begun,
      participantRecorded('belarus', 'regrets'),
      participantRecorded('belarus', 'present'),
    );
    both.when(recordParticipant('belarus', 'regrets')).thenNothing();
    both.when(recordParticipant('belarus', 'present')).thenNothing();
  });
});

const things = [
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

describe.each(things)('a $what', ({ record, recorded, other }) => {
  it('is recorded once the meeting was opened', () => {
    given(scheduled()).when(record('1')).thenRefused('meeting-not-open', 0);
    given(scheduled(), cancelled()).when(record('1')).thenRefused('meeting-not-open', 0);
    given(...begun)
      .when(record('1'), record('2'))
      .then(recorded('1'), recorded('2'));
  });
  it('is recorded late as well', () => {
    given(...begun, adjourned())
      .when(record('1'))
      .then(recorded('1'));
    given(...begun, closed())
      .when(record('1'))
      .then(recorded('1'));
  });
  it('twice is once, also in one group', () => {
    given(...begun, recorded('1'), recorded('2'))
      .when(record('1'))
      .thenNothing();
    given(...begun)
      .when(record('1'), record('1'))
      .then(recorded('1'));
  });
  it('with other words is recorded already', () => {
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
  it('in its words of now is quiet, in those before them recorded already', () => {
    const now = given(...begun, recorded('1'), corrected(getFactName(2), recorded('1', other).data));
    now.when(record('1', other)).thenNothing();
    now.when(record('1')).thenRefused('already-recorded');
  });
});

it('ids are unique per kind: one id can be an item, a participant, a statement, a report and a decision', () =>
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

describe('circulating minutes', () => {
  it('needs a meeting that was opened', () => {
    given(scheduled()).when(circulate()).thenRefused('meeting-not-open');
    given(...begun)
      .when(circulate())
      .then(circulated());
  });
  it('twice is once, on another day it is another fact', () => {
    given(...begun, circulated(), circulated('2011-07'))
      .when(circulate())
      .thenNothing();
    given(...begun, circulated())
      .when(circulate('2011-07'))
      .then(circulated('2011-07'));
  });
});
