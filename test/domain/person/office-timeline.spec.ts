import type { OfficeEvent } from '../../../src/domain/person/events.js';
import { byOffice, tenures } from '../../../src/domain/person/timeline.js';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { assumed, left } from '../../support/person-fixtures.js';

const told = (...facts: AnyEvent[]) =>
  byOffice(facts as unknown as OfficeEvent[]).map((office) =>
    tenures(office).map(({ begun, ended }) => [begun.data.effective, ended?.data.effective ?? null]),
  );

describe('times in office are told', () => {
  it('none', () => expect(told()).toEqual([]));
  it('one that lasts', () => expect(told(assumed('2010'))).toEqual([[['2010', null]]]));
  it('in the order of the timeline', () =>
    expect(told(assumed('2010'), left('2004'), assumed('2000'))).toEqual([
      [
        ['2000', '2004'],
        ['2010', null],
      ],
    ]));
  it('in the first order that is legal', () =>
    expect(told(left('2010'), assumed('2010-12-20'))).toEqual([[['2010-12-20', '2010']]]));
  it('each office apart', () => {
    const cis = { organization: 'cis' };
    expect(told(assumed('2010'), assumed('2011', cis), left('2012'), left('2013', cis))).toEqual([
      [['2010', '2012']],
      [['2011', '2013']],
    ]);
  });
  it('no legal order, none to tell', () => expect(() => told(left('2010'))).toThrow(RangeError));
});
