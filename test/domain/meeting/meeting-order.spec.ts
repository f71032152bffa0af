import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { correct, corrected } from '../../support/amendment-fixtures.js';
import {
  getFactReference,
  given,
  givenMeetings,
  opened,
  otherScheduled,
  schedule,
  scheduled,
} from '../../support/meeting-fixtures.js';

/** Other meetings, each given by the links in its MeetingScheduled event. */
const createMeetings = (places: { readonly [meeting: string]: JsonObject }) =>
  givenMeetings(
    Object.fromEntries(Object.entries(places).map(([id, place]) => [id, [otherScheduled(id, place)]])),
  );
const scheduledWithLinks = (place: JsonObject): AnyEvent => scheduled('2011', place);

/** Expects a refusal both for the scheduling and for a correction of it. */
const expectCircular = (place: JsonObject, others: { readonly [meeting: string]: JsonObject } = {}) => {
  createMeetings(others)().when(schedule('2011', place)).thenRefused('circular-order', 0);
  const unplaced = { ...others, cfm: {} };
  createMeetings(unplaced)(scheduledWithLinks({}))
    .when(correct(getFactReference(0), scheduledWithLinks(place).data))
    .thenRefused('illegal-correction');
};
const expectAllowed = (place: JsonObject, others: { readonly [meeting: string]: JsonObject } = {}) => {
  createMeetings(others)().when(schedule('2011', place)).then(scheduledWithLinks(place));
  createMeetings({ ...others, cfm: {} })(scheduledWithLinks({}))
    .when(correct(getFactReference(0), scheduledWithLinks(place).data))
    .thenStands(scheduledWithLinks(place));
};

describe('the fields before and after', () => {
  it('order a meeting relative to others, dated or not', () => {
    expectAllowed({ before: 'a' }, { a: {} });
    expectAllowed({ after: 'a' }, { a: {} });
    expectAllowed({ after: 'a', before: 'b' }, { a: {}, b: { after: 'a' } });
    expectAllowed({ after: 'a', before: 'b' }, { a: { before: 'b' }, b: {} });
    expectAllowed({ before: 'a' }, { a: {}, b: { before: 'a' }, c: { after: 'a' } });
  });
  it('do not depend on the dates', () =>
    givenMeetings({ a: [otherScheduled('a', { scheduledFor: '1999-01-01' })] })()
      .when(schedule('2011-05-31', { before: 'a' }))
      .then(scheduled('2011-05-31', { before: 'a' })));
  it('must not name the same meeting', () => expectCircular({ before: 'a', after: 'a' }, { a: {} }));
  it('must not name the meeting itself', () => {
    expectCircular({ before: 'cfm' });
    expectCircular({ after: 'cfm' });
    expectCircular({ after: 'a', before: 'cfm' }, { a: {} });
  });
});

