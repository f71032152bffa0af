import type { AnyEvent, JsonObject } from '../../../src/eventsourcing/message.js';
import { correct, corrected } from '../../support/amendment-fixtures.js';
import {
  fact,
  given,
  givenAmong,
  opened,
  other,
  schedule,
  scheduled,
} from '../../support/meeting-fixtures.js';

/** A book of other meetings, each by what its schedule says of its place. */
const book = (places: { readonly [meeting: string]: JsonObject }) =>
  givenAmong(Object.fromEntries(Object.entries(places).map(([id, place]) => [id, [other(id, place)]])));
const placed = (place: JsonObject): AnyEvent => scheduled('2011', place);

/** Refused, whether it is said at first or by a correction, alone or with something else. */
const isCircular = (place: JsonObject, others: { readonly [meeting: string]: JsonObject } = {}) => {
  book(others)().when(schedule('2011', place)).thenRefused('circular-order', 0);
  const unplaced = { ...others, cfm: {} };
  book(unplaced)(placed({}))
    .when(correct(fact(0), placed(place).data))
    .thenRefused('illegal-correction');
};
const isFine = (place: JsonObject, others: { readonly [meeting: string]: JsonObject } = {}) => {
  book(others)().when(schedule('2011', place)).then(placed(place));
  book({ ...others, cfm: {} })(placed({}))
    .when(correct(fact(0), placed(place).data))
    .thenStands(placed(place));
};

describe('before and after', () => {
  it('order a meeting against others, dated or not', () => {
    isFine({ before: 'a' }, { a: {} });
    isFine({ after: 'a' }, { a: {} });
    isFine({ after: 'a', before: 'b' }, { a: {}, b: { after: 'a' } });
    isFine({ after: 'a', before: 'b' }, { a: { before: 'b' }, b: {} });
    isFine({ before: 'a' }, { a: {}, b: { before: 'a' }, c: { after: 'a' } });
  });
  it('do not heed the dates', () =>
    givenAmong({ a: [other('a', { scheduledFor: '1999-01-01' })] })()
      .when(schedule('2011-05-31', { before: 'a' }))
      .then(scheduled('2011-05-31', { before: 'a' })));
  it('are not the same meeting', () => isCircular({ before: 'a', after: 'a' }, { a: {} }));
  it('are not itself', () => {
    isCircular({ before: 'cfm' });
    isCircular({ after: 'cfm' });
    isCircular({ after: 'a', before: 'cfm' }, { a: {} });
  });
});

describe('a circle', () => {
  it('of two meetings', () => {
    isCircular({ before: 'a' }, { a: { before: 'cfm' } });
    isCircular({ after: 'a' }, { a: { after: 'cfm' } });
  });
  it('is not what two meetings say of each other if they agree', () => {
    isFine({ before: 'a' }, { a: { after: 'cfm' } });
    isFine({ after: 'a' }, { a: { before: 'cfm' } });
  });
  it('through several meetings, all before', () =>
    isCircular({ before: 'a' }, { a: { before: 'b' }, b: { before: 'c' }, c: { before: 'cfm' } }));
  it('through several meetings, all after', () =>
    isCircular({ after: 'a' }, { a: { after: 'b' }, b: { after: 'c' }, c: { after: 'cfm' } }));
  it('through several meetings, some before and some after', () => {
    isCircular({ before: 'a' }, { a: { before: 'b' }, b: {}, c: { after: 'b', before: 'cfm' } });
    isCircular({ after: 'a' }, { a: { after: 'b' }, b: {}, c: { before: 'b', after: 'cfm' } });
    isCircular({ after: 'a', before: 'b' }, { a: {}, b: { before: 'c' }, c: { before: 'a' } });
    isCircular({ after: 'a', before: 'b' }, { a: { after: 'c' }, c: { after: 'b' }, b: {} });
  });
  it('that only the meetings after the next ones close, by many ways', () =>
    isCircular(
      { before: 'a' },
      { a: {}, b: { after: 'a' }, c: { after: 'a' }, d: { after: 'c', before: 'e' }, e: { before: 'cfm' } },
    ));
  it('of others, which two nodes racing may have closed, holds nobody up', () => {
    isFine({ before: 'a' }, { a: { before: 'b' }, b: { before: 'a' } });
    isFine({ after: 'a' }, { a: { after: 'b' }, b: { after: 'a' } });
    isFine({ partOf: 'a' }, { a: { partOf: 'b' }, b: { partOf: 'a' } });
  });
  it('is not what others said before they were corrected', () =>
    givenAmong({ a: [other('a', { after: 'cfm' }), corrected('meeting-a@0', other('a').data)] })()
      .when(schedule('2011', { after: 'a' }))
      .then(placed({ after: 'a' })));
  it('is what they say since', () =>
    givenAmong({ a: [other('a'), corrected('meeting-a@0', other('a', { after: 'cfm' }).data)] })()
      .when(schedule('2011', { after: 'a' }))
      .thenRefused('circular-order'));
  it('is opened by a correction', () => {
    const before = placed({ before: 'a' });
    givenAmong({ cfm: [before], a: [other('a', { before: 'b' })], b: [other('b')] })(before, opened())
      .when(correct(fact(0), placed({ after: 'b' }).data))
      .thenStands(placed({ after: 'b' }), opened());
    const after = placed({ after: 'a' });
    givenAmong({ cfm: [after], a: [other('a', { after: 'b' })], b: [other('b')] })(after, opened())
      .when(correct(fact(0), placed({ before: 'b' }).data))
      .thenStands(placed({ before: 'b' }), opened());
  });
  it('is judged on what a group leaves', () =>
    givenAmong({ cfm: [placed({})], a: [other('a', { before: 'cfm' })] })(placed({}))
      .when(correct(fact(0), placed({ before: 'a' }).data), correct(fact(0), placed({ after: 'a' }).data))
      .thenStands(placed({ after: 'a' })));
});

describe('a part', () => {
  it('of a meeting may have parts itself', () => {
    isFine({ partOf: 'week' }, { week: {} });
    isFine({ partOf: 'week' }, { week: { partOf: 'year' }, year: {}, day: { partOf: 'cfm' } });
  });
  it('is not a part of itself', () => {
    isCircular({ partOf: 'cfm' });
    isCircular({ partOf: 'a' }, { a: { partOf: 'cfm' } });
    isCircular({ partOf: 'a' }, { a: { partOf: 'b' }, b: { partOf: 'cfm' } });
  });
  it('may come before or after what it is a part of', () => {
    isFine({ partOf: 'a', before: 'a' }, { a: {} });
    isFine({ partOf: 'a', before: 'b' }, { a: { partOf: 'b' }, b: {} });
  });
});

it('where it was announced is no order', () => {
  given()
    .when(schedule('2011', { announcedAt: 'a', before: 'a' }))
    .then(placed({ announcedAt: 'a', before: 'a' }));
  isFine({ announcedAt: 'a', after: 'a' }, { a: { announcedAt: 'cfm' } });
});
