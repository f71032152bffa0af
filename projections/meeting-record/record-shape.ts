// The shape of the record of a meeting.
import {
  list,
  nullable,
  object,
  oneOf,
  optionalMember,
  serverAddress,
  text,
} from '../../src/read-models/declaration/shape.js';
import { amendableMembers, dateShape, nameShape } from '../_shared/answer-shapes.js';
import { decisionShape, reportSubjectMembers } from '../_shared/decision-tables.js';
import { DATE_CHANGES, meetingItemMembers } from '../_shared/meeting-tables.js';
import { statementShape } from '../_shared/statement-tables.js';
import { chairsShape } from '../_shared/chairs.js';
import { ownTimeShape } from '../_shared/own-days.js';
import { hoursMembers } from '../_shared/meeting-hours.js';
import { agendaAdoptionShape, agendaItemShape } from './agenda.js';
import { participantShape } from './attendance.js';
import { minutesShape } from './minutes.js';
import { sittingShape } from './sittings.js';

export const meetingRecordShape = object(
  {
    ...meetingItemMembers,
    chair: nullable(
      object(
        {
          person: optionalMember(text()),
          organization: optionalMember(text()),
          nameAsPrinted: optionalMember(text()),
        },
        'MeetingChair',
      ),
    ),
    chairs: chairsShape,
    parts: list(text(), 'The meetings that are a part of it.'),
    sittings: list(sittingShape),
    dateHistory: list(
      object(
        {
          scheduledFor: nullable(dateShape),
          ...hoursMembers,
          change: oneOf(DATE_CHANGES),
          reason: nullable(text()),
          ...amendableMembers,
        },
        'MeetingDate',
      ),
    ),
    agenda: list(agendaItemShape),
    agendaAdopted: nullable(agendaAdoptionShape),
    participants: list(participantShape),
    statements: list(statementShape),
    allStatements: optionalMember(
      serverAddress('The address of all of them, where the record does not have them all.'),
    ),
    reports: list(
      object(
        {
          report: text(),
          title: text(),
          presentedBy: nullable(text('A person.')),
          presentedByName: nameShape,
          nameAsPrinted: nullable(text()),
          onBehalfOf: nullable(text('An organization.')),
          at: ownTimeShape,
          concerning: list(
            object(
              { ...reportSubjectMembers, decisionTitle: optionalMember(nullable(text())) },
              'ReportSubject',
            ),
          ),
          agendaItem: nullable(text()),
          ...amendableMembers,
        },
        'Report',
      ),
    ),
    decisions: list(decisionShape),
    minutes: minutesShape,
  },
  'MeetingRecord',
);
