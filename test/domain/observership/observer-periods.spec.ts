import {
  type ObservershipEvent,
  listObserverPeriods,
} from '../../../src/domain/observership/observership.js';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { ended, granted } from '../../support/observership-fixtures.js';

const summarizePeriods = (...facts: AnyEvent[]) =>
  listObserverPeriods(facts as unknown as ObservershipEvent[])?.map(({ begun, ended }) => [
    begun.data.effective,
    ended?.data.effective ?? null,
  ]);

describe('the periods of observer status', () => {
  it('of no facts are none', () => expect(summarizePeriods()).toEqual([]));
  it('include one without an end', () => expect(summarizePeriods(granted('2004'))).toEqual([['2004', null]]));
  it('are in the order of the timeline', () =>
    expect(summarizePeriods(granted('2012'), ended('2010'), granted('2004'))).toEqual([
      ['2004', '2010'],
      ['2012', null],
    ]));
  it('are undefined if the facts have no legal order', () =>
    expect(summarizePeriods(ended('2010'))).toBeUndefined());
});
