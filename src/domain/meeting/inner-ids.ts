import type { InnerId } from '../../eventsourcing/aggregate.js';
import type { MeetingEvent } from './events.js';

/** What a meeting holds under ids of its own, by the event that adds it. */
export const MEETING_INNER_IDS = {
  AgendaItemAdded: { field: 'item', prefix: 'i' },
  ParticipantRecorded: { field: 'participant', prefix: 'p' },
  StatementRecorded: { field: 'statement', prefix: 's' },
  ReportHeard: { field: 'report', prefix: 'r' },
  DecisionTaken: { field: 'decision', prefix: 'd' },
} as const satisfies { readonly [Type in MeetingEvent['type']]?: InnerId };
