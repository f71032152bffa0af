// A person and the offices held. Pure: no clock, no identifiers, no I/O, no framework.
import { formatWhen } from '../../dates/edtf.js';
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf, EventOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import { type AlternationRules, checkAlternation, listPeriods } from '../alternating-timeline.js';
import type { CitationFields, LocalizedNames } from '../citation.js';

// These names and shapes are stored forever: version with care.
export type PersonRegistered = EventOf<
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
export type OfficeAssumed = EventOf<'OfficeAssumed', OfficeData>;
export type OfficeLeft = EventOf<'OfficeLeft', OfficeData>;
export type OfficeEvent = OfficeAssumed | OfficeLeft;
export type PersonEvent = PersonRegistered | OfficeEvent;

type PersonCommand =
  | CommandOf<'register-person', DataOf<PersonRegistered>>
  | CommandOf<'assume-office', DataOf<OfficeAssumed>>
  | CommandOf<'leave-office', DataOf<OfficeLeft>>;

/** Only what a later decision needs. */
type Person = { readonly isRegistered: boolean; readonly officeEvents: readonly OfficeEvent[] };

export const personDecider: Decider<PersonCommand, PersonEvent, Person> = {
  initialState: { isRegistered: false, officeEvents: [] },

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

  evolve: (person, event) =>
    event.type === 'PersonRegistered'
      ? { ...person, isRegistered: true }
      : { ...person, officeEvents: [...person.officeEvents, event] },

  invariant: ({ officeEvents }) =>
    groupByOffice(officeEvents).reduce<Refusal | undefined>(
      (refusal, events) => refusal ?? checkOfficeTimeline(events),
      undefined,
    ),
};

/** Which person held an office when, in valid time. The decider enforces it; read models order by it. */
const officeTimeline: AlternationRules<OfficeEvent> = {
  startEventType: 'OfficeAssumed',
  refuseRepeatedStart: ({ data }) =>
    refuse(
      'already-in-office',
      `"${data.person}" already is ${data.office} of "${data.organization}" ${formatWhen(data.effective)}.`,
    ),
  refuseMissingStart: ({ data }) =>
    refuse(
      'not-in-office',
      `"${data.person}" is not ${data.office} of "${data.organization}" ${formatWhen(data.effective)}.`,
    ),
};

/** The events by office of an organization, in record order: each office has a timeline of its own. */
export const groupByOffice = <F extends OfficeEvent>(events: readonly F[]): readonly F[][] => [
  ...Map.groupBy(events, ({ data }) => JSON.stringify([data.organization, data.office])).values(),
];

/** Refuses the events of one office, given in record order, if no order that their dates allow is legal. */
export const checkOfficeTimeline = (events: readonly OfficeEvent[]): Refusal | undefined =>
  checkAlternation(events, officeTimeline);

/** The periods in one office, of a legal history. */
export const listOfficePeriods = <F extends OfficeEvent>(events: readonly F[]) =>
  listPeriods<F>(events, officeTimeline);
