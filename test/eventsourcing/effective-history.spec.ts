import {
  applyAmendments,
  toFact,
  getEffectiveHistory,
  findRevision,
} from '../../src/eventsourcing/amendments.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { corrected, disputed, retracted } from '../support/amendment-fixtures.js';
import { ended, getFactName, joined, membershipData, STREAM } from '../support/membership-fixtures.js';
import { toRecordedEvents, createEventId } from '../support/decider-specification.js';

const toRecorded = (...events: AnyEvent[]) => toRecordedEvents(STREAM, events);
const summarizeHistory = (...events: AnyEvent[]) =>
  getEffectiveHistory(toRecorded(...events)).map(({ type, data, entry, effectiveEntry, correction }) => ({
    words: { type, data },
    entry,
    saidAt: effectiveEntry,
    corrected: correction?.data.reason,
  }));

describe('the effective history of a stream', () => {
  it('without amendments is what was recorded', () => {
    const events = toRecorded(joined('1992'), ended('1999'));
    expect(getEffectiveHistory(events)).toEqual(events.map(toFact));
  });
  it('keeps facts in record order, says since when they have their words, and through what', () =>
    expect(
      summarizeHistory(
        joined('1992'),
        ended('1999'),
        corrected(getFactName(0), membershipData('1993'), { reason: 'first' }),
      ),
    ).toEqual([
      { words: joined('1993'), entry: 1, saidAt: 3, corrected: 'first' },
      { words: ended('1999'), entry: 2, saidAt: 2, corrected: undefined },
    ]));
  it('has the words of the entry that corrected the correction', () =>
    expect(
      summarizeHistory(
        joined('1992'),
        corrected(getFactName(0), membershipData('1993'), { reason: 'first' }),
        corrected(getFactName(1), { fact: getFactName(0), with: membershipData('1994'), reason: 'second' }),
      ),
    ).toEqual([{ words: joined('1994'), entry: 1, saidAt: 3, corrected: 'second' }]));
  it('has its first words again, as of their entry, when no correction stands', () =>
    expect(
      summarizeHistory(
        joined('1992'),
        corrected(getFactName(0), membershipData('1993')),
        retracted(getFactName(1)),
      ),
    ).toEqual([{ words: joined('1992'), entry: 1, saidAt: 1, corrected: undefined }]));
  it('knows what retracted a fact', () => {
    const [first, second] = applyAmendments(
      toRecorded(joined('1992'), ended('1999'), retracted(getFactName(1))),
    );
    expect(first?.retractedBy).toBeUndefined();
    expect(second?.retractedBy).toMatchObject({ revision: 2, data: { fact: getFactName(1) } });
  });
  it('is the same whichever name amendments use', () => {
    const by = (name: string) =>
      summarizeHistory(
        joined('1992'),
        corrected(name, membershipData('1993')),
        disputed(name),
        ended('1999'),
      );
    expect(by(createEventId(STREAM, 0))).toEqual(by(getFactName(0)));
  });
  it('of some events is theirs, as long as all amendments are among them', () => {
    const events = toRecorded(
      joined('1992'),
      ended('1999'),
      corrected(getFactName(1), membershipData('2000'), { reason: 'first' }),
      corrected(createEventId(STREAM, 2), {
        fact: getFactName(1),
        with: membershipData('2001'),
        reason: 'second',
      }),
      disputed(getFactName(0)),
    );
    expect(applyAmendments(events.slice(1))).toEqual(applyAmendments(events).slice(1));
  });
  it('of an earlier entry is what was said before it: nothing is erased', () => {
    const events = toRecorded(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      retracted(getFactName(0)),
    );
    const asOf = (entry: number) =>
      getEffectiveHistory(events.slice(0, entry)).map(({ data }) => data['effective']);
    expect([1, 2, 3].map(asOf)).toEqual([['1992'], ['1993'], []]);
  });
});

describe('the name of a fact', () => {
  const events = toRecorded(joined('1992'), ended('1999'));
  it('is its stream and revision, or its event id in either case', () => {
    expect(findRevision(getFactName(1), events)).toBe(1);
    expect(findRevision(createEventId(STREAM, 1), events)).toBe(1);
    expect(findRevision(createEventId(STREAM, 1).toUpperCase(), events)).toBe(1);
  });
  it('names nothing in another stream, or later than the last', () => {
    expect(findRevision(getFactName(2), events)).toBeUndefined();
    expect(findRevision('membership-csto:belarus@0', events)).toBeUndefined();
    expect(findRevision(createEventId('membership-csto:belarus', 0), events)).toBeUndefined();
    expect(findRevision(getFactName(0), [])).toBeUndefined();
  });
});
