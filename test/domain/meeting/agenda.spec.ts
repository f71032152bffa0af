import {
  addItem,
  adoptAgenda,
  agendaAdopted,
  approved,
  closed,
  given,
  givenMeetings,
  itemAdded,
  itemMoved,
  itemRestored,
  itemWithdrawn,
  moveItem,
  opened,
  otherScheduled,
  restoreItem,
  scheduled,
  withdrawItem,
} from '../../support/meeting-fixtures.js';

const items = [scheduled(), itemAdded('1'), itemAdded('2')];

describe('an agenda item', () => {
  it('stands under another one of the same meeting', () => {
    const numbered = { under: '1', number: '1.1', public: true };
    given(...items)
      .when(addItem('1.1', numbered))
      .then(itemAdded('1.1', numbered));
    given(...items)
      .when(addItem('3.1', { under: '3' }))
      .thenRefused('unknown-reference');
  });
  it('continues an item of another meeting, which must exist', () => {
    const both = givenMeetings({ before: [otherScheduled('before'), itemAdded('9')] });
    const continues = { continues: { meeting: 'before', item: '9' } };
    both(...items)
      .when(addItem('3', continues))
      .then(itemAdded('3', continues));
    both(...items)
      .when(addItem('3', { continues: { meeting: 'before', item: '8' } }))
      .thenRefused('unknown-reference');
  });
});

describe('restoring an agenda item', () => {
  it('is recorded after its withdrawal, and again after the next one', () => {
    given(...items, itemWithdrawn('1'))
      .when(restoreItem('1'))
      .then(itemRestored('1'));
    given(...items, itemWithdrawn('1'), itemRestored('1'))
      .when(withdrawItem('1'), restoreItem('1'))
      .then(itemWithdrawn('1'), itemRestored('1'));
  });
  it('is refused with not-withdrawn while the item stands', () => {
    given(...items)
      .when(restoreItem('1'))
      .thenRefused('not-withdrawn');
    given(...items, itemWithdrawn('1'), itemRestored('1'))
      .when(restoreItem('1', { reason: 'again' }))
      .thenRefused('not-withdrawn');
  });
  it('records nothing when it is repeated', () =>
    given(...items, itemWithdrawn('1'), itemRestored('1'))
      .when(restoreItem('1'))
      .thenNothing());
  it('is refused for an unknown item', () =>
    given(...items)
      .when(restoreItem('3'))
      .thenRefused('unknown-reference'));
});

describe('moving an agenda item', () => {
  it('puts it before another one, or last', () =>
    given(...items)
      .when(moveItem('2', { before: '1' }), moveItem('2'))
      .then(itemMoved('2', { before: '1' }), itemMoved('2')));
  it('goes back and forth: only a repetition of the latest move records nothing', () => {
    const moved = given(...items, itemMoved('2', { before: '1' }), itemMoved('1', { before: '2' }));
    moved.when(moveItem('1', { before: '2' })).thenNothing();
    moved.when(moveItem('2', { before: '1' })).then(itemMoved('2', { before: '1' }));
  });
  it('is refused before itself, and before an unknown item', () => {
    given(...items)
      .when(moveItem('1', { before: '1' }))
      .thenRefused('self-reference');
    given(...items)
      .when(moveItem('1', { before: '3' }))
      .thenRefused('unknown-reference');
  });
});

it('adopting the agenda is recorded, and once more with other data', () => {
  given(...items)
    .when(adoptAgenda())
    .then(agendaAdopted());
  const adopted = given(...items, agendaAdopted());
  adopted.when(adoptAgenda()).thenNothing();
  adopted.when(adoptAgenda({ note: 'as amended' })).then(agendaAdopted({ note: 'as amended' }));
});

it('after the approval of the minutes, the agenda accepts corrections only', () => {
  for (const command of [restoreItem('1'), moveItem('1'), adoptAgenda()])
    given(...items, opened(), closed(), approved())
      .when(command)
      .thenRefused('minutes-approved');
});
