// The periods that read models derive from the events of a timeline.
import { describe, expect, it } from '@jest/globals';
import { readModels } from '../../projections/index.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { projectInProcess, readRowsAsOf } from '../read-models/support/project-in-process.js';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import { ended, joined, resumed, STREAM as MEMBERSHIP, suspended } from '../support/membership-fixtures.js';
import * as observership from '../support/observership-fixtures.js';
import { assumed, left, registered, STREAM as PERSON } from '../support/person-fixtures.js';

type Period = { readonly position: string; readonly since: string; readonly until: string | null };

/** The periods in a table of a read model in the order of their timeline, after the events were recorded one by one. */
function listPeriods(model: string, table: string, stream: string, events: readonly AnyEvent[]) {
  const declared = readModels.find(({ name }) => name === model)!;
  const book = createTestLedger();
  for (const event of events) book.record(stream, event);
  const { file } = projectInProcess(book, { model: declared });
  const rows = readRowsAsOf(file, book.head, declared)[table] as readonly Period[];
  return rows
    .toSorted((a, b) => (a.position < b.position ? -1 : 1))
    .map(({ since, until }) => [since, until]);
}

describe('the tenures of a member', () => {
  const listTenures = (...events: AnyEvent[]) => listPeriods('membership', 'tenures', MEMBERSHIP, events);
  const listSuspensions = (...events: AnyEvent[]) =>
    listPeriods('membership', 'suspensions', MEMBERSHIP, events);

  it('include one without an end', () => expect(listTenures(joined('1992'))).toEqual([['1992', null]]));

  it('are in the order of the timeline, in whichever order they are recorded', () =>
    expect(listTenures(joined('2006'), ended('2012'), ended('1999'), joined('1992'))).toEqual([
      ['1992', '1999'],
      ['2006', '2012'],
    ]));

  it('are split by an end and a joining between their days', () => {
    const events = [joined('1992'), suspended('1993'), resumed('1994'), suspended('2005'), ended('2012')];
    expect(listTenures(...events, ended('1999'), joined('2001'))).toEqual([
      ['1992', '1999'],
      ['2001', '2012'],
    ]);
    expect(listSuspensions(...events, ended('1999'), joined('2001'))).toEqual([
      ['1993', '1994'],
      ['2005', '2012'],
    ]);
  });

  it('end the last suspension, if it was not resumed', () =>
    expect(
      listSuspensions(joined('1992'), suspended('1993'), resumed('1994'), suspended('1995'), ended('1999')),
    ).toEqual([
      ['1993', '1994'],
      ['1995', '1999'],
    ]));

  it('are those of the first legal order, where the order of the dates is not legal', () => {
    const events = [joined('1992-05-15'), ended('1992'), joined('1995'), ended('1996')];
    expect(listTenures(...events)).toEqual([
      ['1992-05-15', '1992'],
      ['1995', '1996'],
    ]);
    expect(listTenures(...events, joined('1990'), ended('1991'))).toEqual([
      ['1990', '1991'],
      ['1992-05-15', '1992'],
      ['1995', '1996'],
    ]);
  });

  it('leave out what breaks a rule, where no order is legal', () =>
    expect(listTenures(joined('1992'), joined('1993'), ended('1994'), ended('1995'))).toEqual([
      ['1992', '1994'],
    ]));
});

describe('the periods of observer status', () => {
  const { ended, granted, STREAM } = observership;
  const listObservations = (...events: AnyEvent[]) =>
    listPeriods('observers', 'observations', STREAM, events);

  it('are in the order of the timeline', () =>
    expect(listObservations(granted('2012'), ended('2010'), granted('2004'))).toEqual([
      ['2004', '2010'],
      ['2012', null],
    ]));
});

describe('the periods in an office', () => {
  const listTerms = (...events: AnyEvent[]) =>
    listPeriods('offices', 'offices', PERSON, [registered(), ...events]);

  it('are in the order of the timeline', () =>
    expect(listTerms(assumed('2010'), left('2004'), assumed('2000'))).toEqual([
      ['2000', '2004'],
      ['2010', null],
    ]));

  it('are in the first legal order', () =>
    expect(listTerms(left('2010'), assumed('2010-12-20'))).toEqual([['2010-12-20', '2010']]));

  it('are those of each office separately', () => {
    const cis = { organization: 'cis' };
    expect(listTerms(assumed('2010'), assumed('2011', cis), left('2012'), left('2013', cis))).toEqual([
      ['2010', '2012'],
      ['2011', '2013'],
    ]);
  });
});
