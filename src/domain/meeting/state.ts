// What later decisions need of a meeting, and how it divides into parts that evolve on their own. Pure.
import { Map, Set } from 'immutable';
import type { StatePartAccess, StateParts } from '../../eventsourcing/decider.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { canonicalJson } from '../../json/canonical-json.js';
import type { MeetingEvent, MeetingScheduled } from './events.js';
import { evolveLifecycle, isMeetingStep, type MeetingLifecycle } from './lifecycle.js';
import type { MeetingLinks } from './meeting-order.js';

/** Only what a later decision needs. Persistent collections, since a record may have thousands of entries. */
export type Meeting = {
  readonly lifecycle?: MeetingLifecycle;
  readonly links: MeetingLinks;
  readonly items: Set<string>;
  /** What each agenda item was added with, as canonical JSON. */
  readonly itemData: Map<string, string>;
  readonly withdrawnItems: Set<string>;
  readonly participants: Map<string, 'regrets' | 'attended'>;
  readonly statements: Set<string>;
  readonly reports: Set<string>;
  readonly decisions: Set<string>;
  readonly hasApprovedMinutes: boolean;
};

export const INITIAL_MEETING: Meeting = {
  links: {},
  items: Set(),
  itemData: Map(),
  withdrawnItems: Set(),
  participants: Map(),
  statements: Set(),
  reports: Set(),
  decisions: Set(),
  hasApprovedMinutes: false,
};

export function evolveMeeting(before: Meeting, event: MeetingEvent): Meeting {
  const lifecycle = evolveLifecycle(before.lifecycle, event);
  const meeting = lifecycle === before.lifecycle || !lifecycle ? before : { ...before, lifecycle };
  const { type, data } = event;
  switch (type) {
    case 'MeetingScheduled':
      return { ...meeting, links: getLinks(data) };
    case 'AgendaItemAdded':
      return {
        ...meeting,
        items: meeting.items.add(data.item),
        itemData: meeting.itemData.set(data.item, canonicalJson(data)),
        withdrawnItems: meeting.withdrawnItems.delete(data.item),
      };
    case 'AgendaItemWithdrawn':
      return { ...meeting, withdrawnItems: meeting.withdrawnItems.add(data.item) };
    case 'ParticipantRecorded': {
      const attendance = data.presence === 'regrets' ? 'regrets' : 'attended';
      return { ...meeting, participants: meeting.participants.set(data.participant, attendance) };
    }
    case 'StatementRecorded':
      return { ...meeting, statements: meeting.statements.add(data.statement) };
    case 'ReportHeard':
      return { ...meeting, reports: meeting.reports.add(data.report) };
    case 'DecisionTaken':
      return { ...meeting, decisions: meeting.decisions.add(data.decision) };
    case 'MinutesApproved':
      return { ...meeting, hasApprovedMinutes: true };
    default:
      return meeting;
  }
}

const getLinks = ({ before, after, partOf }: DataOf<MeetingScheduled>): MeetingLinks => ({
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
  ...(partOf !== undefined && { partOf }),
});

/** The course of a meeting goes to and fro, and so does each agenda item, and what is known of a participant. */
export function getMeetingEventTrack(event: MeetingEvent): string | undefined {
  if (isMeetingStep(event)) return 'course';
  switch (event.type) {
    case 'AgendaItemAdded':
    case 'AgendaItemWithdrawn':
      return `item ${event.data.item}`;
    case 'ParticipantRecorded':
      return `participant ${event.data.participant}`;
    default:
      return undefined;
  }
}

/** The ids of the meeting that an event names, by kind: what it adds is named first. */
const listOwnParts = ({ type, data }: MeetingEvent): readonly string[] => {
  switch (type) {
    case 'AgendaItemAdded':
      return [`items ${data.item}`, `itemData ${data.item}`, `withdrawnItems ${data.item}`];
    case 'AgendaItemWithdrawn':
      return [`withdrawnItems ${data.item}`];
    case 'ParticipantRecorded':
      return [`participants ${data.participant}`];
    case 'StatementRecorded':
      return [`statements ${data.statement}`];
    case 'ReportHeard':
      return [`reports ${data.report}`];
    case 'DecisionTaken':
      return [`decisions ${data.decision}`];
    case 'MinutesApproved':
      return ['hasApprovedMinutes'];
    case 'MeetingScheduled':
      return ['isScheduled', 'wasOpened', 'links', 'lifecycle'];
    case 'MeetingOpened':
      return ['wasOpened', 'lifecycle'];
    default:
      return isMeetingStep({ type, data } as MeetingEvent) ? ['lifecycle'] : [];
  }
};

const listReferredParts = ({ type, data }: MeetingEvent): readonly string[] => {
  const items = 'agendaItem' in data ? [`items ${data.agendaItem}`] : [];
  switch (type) {
    case 'AgendaItemWithdrawn':
      return [`items ${data.item}`];
    case 'MinutesCirculated':
      return ['lifecycle'];
    case 'ParticipantRecorded':
    case 'DecisionTaken':
      return ['wasOpened', ...items];
    case 'StatementRecorded':
      return [
        'wasOpened',
        ...items,
        ...(data.inReplyTo === undefined ? [] : [`statements ${data.inReplyTo}`]),
      ];
    case 'ReportHeard':
      return [
        'wasOpened',
        ...items,
        ...(data.concerning ?? []).flatMap(({ meeting, decision }) =>
          decision === undefined || (meeting !== undefined && meeting !== data.meeting)
            ? []
            : [`decisions ${decision}`],
        ),
      ];
    case 'MinutesApproved':
      return ['lifecycle', 'links'];
    default:
      return [];
  }
};

type IdSets = 'items' | 'withdrawnItems' | 'statements' | 'reports' | 'decisions';

/** `<kind> <id>`: an id of the record; `wasOpened` and `isScheduled` are what most rules read of the lifecycle. */
export const meetingParts: StateParts<MeetingEvent, Meeting> = {
  getAccess(event): StatePartAccess {
    const sets = listOwnParts(event);
    const reads = ['isScheduled', 'hasApprovedMinutes', ...sets, ...listReferredParts(event)];
    return { sets, reads };
  },

  getPart(meeting, part) {
    const [kind, id = ''] = part.split(' ') as [string, string?];
    switch (kind) {
      case 'isScheduled':
        return meeting.lifecycle !== undefined;
      case 'wasOpened':
        return meeting.lifecycle?.opened;
      case 'lifecycle':
      case 'links':
      case 'hasApprovedMinutes':
        return meeting[kind];
      case 'participants':
      case 'itemData':
        return meeting[kind].get(id);
      default:
        return meeting[kind as IdSets].has(id);
    }
  },

  copyPart(meeting, part, from) {
    const [kind, id = ''] = part.split(' ') as [string, string?];
    switch (kind) {
      case 'isScheduled':
      case 'wasOpened':
        return meeting; // with the lifecycle
      case 'lifecycle':
      case 'links':
      case 'hasApprovedMinutes':
        return { ...meeting, [kind]: from[kind] };
      case 'itemData': {
        const data = from.itemData.get(id);
        const { itemData } = meeting;
        return { ...meeting, itemData: data === undefined ? itemData.delete(id) : itemData.set(id, data) };
      }
      case 'participants': {
        const attendance = from.participants.get(id);
        const { participants } = meeting;
        return {
          ...meeting,
          participants: attendance ? participants.set(id, attendance) : participants.delete(id),
        };
      }
      default: {
        const ids = meeting[kind as IdSets];
        return { ...meeting, [kind]: from[kind as IdSets].has(id) ? ids.add(id) : ids.delete(id) };
      }
    }
  },
};
