import {
  applyAmendments,
  toFact,
  getEffectiveHistory,
  resolveFactReference,
} from '../../src/eventsourcing/amendments.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { corrected, disputed, retracted } from '../support/amendment-fixtures.js';
import { ended, getFactReference, joined, membershipData, STREAM } from '../support/membership-fixtures.js';
import { toRecordedEvents, createEventId } from '../support/decider-specification.js';

const toRecorded = (...events: AnyEvent[]) => toRecordedEvents(STREAM, events);
const summarizeHistory = (...events: AnyEvent[]) =>
  getEffectiveHistory(toRecorded(...events)).map(({ type, data, entry, effectiveEntry, correction }) => ({
    content: { type, data },
    entry,
    effectiveEntry,
    corrected: correction?.data.reason,
  }));

describe('the effective history of a stream', () => {
  it('equals the recorded events if there are no amendments', () => {
    const events = toRecorded(joined('1992'), ended('1999'));
    expect(getEffectiveHistory(events)).toEqual(events.map(toFact));
  });
  it('keeps the record order and names the entry and the correction that give each fact its data', () =>
    expect(
      summarizeHistory(
        joined('1992'),
        ended('1999'),
        corrected(getFactReference(0), membershipData('1993'), { reason: 'first' }),
      ),
    ).toEqual([
      { content: joined('1993'), entry: 1, effectiveEntry: 3, corrected: 'first' },
      { content: ended('1999'), entry: 2, effectiveEntry: 2, corrected: undefined },
    ]));
  it('names the entry that corrected the correction', () =>
    expect(
      summarizeHistory(
        joined('1992'),
        corrected(getFactReference(0), membershipData('1993'), { reason: 'first' }),
        corrected(getFactReference(1), {
          fact: getFactReference(0),
          with: membershipData('1994'),
          reason: 'second',
        }),
      ),
    ).toEqual([{ content: joined('1994'), entry: 1, effectiveEntry: 3, corrected: 'second' }]));
  it('restores the original data and entry when every correction was retracted', () =>
    expect(
      summarizeHistory(
        joined('1992'),
        corrected(getFactReference(0), membershipData('1993')),
        retracted(getFactReference(1)),
      ),
    ).toEqual([{ content: joined('1992'), entry: 1, effectiveEntry: 1, corrected: undefined }]));
  it('names the event that retracted a fact', () => {
    const [first, second] = applyAmendments(
      toRecorded(joined('1992'), ended('1999'), retracted(getFactReference(1))),
    );
    expect(first?.retractedBy).toBeUndefined();
    expect(second?.retractedBy).toMatchObject({ revision: 2, data: { fact: getFactReference(1) } });
  });
  it('is the same whether amendments refer to facts by stream and revision or by event id', () => {
    const summarizeWith = (name: string) =>
      summarizeHistory(
        joined('1992'),
        corrected(name, membershipData('1993')),
        disputed(name),
        ended('1999'),
      );
    expect(summarizeWith(createEventId(STREAM, 0))).toEqual(summarizeWith(getFactReference(0)));
  });
  it('is correct for a suffix of the stream that contains all of its amendments', () => {
    const events = toRecorded(
      joined('1992'),
      ended('1999'),
      corrected(getFactReference(1), membershipData('2000'), { reason: 'first' }),
      corrected(createEventId(STREAM, 2), {
        fact: getFactReference(1),
        with: membershipData('2001'),
        reason: 'second',
      }),
      disputed(getFactReference(0)),
    );
    expect(applyAmendments(events.slice(1))).toEqual(applyAmendments(events).slice(1));
  });
  it('can be computed as of an earlier entry: no data is erased', () => {
    const events = toRecorded(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      retracted(getFactReference(0)),
    );
    const asOf = (entry: number) =>
      getEffectiveHistory(events.slice(0, entry)).map(({ data }) => data['effective']);
    expect([1, 2, 3].map(asOf)).toEqual([['1992'], ['1993'], []]);
  });
});

describe('the reference to a fact', () => {
  const events = toRecorded(joined('1992'), ended('1999'));
  it('resolves from stream and revision, or from the event id in upper or lower case', () => {
    expect(resolveFactReference(getFactReference(1), events)).toBe(1);
    expect(resolveFactReference(createEventId(STREAM, 1), events)).toBe(1);
    expect(resolveFactReference(createEventId(STREAM, 1).toUpperCase(), events)).toBe(1);
  });
  it('does not resolve in another stream or after the last revision', () => {
    expect(resolveFactReference(getFactReference(2), events)).toBeUndefined();
    expect(resolveFactReference('membership-csto:belarus@0', events)).toBeUndefined();
    expect(resolveFactReference(createEventId('membership-csto:belarus', 0), events)).toBeUndefined();
    expect(resolveFactReference(getFactReference(0), [])).toBeUndefined();
  });
});
