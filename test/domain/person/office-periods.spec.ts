import { type OfficeEvent, getOfficeKey, listOfficePeriods } from '../../../src/domain/person/person.js';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { assumed, left } from '../../support/person-fixtures.js';

const summarizePeriods = (...facts: AnyEvent[]) =>
  [...Map.groupBy(facts as unknown as OfficeEvent[], getOfficeKey).values()].map((office) =>
    listOfficePeriods(office)?.map(({ begun, ended }) => [
      begun.data.effective,
      ended?.data.effective ?? null,
    ]),
  );

describe('the periods in an office', () => {
  it('of no facts are none', () => expect(summarizePeriods()).toEqual([]));
  it('include one without an end', () =>
    expect(summarizePeriods(assumed('2010'))).toEqual([[['2010', null]]]));
  it('are in the order of the timeline', () =>
    expect(summarizePeriods(assumed('2010'), left('2004'), assumed('2000'))).toEqual([
      [
        ['2000', '2004'],
        ['2010', null],
      ],
    ]));
  it('are in the first legal order', () =>
    expect(summarizePeriods(left('2010'), assumed('2010-12-20'))).toEqual([[['2010-12-20', '2010']]]));
  it('are listed for each office separately', () => {
    const cis = { organization: 'cis' };
    expect(summarizePeriods(assumed('2010'), assumed('2011', cis), left('2012'), left('2013', cis))).toEqual([
      [['2010', '2012']],
      [['2011', '2013']],
    ]);
  });
  it('are undefined if the facts have no legal order', () =>
    expect(summarizePeriods(left('2010'))).toEqual([undefined]));
});
