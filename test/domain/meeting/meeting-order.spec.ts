import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { correct, corrected } from '../../support/amendment-fixtures.js';
import {
  getFactName,
  given,
  givenMeetings,
  opened,
  otherScheduled,
  schedule,
  scheduled,
} from '../../support/meeting-fixtures.js';

/** A book of other meetings, each by what its schedule says of its place. */
const createMeetings = (places: { readonly [meeting: string]: JsonObject }) =>
  givenMeetings(
    Object.fromEntries(Object.entries(places).map(([id, place]) => [id, [otherScheduled(id, place)]])),
  );
const scheduledWithLinks = (place: JsonObject): AnyEvent => scheduled('2011', place);

/** Refused, whether it is said at first or by a correction, alone or with something else. */
const expectCircular = (place: JsonObject, others: { readonly [meeting: string]: JsonObject } = {}) => {
  createMeetings(others)().when(schedule('2011', place)).thenRefused('circular-order', 0);
  const unplaced = { ...others, cfm: {} };
  createMeetings(unplaced)(scheduledWithLinks({}))
    .when(correct(getFactName(0), scheduledWithLinks(place).data))
    .thenRefused('illegal-correction');
};
const expectAllowed = (place: JsonObject, others: { readonly [meeting: string]: JsonObject } = {}) => {
  createMeetings(others)().when(schedule('2011', place)).then(scheduledWithLinks(place));
  createMeetings({ ...others, cfm: {} })(scheduledWithLinks({}))
    .when(correct(getFactName(0), scheduledWithLinks(place).data))
    .thenStands(scheduledWithLinks(place));
};

describe('before and after', () => {
  it('order a meeting against others, dated or not', () => {
    expectAllowed({ before: 'a' }, { a: {} });
    expectAllowed({ after: 'a' }, { a: {} });
    expectAllowed({ after: 'a', before: 'b' }, { a: {}, b: { after: 'a' } });
    expectAllowed({ after: 'a', before: 'b' }, { a: { before: 'b' }, b: {} });
    expectAllowed({ before: 'a' }, { a: {}, b: { before: 'a' }, c: { after: 'a' } });
  });
  it('do not heed the dates', () =>
    givenMeetings({ a: [otherScheduled('a', { scheduledFor: '1999-01-01' })] })()
      .when(schedule('2011-05-31', { before: 'a' }))
      .then(scheduled('2011-05-31', { before: 'a' })));
  it('are not the same meeting', () => expectCircular({ before: 'a', after: 'a' }, { a: {} }));
  it('are not itself', () => {
    expectCircular({ before: 'cfm' });
    expectCircular({ after: 'cfm' });
    expectCircular({ after: 'a', before: 'cfm' }, { a: {} });
  });
});

