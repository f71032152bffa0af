import { validateCommand } from '../../support/command-validator.js';
import {
  adjourned,
  approved,
  closed,
  given,
  handedOver,
  handOver,
  open,
  opened,
  scheduled,
} from '../../support/meeting-fixtures.js';

const begun = [scheduled(), opened()];

describe('handing over the chair', () => {
  it('is recorded while the meeting is open', () =>
    given(...begun)
      .when(handOver('belarus', { at: '2011-05-31T11:00:00+03:00' }))
      .then(handedOver('belarus', { at: '2011-05-31T11:00:00+03:00' })));
  it('is refused before the opening, after an adjournment and after the closing', () => {
    given(scheduled()).when(handOver('belarus')).thenRefused('meeting-not-open');
    given(...begun, adjourned())
      .when(handOver('belarus'))
      .thenRefused('meeting-not-open');
    given(...begun, closed())
      .when(handOver('belarus'))
      .thenRefused('meeting-closed');
    given(...begun, closed(), approved())
      .when(handOver('belarus'))
      .thenRefused('minutes-approved');
  });
  it('goes back and forth: only a repetition of the latest records nothing', () => {
    const back = given(...begun, handedOver('belarus'), handedOver('armenia'));
    back.when(handOver('armenia')).thenNothing();
    back.when(handOver('belarus')).then(handedOver('belarus'));
  });
});

describe('the chairs of an opening', () => {
  const data = open().data;
  it('are several, named or as printed', () =>
    expect(
      validateCommand('open-meeting', {
        ...data,
        meeting: 'csto-csc-2011',
        chairs: [{ party: 'belarus' }, { nameAsPrinted: 'the co-chair' }],
      }),
    ).toHaveProperty('commands'));
  it.each([
    [
      'in both fields',
      { chairs: [{ party: 'belarus' }], chair: { organization: 'belarus' } },
      'invalid-value',
      '/chair',
    ],
    ['without a word about them', { chairs: [{}] }, 'missing-field', '/chairs/0/party'],
  ])('are refused %s', (_, chairs, code, pointer) =>
    expect(validateCommand('open-meeting', { ...data, ...chairs })).toEqual([`${pointer} ${code}`]),
  );
});