describe('a cycle of meetings', () => {
  it('is refused between two meetings', () => {
    expectCircular({ before: 'a' }, { a: { before: 'cfm' } });
    expectCircular({ after: 'a' }, { a: { after: 'cfm' } });
  });
  it('does not exist if two meetings state the same order', () => {
    expectAllowed({ before: 'a' }, { a: { after: 'cfm' } });
    expectAllowed({ after: 'a' }, { a: { before: 'cfm' } });
  });
  it('is refused through several meetings that all use before', () =>
    expectCircular({ before: 'a' }, { a: { before: 'b' }, b: { before: 'c' }, c: { before: 'cfm' } }));
  it('is refused through several meetings that all use after', () =>
    expectCircular({ after: 'a' }, { a: { after: 'b' }, b: { after: 'c' }, c: { after: 'cfm' } }));
  it('is refused through several meetings that mix before and after', () => {
    expectCircular({ before: 'a' }, { a: { before: 'b' }, b: {}, c: { after: 'b', before: 'cfm' } });
    expectCircular({ after: 'a' }, { a: { after: 'b' }, b: {}, c: { before: 'b', after: 'cfm' } });
    expectCircular({ after: 'a', before: 'b' }, { a: {}, b: { before: 'c' }, c: { before: 'a' } });
    expectCircular({ after: 'a', before: 'b' }, { a: { after: 'c' }, c: { after: 'b' }, b: {} });
  });
  it('is refused if it is found only several steps away, among many paths', () =>
    expectCircular(
      { before: 'a' },
      { a: {}, b: { after: 'a' }, c: { after: 'a' }, d: { after: 'c', before: 'e' }, e: { before: 'cfm' } },
    ));
  it('among other meetings, which concurrent appends of two nodes can create, is ignored', () => {
    expectAllowed({ before: 'a' }, { a: { before: 'b' }, b: { before: 'a' } });
    expectAllowed({ after: 'a' }, { a: { after: 'b' }, b: { after: 'a' } });
    expectAllowed({ partOf: 'a' }, { a: { partOf: 'b' }, b: { partOf: 'a' } });
  });
  it('is not derived from data of other meetings that was corrected', () =>
    givenMeetings({
      a: [otherScheduled('a', { after: 'cfm' }), corrected('meeting-a@0', otherScheduled('a').data)],
    })()
      .when(schedule('2011', { after: 'a' }))
      .then(scheduledWithLinks({ after: 'a' })));
  it('is derived from the corrected data of other meetings', () =>
    givenMeetings({
      a: [otherScheduled('a'), corrected('meeting-a@0', otherScheduled('a', { after: 'cfm' }).data)],
    })()
      .when(schedule('2011', { after: 'a' }))
      .thenRefused('circular-order'));
  it('can be removed by a correction', () => {
    const before = scheduledWithLinks({ before: 'a' });
    givenMeetings({ cfm: [before], a: [otherScheduled('a', { before: 'b' })], b: [otherScheduled('b')] })(
      before,
      opened(),
    )
      .when(correct(getFactReference(0), scheduledWithLinks({ after: 'b' }).data))
      .thenStands(scheduledWithLinks({ after: 'b' }), opened());
    const after = scheduledWithLinks({ after: 'a' });
    givenMeetings({ cfm: [after], a: [otherScheduled('a', { after: 'b' })], b: [otherScheduled('b')] })(
      after,
      opened(),
    )
      .when(correct(getFactReference(0), scheduledWithLinks({ before: 'b' }).data))
      .thenStands(scheduledWithLinks({ before: 'b' }), opened());
  });
  it('is checked on the state after the whole group', () =>
    givenMeetings({ cfm: [scheduledWithLinks({})], a: [otherScheduled('a', { before: 'cfm' })] })(
      scheduledWithLinks({}),
    )
      .when(
        correct(getFactReference(0), scheduledWithLinks({ before: 'a' }).data),
        correct(getFactReference(0), scheduledWithLinks({ after: 'a' }).data),
      )
      .thenStands(scheduledWithLinks({ after: 'a' })));
});

describe('the field partOf', () => {
  it('may name a meeting that has a parent or parts itself', () => {
    expectAllowed({ partOf: 'week' }, { week: {} });
    expectAllowed({ partOf: 'week' }, { week: { partOf: 'year' }, year: {}, day: { partOf: 'cfm' } });
  });
  it('must not make a meeting a part of itself', () => {
    expectCircular({ partOf: 'cfm' });
    expectCircular({ partOf: 'a' }, { a: { partOf: 'cfm' } });
    expectCircular({ partOf: 'a' }, { a: { partOf: 'b' }, b: { partOf: 'cfm' } });
  });
  it('may name a meeting that the part comes before or after', () => {
    expectAllowed({ partOf: 'a', before: 'a' }, { a: {} });
    expectAllowed({ partOf: 'a', before: 'b' }, { a: { partOf: 'b' }, b: {} });
  });
});

it('the field announcedAt does not order meetings', () => {
  given()
    .when(schedule('2011', { announcedAt: 'a', before: 'a' }))
    .then(scheduledWithLinks({ announcedAt: 'a', before: 'a' }));
  expectAllowed({ announcedAt: 'a', after: 'a' }, { a: { announcedAt: 'cfm' } });
});
