// A person and the offices held. Pure: no clock, no identifiers, no I/O, no framework.
import { Map } from 'immutable';
import { formatDatePhrase } from '../../dates/edtf.js';
import { FactTimeline } from '../../dates/fact-timeline.js';
import type { Decider, StateParts } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf, TypedEvent } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import { createAlternatingTimeline } from '../alternating-timeline.js';
import type { Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields, LocalizedNames } from '../event-fields.js';
import { findTimelineViolations, hasEnded, parseFactPart, toFactPart } from '../timeline-decider.js';

// These names and shapes are stored forever: version with care.
export type PersonRegistered = TypedEvent<
  'PersonRegistered',
  CitationFields & {
    person: string;
    name: string;
    names?: LocalizedNames;
    /** Value by scheme. */
    identifiers?: { readonly [scheme: string]: string };
  }
>;
/** `office` is its title; `effective` is EDTF. */
type OfficeData = CitationFields & {
  person: string;
  office: string;
  organization: string;
  effective: string;
};
export type OfficeAssumed = TypedEvent<'OfficeAssumed', OfficeData>;
export type OfficeLeft = TypedEvent<'OfficeLeft', OfficeData>;
export type OfficeEvent = OfficeAssumed | OfficeLeft;
export type PersonEvent = PersonRegistered | OfficeEvent;

/** Every event, with the functions that lift its older shapes; forever. */
export const personShapes: Shapes<PersonEvent> = {
  PersonRegistered: [],
  OfficeAssumed: [],
  OfficeLeft: [],
};

type PersonCommand =
  | TypedCommand<'register-person', DataOf<PersonRegistered>>
  | TypedCommand<'assume-office', DataOf<OfficeAssumed>>
  | TypedCommand<'leave-office', DataOf<OfficeLeft>>;

/** Which person held an office when, in valid time. The decider enforces it; read models order by it. */
export const officeTimeline = createAlternatingTimeline<OfficeEvent>('OfficeAssumed', {
  refuseRepeatedStart: ({ data }) =>
    refuse(
      'already-in-office',
      `"${data.person}" already is ${data.office} of "${data.organization}" ${formatDatePhrase(data.effective)}.`,
    ),
  refuseMissingStart: ({ data }) =>
    refuse(
      'not-in-office',
      `"${data.person}" is not ${data.office} of "${data.organization}" ${formatDatePhrase(data.effective)}.`,
    ),
});

const EMPTY_TIMELINE = FactTimeline.create(officeTimeline.rules);

/** Only what a later decision needs. */
type Person = {
  readonly isRegistered: boolean;
  /** The offices of the events, by revision. */
  readonly officesByRevision: Map<number, string>;
  /** By office: each has a timeline of its own. */
  readonly timelines: Map<string, typeof EMPTY_TIMELINE>;
};

/** An office of an organization. */
export const getOfficeKey = ({ data }: { readonly data: Omit<OfficeData, 'effective'> }): string =>
  JSON.stringify([data.organization, data.office]);

/** With this event at a revision in the timeline of its office, in place of the one that is there, if any. */
function setOfficeEvent(person: Person, revision: number, event: OfficeEvent | undefined): Person {
  const before = person.officesByRevision.get(revision);
  const update = (timelines: Person['timelines'], office: string, fact: OfficeEvent | undefined) => {
    const timeline = (timelines.get(office) ?? EMPTY_TIMELINE).set(revision, fact);
    return timeline.size === 0 ? timelines.delete(office) : timelines.set(office, timeline);
  };
  const remaining = before === undefined ? person.timelines : update(person.timelines, before, undefined);
  if (!event)
    return {
      ...person,
      officesByRevision: person.officesByRevision.delete(revision),
      timelines: remaining,
    };
  const office = getOfficeKey(event);
  return {
    ...person,
    officesByRevision: person.officesByRevision.set(revision, office),
    timelines: update(remaining, office, event),
  };
}

const getOfficeEvent = (
  { officesByRevision, timelines }: Person,
  revision: number,
): OfficeEvent | undefined => {
  const office = officesByRevision.get(revision);
  return office === undefined ? undefined : timelines.get(office)?.get(revision);
};

const REGISTRATION_PART = 'isRegistered';

const personParts: StateParts<PersonEvent, Person> = {
  getAccess: ({ type }, revision) =>
    type === 'PersonRegistered'
      ? { sets: [REGISTRATION_PART], reads: [REGISTRATION_PART] }
      : { sets: [toFactPart(revision)], reads: [REGISTRATION_PART] },
  getPart: (person, part) =>
    part === REGISTRATION_PART ? person.isRegistered : getOfficeEvent(person, parseFactPart(part)),
  copyPart: (person, part, from) =>
    part === REGISTRATION_PART
      ? { ...person, isRegistered: from.isRegistered }
      : setOfficeEvent(person, parseFactPart(part), getOfficeEvent(from, parseFactPart(part))),
};

export const personDecider: Decider<PersonCommand, PersonEvent, Person> = {
  initialState: { isRegistered: false, officesByRevision: Map(), timelines: Map() },
  parts: personParts,

  decide({ name, data }, { isRegistered }) {
    if (!isRegistered && name !== 'register-person')
      return refuse(
        'unknown-reference',
        `There is no person "${data.person}": register the person first, or correct the id.`,
        '/person',
      );
    switch (name) {
      case 'register-person':
        if (isRegistered)
          return refuse('id-taken', `The person "${data.person}" is already registered with other data.`);
        return [{ type: 'PersonRegistered', data }];
      case 'assume-office':
        return [{ type: 'OfficeAssumed', data }];
      case 'leave-office':
        return [{ type: 'OfficeLeft', data }];
    }
  },

  evolve: (person, event, revision) =>
    event.type === 'PersonRegistered'
      ? { ...person, isRegistered: true }
      : setOfficeEvent(person, revision, event),

  findViolations: ({ timelines }) =>
    [...timelines.values()].flatMap((timeline) => findTimelineViolations(timeline, officeTimeline)),

  isSuperseded: ({ timelines }, event) =>
    event.type !== 'PersonRegistered' &&
    hasEnded(timelines.get(getOfficeKey(event)) ?? EMPTY_TIMELINE, event),
};