describe('a circle', () => {
  it('of two meetings', () => {
    expectCircular({ before: 'a' }, { a: { before: 'cfm' } });
    expectCircular({ after: 'a' }, { a: { after: 'cfm' } });
  });
  it('is not what two meetings say of each other if they agree', () => {
    expectAllowed({ before: 'a' }, { a: { after: 'cfm' } });
    expectAllowed({ after: 'a' }, { a: { before: 'cfm' } });
  });
  it('through several meetings, all before', () =>
    expectCircular({ before: 'a' }, { a: { before: 'b' }, b: { before: 'c' }, c: { before: 'cfm' } }));
  it('through several meetings, all after', () =>
    expectCircular({ after: 'a' }, { a: { after: 'b' }, b: { after: 'c' }, c: { after: 'cfm' } }));
  it('through several meetings, some before and some after', () => {
    expectCircular({ before: 'a' }, { a: { before: 'b' }, b: {}, c: { after: 'b', before: 'cfm' } });
    expectCircular({ after: 'a' }, { a: { after: 'b' }, b: {}, c: { before: 'b', after: 'cfm' } });
    expectCircular({ after: 'a', before: 'b' }, { a: {}, b: { before: 'c' }, c: { before: 'a' } });
    expectCircular({ after: 'a', before: 'b' }, { a: { after: 'c' }, c: { after: 'b' }, b: {} });
  });
  it('that only the meetings after the next ones close, by many ways', () =>
    expectCircular(
      { before: 'a' },
      { a: {}, b: { after: 'a' }, c: { after: 'a' }, d: { after: 'c', before: 'e' }, e: { before: 'cfm' } },
    ));
  it('of others, which two nodes racing may have closed, holds nobody up', () => {
    expectAllowed({ before: 'a' }, { a: { before: 'b' }, b: { before: 'a' } });
    expectAllowed({ after: 'a' }, { a: { after: 'b' }, b: { after: 'a' } });
    expectAllowed({ partOf: 'a' }, { a: { partOf: 'b' }, b: { partOf: 'a' } });
  });
  it('is not what others said before they were corrected', () =>
    givenMeetings({
      a: [otherScheduled('a', { after: 'cfm' }), corrected('meeting-a@0', otherScheduled('a').data)],
    })()
      .when(schedule('2011', { after: 'a' }))
      .then(scheduledWithLinks({ after: 'a' })));
  it('is what they say since', () =>
    givenMeetings({
      a: [otherScheduled('a'), corrected('meeting-a@0', otherScheduled('a', { after: 'cfm' }).data)],
    })()
      .when(schedule('2011', { after: 'a' }))
      .thenRefused('circular-order'));
  it('is opened by a correction', () => {
    const before = scheduledWithLinks({ before: 'a' });
    givenMeetings({ cfm: [before], a: [otherScheduled('a', { before: 'b' })], b: [otherScheduled('b')] })(
      before,
      opened(),
    )
      .when(correct(getFactName(0), scheduledWithLinks({ after: 'b' }).data))
      .thenStands(scheduledWithLinks({ after: 'b' }), opened());
    const after = scheduledWithLinks({ after: 'a' });
    givenMeetings({ cfm: [after], a: [otherScheduled('a', { after: 'b' })], b: [otherScheduled('b')] })(
      after,
      opened(),
    )
      .when(correct(getFactName(0), scheduledWithLinks({ before: 'b' }).data))
      .thenStands(scheduledWithLinks({ before: 'b' }), opened());
  });
  it('is judged on what a group leaves', () =>
    givenMeetings({ cfm: [scheduledWithLinks({})], a: [otherScheduled('a', { before: 'cfm' })] })(
      scheduledWithLinks({}),
    )
      .when(
        correct(getFactName(0), scheduledWithLinks({ before: 'a' }).data),
        correct(getFactName(0), scheduledWithLinks({ after: 'a' }).data),
      )
      .thenStands(scheduledWithLinks({ after: 'a' })));
});

describe('a part', () => {
  it('of a meeting may have parts itself', () => {
    expectAllowed({ partOf: 'week' }, { week: {} });
    expectAllowed({ partOf: 'week' }, { week: { partOf: 'year' }, year: {}, day: { partOf: 'cfm' } });
  });
  it('is not a part of itself', () => {
    expectCircular({ partOf: 'cfm' });
    expectCircular({ partOf: 'a' }, { a: { partOf: 'cfm' } });
    expectCircular({ partOf: 'a' }, { a: { partOf: 'b' }, b: { partOf: 'cfm' } });
  });
  it('may come before or after what it is a part of', () => {
    expectAllowed({ partOf: 'a', before: 'a' }, { a: {} });
    expectAllowed({ partOf: 'a', before: 'b' }, { a: { partOf: 'b' }, b: {} });
  });
});

it('where it was announced is no order', () => {
  given()
    .when(schedule('2011', { announcedAt: 'a', before: 'a' }))
    .then(scheduledWithLinks({ announcedAt: 'a', before: 'a' }));
  expectAllowed({ announcedAt: 'a', after: 'a' }, { a: { announcedAt: 'cfm' } });
});
