import type { ObservershipEvent } from '../../../src/domain/observership/events.js';
import { observations } from '../../../src/domain/observership/timeline.js';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { ended, granted } from '../../support/observership-fixtures.js';

const told = (...facts: AnyEvent[]) =>
  observations(facts as unknown as ObservershipEvent[]).map(({ begun, ended }) => [
    begun.data.effective,
    ended?.data.effective ?? null,
  ]);

describe('times as an observer are told', () => {
  it('none', () => expect(told()).toEqual([]));
  it('one that lasts', () => expect(told(granted('2004'))).toEqual([['2004', null]]));
  it('in the order of the timeline', () =>
    expect(told(granted('2012'), ended('2010'), granted('2004'))).toEqual([
      ['2004', '2010'],
      ['2012', null],
    ]));
  it('no legal order, none to tell', () => expect(() => told(ended('2010'))).toThrow(RangeError));
});
