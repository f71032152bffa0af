import { type OfficeEvent, groupByOffice, listOfficePeriods } from '../../../src/domain/person/person.js';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { assumed, left } from '../../support/person-fixtures.js';

const summarizePeriods = (...facts: AnyEvent[]) =>
  groupByOffice(facts as unknown as OfficeEvent[]).map((office) =>
    listOfficePeriods(office).map(({ begun, ended }) => [
      begun.data.effective,
      ended?.data.effective ?? null,
    ]),
  );

describe('times in office are told', () => {
  it('none', () => expect(summarizePeriods()).toEqual([]));
  it('one that lasts', () => expect(summarizePeriods(assumed('2010'))).toEqual([[['2010', null]]]));
  it('in the order of the timeline', () =>
    expect(summarizePeriods(assumed('2010'), left('2004'), assumed('2000'))).toEqual([
      [
        ['2000', '2004'],
        ['2010', null],
      ],
    ]));
  it('in the first order that is legal', () =>
    expect(summarizePeriods(left('2010'), assumed('2010-12-20'))).toEqual([[['2010-12-20', '2010']]]));
  it('each office apart', () => {
    const cis = { organization: 'cis' };
    expect(summarizePeriods(assumed('2010'), assumed('2011', cis), left('2012'), left('2013', cis))).toEqual([
      [['2010', '2012']],
      [['2011', '2013']],
    ]);
  });
  it('no legal order, none to tell', () => expect(() => summarizePeriods(left('2010'))).toThrow(RangeError));
});
