// How the rules of a meeting are declared: a row for each event type, by subject. All else about it is derived from its row.
import type { DataOf } from '../../eventsourcing/message.js';
import { type Refusal, refuse } from '../../eventsourcing/refusal.js';
import type { Json } from '../../json/json.js';
import type { MeetingEvent, MeetingScheduled } from './events.js';
import { formatPartName, hasPart, type Meeting, type PartKind, type PartValues } from './state.js';
import type { MeetingLifecycle } from './lifecycle.js';

/** The state of other meetings that the rules read. */
export type RelatedMeetings = {
  readonly meeting: (id: string) => Meeting | undefined;
  /** The meetings that may have been scheduled with this value in this field. */
  readonly findStreams: (category: 'meeting', field: 'after', id: string) => readonly string[];
};

/** Something of a meeting that a command refers to: of the same meeting, unless another one is named. */
type InnerReference = {
  readonly pointer: string;
  readonly kind: PartKind;
  readonly id: string | undefined;
  readonly meeting?: string | undefined;
};

/** What becomes of a part of the state; undefined: it is no longer there. */
export type PartChange = {
  readonly part: string;
  readonly evolve: (before: Json | undefined) => Json | undefined;
};

export const setPart = <K extends PartKind>(kind: K, id: string, value: PartValues[K]): PartChange => ({
  part: formatPartName(kind, id),
  evolve: () => value,
});
export const deletePart = (kind: PartKind, id: string): PartChange => ({
  part: formatPartName(kind, id),
  evolve: () => undefined,
});

/** From which point in the life of a meeting something can be recorded. */
export type Availability = 'always' | 'once-opened' | 'while-open';

/** The meeting is scheduled, and what the command refers to exists, when its row is asked. */
export type EventRule<E extends MeetingEvent = MeetingEvent> = {
  readonly availability: Availability | ((data: DataOf<E>) => Availability);
  readonly listReferences?: (data: DataOf<E>) => readonly InnerReference[];
  /** The rules of its own. */
  readonly check?: (
    data: DataOf<E>,
    meeting: ScheduledMeeting,
    related: RelatedMeetings,
  ) => Refusal | undefined;
  readonly listChanges?: (data: DataOf<E>) => readonly PartChange[];
  /** What `check` reads beside the parts that it refers to and changes. */
  readonly reads?: readonly ('lifecycle' | 'links')[];
  /** Events that move something back and forth have a track (AggregateDeclaration.getRepetitionTrack). */
  readonly getTrack?: (data: DataOf<E>) => string;
};

export type ScheduledMeeting = Meeting & { readonly lifecycle: MeetingLifecycle };

/** The events that are recorded of a meeting that is scheduled. */
export type RecordEvent = Exclude<MeetingEvent, MeetingScheduled>;
export type EventRules<E extends RecordEvent> = {
  readonly [T in E['type']]: EventRule<Extract<E, { readonly type: T }>>;
};

const PART_NAMES: { readonly [K in PartKind]: string } = {
  item: 'agenda item',
  itemData: 'agenda item',
  withdrawnItem: 'withdrawal of the item',
  participant: 'participant',
  statement: 'statement',
  report: 'report',
  decision: 'decision',
};
export const getPartDescription = (kind: PartKind): string => PART_NAMES[kind];

export const refuseRecorded = (meeting: string, kind: PartKind, id: string): Refusal =>
  refuse(
    'already-recorded',
    `The ${PART_NAMES[kind]} "${id}" of "${meeting}" is already recorded with other data.`,
  );

export const checkIsNew = (id: string, meeting: string, kind: PartKind, state: Meeting) =>
  hasPart(state, kind, id) ? refuseRecorded(meeting, kind, id) : undefined;

export const refersToItem = (id: string | undefined, pointer = '/agendaItem'): InnerReference => ({
  pointer,
  kind: 'item',
  id,
});
