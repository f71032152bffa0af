import { correct, retract } from '../../support/amendment-fixtures.js';
import {
  end,
  ended,
  getFactReference,
  given,
  giveNotice,
  joined,
  membershipData,
  noticeGiven,
  noticePostponed,
  noticeRescinded,
  postponeNotice,
  rescindNotice,
} from '../../support/membership-fixtures.js';

const member = joined('1973-01-01');
const notice = noticeGiven('2017-03-29', { takesEffect: '2019-03-29' });

describe('a notice', () => {
  it('is given, postponed, and the end names it', () =>
    given(member)
      .when(
        giveNotice('2017-03-29', { takesEffect: '2019-03-29' }),
        postponeNotice('2019-03-22', { takesEffect: '2019-10-31' }),
        postponeNotice('2019-10-28', { takesEffect: '2020-01-31' }),
        end('2020-02-01', { notice: 'n1' }),
      )
      .then(
        notice,
        noticePostponed('2019-03-22', { takesEffect: '2019-10-31' }),
        noticePostponed('2019-10-28', { takesEffect: '2020-01-31' }),
        ended('2020-02-01', { notice: 'n1' }),
      ));
  it('need not name the day of its effect', () =>
    given(member)
      .when(giveNotice('2017', { of: 'suspension' }))
      .then(noticeGiven('2017', { of: 'suspension' })));
  it('records nothing when it is repeated, and is refused with other data', () => {
    given(member, notice)
      .when(giveNotice('2017-03-29', { takesEffect: '2019-03-29' }))
      .thenNothing();
    given(member, notice, noticeRescinded('2018'))
      .when(giveNotice('2017-03-29', { takesEffect: '2019-03-29' }))
      .thenNothing();
    given(member, notice).when(giveNotice('2018')).thenRefused('already-recorded');
    given(member, notice)
      .when(giveNotice('2018', { notice: 'n2' }))
      .then(noticeGiven('2018', { notice: 'n2' }));
  });
  it('that nobody gave is unknown', () => {
    given(member)
      .when(postponeNotice('2018', { takesEffect: '2019' }))
      .thenRefused('unknown-reference');
    given(member).when(rescindNotice('2018')).thenRefused('unknown-reference');
    given(member)
      .when(end('2018', { notice: 'n1' }))
      .thenRefused('unknown-reference');
    given(member, notice)
      .when(rescindNotice('2018', { notice: 'n2' }))
      .thenRefused('unknown-reference');
  });
  it('that was rescinded is neither postponed nor rescinded again, and no end follows from it', () => {
    const rescinded = given(member, notice, noticeRescinded('2018'));
    rescinded.when(postponeNotice('2018', { takesEffect: '2019' })).thenRefused('notice-rescinded');
    rescinded.when(rescindNotice('2018', { reason: 'again' })).thenRefused('notice-rescinded');
    rescinded.when(rescindNotice('2018')).thenNothing();
    rescinded.when(end('2019', { notice: 'n1' })).thenRefused('notice-rescinded');
    rescinded.when(end('2019')).then(ended('2019'));
  });
  it('takes no effect that is certainly before it', () => {
    given(member)
      .when(giveNotice('2017', { takesEffect: '2016' }))
      .thenRefused('invalid-value');
    given(member)
      .when(giveNotice('2017-03', { takesEffect: '2017' }))
      .then(noticeGiven('2017-03', { takesEffect: '2017' }));
    given(member, notice)
      .when(postponeNotice('2018', { takesEffect: '2017' }))
      .thenRefused('invalid-value');
  });
  it('is given by a member only', () => {
    given(member, ended('2000')).when(giveNotice('2001')).thenRefused('not-a-member');
    given(member, notice, ended('2020')).when(rescindNotice('2021')).thenRefused('not-a-member');
  });
  it('cannot be retracted while a later fact refers to it', () => {
    given(member, notice, noticeRescinded('2018'))
      .when(retract(getFactReference(1)))
      .thenRefused('illegal-correction');
    given(member, notice, noticeRescinded('2018'))
      .when(retract(getFactReference(2)), end('2020', { notice: 'n1' }))
      .thenStands(member, notice, ended('2020', { notice: 'n1' }));
  });
  it('keeps its id when it is corrected', () =>
    given(member, notice)
      .when(correct(getFactReference(1), membershipData('2017', { notice: 'n2', of: 'withdrawal' })))
      .thenRefused('illegal-correction'));
});
