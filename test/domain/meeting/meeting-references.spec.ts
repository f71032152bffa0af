import type { AnyCommand, AnyEvent, JsonObject } from '../../../src/eventsourcing/message.js';
import { retracted } from '../../support/amendment-fixtures.js';
import {
  among,
  addItem,
  approved,
  closed,
  decide,
  decided,
  fact,
  given,
  givenAmong,
  heard,
  itemAdded,
  itemWithdrawn,
  opened,
  other,
  report,
  reported,
  say,
  scheduled,
  whyNot,
  withdrawItem,
} from '../../support/meeting-fixtures.js';

const begun = [scheduled(), opened()] as const;
const done = [...begun, closed(), approved()] as const;
const concerning = (...concerns: JsonObject[]): JsonObject => ({ concerning: concerns });

const unknown: readonly { pointer: string; command: AnyCommand }[] = [
  { pointer: '/item', command: withdrawItem('9') },
  { pointer: '/agendaItem', command: say('1', { agendaItem: '9' }) },
  { pointer: '/inReplyTo', command: say('1', { inReplyTo: '9' }) },
  { pointer: '/inReplyTo', command: say('1', { inReplyTo: '1' }) },
  { pointer: '/agendaItem', command: report('1', { agendaItem: '9' }) },
  { pointer: '/concerning/0/decision', command: report('1', concerning({ decision: '9' })) },
  { pointer: '/concerning/0/decision', command: report('1', concerning({ meeting: 'cfm', decision: '9' })) },
  {
    pointer: '/concerning/1/decision',
    command: report('1', concerning({ text: 'all of it' }, { decision: '9', text: 'the budget' })),
  },
  {
    pointer: '/concerning/0/decision',
    command: report('1', concerning({ meeting: 'summit', decision: '9' })),
  },
  { pointer: '/agendaItem', command: decide('1', { agendaItem: '9' }) },
];

describe.each(unknown)('what $command.name names at $pointer', ({ pointer, command }) => {
  const views = among({ summit: [other('summit'), opened(), decided('1')] });
  const refusal = `${pointer} unknown-reference`;
  it('must be there', () => expect(whyNot(begun, [command], views)).toBe(refusal));
  it('is asked for before whether the meeting is open', () =>
    expect(whyNot([scheduled()], [command], views)).toBe(refusal));
  it('is asked for before whether the minutes are approved', () =>
    expect(whyNot(done, [command], views)).toBe(refusal));
  it('is asked for before whether the id is taken', () =>
    expect(whyNot([...begun, heard('1'), reported('1')], [command], views)).toBe(
      command.data['inReplyTo'] === '1' ? ' already-recorded' : refusal,
    ));
});

describe('what is there can be referred to', () => {
  it('an item', () => {
    const agenda = given(...begun, itemAdded('1'));
    const on = { agendaItem: '1' };
    agenda.when(say('1', on)).then(heard('1', on));
    agenda.when(report('1', on)).then(reported('1', on));
    agenda.when(decide('1', on)).then(decided('1', on));
  });
  it('a withdrawn item', () => {
    const agenda = given(...begun, itemAdded('1'), itemWithdrawn('1'));
    const on = { agendaItem: '1' };
    agenda.when(say('1', on)).then(heard('1', on));
    agenda.when(report('1', on)).then(reported('1', on));
    agenda.when(decide('1', on)).then(decided('1', on));
  });
  it('an item that comes first in the same group', () => {
    given(...begun)
      .when(addItem('1'), say('1', { agendaItem: '1' }))
      .then(itemAdded('1'), heard('1', { agendaItem: '1' }));
    expect(whyNot(begun, [say('1', { agendaItem: '1' }), addItem('1')])).toBe(
      '/agendaItem unknown-reference',
    );
  });
  it('a statement, and a reply to it', () =>
    given(...begun, heard('1'))
      .when(say('2', { inReplyTo: '1' }), say('3', { inReplyTo: '2' }))
      .then(heard('2', { inReplyTo: '1' }), heard('3', { inReplyTo: '2' })));
  it('not what has the id but is of another kind', () => {
    const taken: AnyEvent[] = [...begun, heard('1'), decided('2'), itemAdded('3')];
    expect(whyNot(taken, [say('9', { agendaItem: '1' })])).toBe('/agendaItem unknown-reference');
    expect(whyNot(taken, [say('9', { inReplyTo: '2' })])).toBe('/inReplyTo unknown-reference');
    expect(whyNot(taken, [report('9', concerning({ decision: '3' }))])).toBe(
      '/concerning/0/decision unknown-reference',
    );
  });
  it('not what was retracted', () =>
    expect(whyNot([...begun, itemAdded('1'), retracted(fact(2))], [withdrawItem('1')])).toBe(
      '/item unknown-reference',
    ));
});

describe('what a report concerns', () => {
  it('without a meeting is a decision of this one', () => {
    const own = concerning({ decision: '1' });
    given(...begun, decided('1'))
      .when(report('1', own))
      .then(reported('1', own));
    givenAmong({ summit: [other('summit'), opened(), decided('1')] })(...begun)
      .when(report('1', own))
      .thenRefused('unknown-reference');
  });
  it('may name this one', () => {
    const own = concerning({ meeting: 'cfm', decision: '1' });
    given(...begun)
      .when(decide('1'), report('1', own))
      .then(decided('1'), reported('1', own));
  });
  it('may be a decision of another one, as far as is known', () => {
    const words = concerning({ meeting: 'summit', decision: '1' }, { decision: '1' });
    givenAmong({ summit: [other('summit'), opened(), decided('1')] })(...begun, decided('1'))
      .when(report('1', words))
      .then(reported('1', words));
    expect(whyNot([...begun, decided('1')], [report('1', words)], among({ summit: [other('summit')] }))).toBe(
      '/concerning/0/decision unknown-reference',
    );
  });
  it('may be a meeting, or a text', () => {
    const words = concerning(
      { meeting: 'summit' },
      { text: 'the year' },
      { meeting: 'summit', text: 'the rest' },
    );
    given(...begun)
      .when(report('1', words))
      .then(reported('1', words));
  });
});

it('what was said is not asked for again: it stands', () => {
  given(...begun, itemAdded('1'), heard('1', { agendaItem: '1' }))
    .when(say('1', { agendaItem: '1' }))
    .thenNothing();
  const gone = concerning({ meeting: 'summit', decision: '1' });
  given(...begun, reported('1', gone))
    .when(report('1', gone))
    .thenNothing();
});
