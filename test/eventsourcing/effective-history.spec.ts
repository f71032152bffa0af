import { amended, asFact, effectiveHistory, revisionNamed } from '../../src/eventsourcing/amendments.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { corrected, disputed, retracted } from '../support/amendment-fixtures.js';
import { ended, fact, joined, on, STREAM } from '../support/membership-fixtures.js';
import { asRecorded, eventId } from '../support/decider-specification.js';

const recorded = (...events: AnyEvent[]) => asRecorded(STREAM, events);
const said = (...events: AnyEvent[]) =>
  effectiveHistory(recorded(...events)).map(({ type, data, entry, saidAt, correction }) => ({
    words: { type, data },
    entry,
    saidAt,
    corrected: correction?.data.reason,
  }));

describe('the effective history of a stream', () => {
  it('without amendments is what was recorded', () => {
    const events = recorded(joined('1992'), ended('1999'));
    expect(effectiveHistory(events)).toEqual(events.map(asFact));
  });
  it('keeps facts in record order, says since when they have their words, and through what', () =>
    expect(said(joined('1992'), ended('1999'), corrected(fact(0), on('1993'), { reason: 'first' }))).toEqual([
      { words: joined('1993'), entry: 1, saidAt: 3, corrected: 'first' },
      { words: ended('1999'), entry: 2, saidAt: 2, corrected: undefined },
    ]));
  it('has the words of the entry that corrected the correction', () =>
    expect(
      said(
        joined('1992'),
        corrected(fact(0), on('1993'), { reason: 'first' }),
        corrected(fact(1), { fact: fact(0), with: on('1994'), reason: 'second' }),
      ),
    ).toEqual([{ words: joined('1994'), entry: 1, saidAt: 3, corrected: 'second' }]));
  it('has its first words again, as of their entry, when no correction stands', () =>
    expect(said(joined('1992'), corrected(fact(0), on('1993')), retracted(fact(1)))).toEqual([
      { words: joined('1992'), entry: 1, saidAt: 1, corrected: undefined },
    ]));
  it('knows what retracted a fact', () => {
    const [first, second] = amended(recorded(joined('1992'), ended('1999'), retracted(fact(1))));
    expect(first?.retractedBy).toBeUndefined();
    expect(second?.retractedBy).toMatchObject({ revision: 2, data: { fact: fact(1) } });
  });
  it('is the same whichever name amendments use', () => {
    const by = (name: string) =>
      said(joined('1992'), corrected(name, on('1993')), disputed(name), ended('1999'));
    expect(by(eventId(STREAM, 0))).toEqual(by(fact(0)));
  });
  it('of some events is theirs, as long as all amendments are among them', () => {
    const events = recorded(
      joined('1992'),
      ended('1999'),
      corrected(fact(1), on('2000'), { reason: 'first' }),
      corrected(eventId(STREAM, 2), { fact: fact(1), with: on('2001'), reason: 'second' }),
      disputed(fact(0)),
    );
    expect(amended(events.slice(1))).toEqual(amended(events).slice(1));
  });
  it('of an earlier entry is what was said before it: nothing is erased', () => {
    const events = recorded(joined('1992'), corrected(fact(0), on('1993')), retracted(fact(0)));
    const asOf = (entry: number) =>
      effectiveHistory(events.slice(0, entry)).map(({ data }) => data['effective']);
    expect([1, 2, 3].map(asOf)).toEqual([['1992'], ['1993'], []]);
  });
});

describe('the name of a fact', () => {
  const events = recorded(joined('1992'), ended('1999'));
  it('is its stream and revision, or its event id in either case', () => {
    expect(revisionNamed(fact(1), events)).toBe(1);
    expect(revisionNamed(eventId(STREAM, 1), events)).toBe(1);
    expect(revisionNamed(eventId(STREAM, 1).toUpperCase(), events)).toBe(1);
  });
  it('names nothing in another stream, or later than the last', () => {
    expect(revisionNamed(fact(2), events)).toBeUndefined();
    expect(revisionNamed('membership-csto:belarus@0', events)).toBeUndefined();
    expect(revisionNamed(eventId('membership-csto:belarus', 0), events)).toBeUndefined();
    expect(revisionNamed(fact(0), [])).toBeUndefined();
  });
});
