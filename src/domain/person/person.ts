// A person and the offices held. Pure: no clock, no identifiers, no I/O, no framework.
import { formatDatePhrase } from '../../dates/edtf.js';
import type { Decider, StateParts } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf, TypedEvent } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import { createAlternatingTimeline } from '../alternating-timeline.js';
import type { Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields, LocalizedNames } from '../event-fields.js';
import { parseFactPart, toFactPart } from '../timeline-decider.js';
import { TimelineSet, toAnyTimeline } from '../timeline-set.js';

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

/** Only what a later decision needs. */
type Person = {
  readonly isRegistered: boolean;
  /** Each office has a timeline of its own. */
  readonly offices: TimelineSet<OfficeEvent>;
};

/** An office of an organization. */
export const getOfficeKey = ({ data }: { readonly data: Omit<OfficeData, 'effective'> }): string =>
  JSON.stringify([data.organization, data.office]);

const REGISTRATION_PART = 'isRegistered';

const personParts: StateParts<PersonEvent, Person> = {
  getAccess: ({ type }, revision) =>
    type === 'PersonRegistered'
      ? { sets: [REGISTRATION_PART], reads: [REGISTRATION_PART] }
      : { sets: [toFactPart(revision)], reads: [REGISTRATION_PART] },
  getPart: ({ isRegistered, offices }, part) =>
    part === REGISTRATION_PART ? isRegistered : offices.get(parseFactPart(part)),
  copyPart: (person, part, from) =>
    part === REGISTRATION_PART
      ? { ...person, isRegistered: from.isRegistered }
      : {
          ...person,
          offices: person.offices.set(parseFactPart(part), from.offices.get(parseFactPart(part))),
        },
};

export const personDecider: Decider<PersonCommand, PersonEvent, Person> = {
  initialState: {
    isRegistered: false,
    offices: TimelineSet.create<OfficeEvent>({
      getTimeline: getOfficeKey,
      getRefusals: () => toAnyTimeline(officeTimeline),
    }),
  },
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
      : { ...person, offices: person.offices.set(revision, event) },

  findViolations: ({ offices }) => offices.findViolations(),

  isSuperseded: ({ offices }, event) => event.type !== 'PersonRegistered' && offices.hasEnded(event),
};
