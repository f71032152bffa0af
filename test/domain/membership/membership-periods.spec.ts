import { type MembershipEvent, listMembershipPeriods } from '../../../src/domain/membership/membership.js';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { ended, joined, resumed, suspended } from '../../support/membership-fixtures.js';

const summarizePeriods = (...facts: AnyEvent[]) =>
  listMembershipPeriods(facts as unknown as MembershipEvent[])?.map(({ joined, ended, suspensions }) => ({
    from: joined.data.effective,
    ...(ended && { to: ended.data.effective }),
    suspended: suspensions.map(({ suspended, resumed }) => [
      suspended.data.effective,
      resumed?.data.effective ?? null,
    ]),
  }));

describe('the membership periods', () => {
  it('of no facts are none', () => expect(summarizePeriods()).toEqual([]));
  it('include one without an end', () =>
    expect(summarizePeriods(joined('1992'))).toEqual([{ from: '1992', suspended: [] }]));
  it('are in the order of the timeline, with the gap between them', () =>
    expect(summarizePeriods(joined('2006'), ended('2012'), ended('1999'), joined('1992'))).toEqual([
      { from: '1992', to: '1999', suspended: [] },
      { from: '2006', to: '2012', suspended: [] },
    ]));
  it('list the suspensions of each; the end of the membership ends the last one', () =>
    expect(
      summarizePeriods(joined('1992'), suspended('1993'), resumed('1994'), suspended('1995'), ended('1999')),
    ).toEqual([
      {
        from: '1992',
        to: '1999',
        suspended: [
          ['1993', '1994'],
          ['1995', null],
        ],
      },
    ]));
  it('are undefined if the facts have no legal order', () =>
    expect(summarizePeriods(ended('1999'))).toBeUndefined());
});
