// The shape of the record of a meeting.
import { CAPACITIES, PRESENCES } from '../../src/domain/meeting/events.js';
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
import { sittingShape } from './sittings.js';

export const meetingRecordShape = object(
  {
    ...meetingItemMembers,
    chair: nullable(
      object({ person: optionalMember(text()), organization: optionalMember(text()) }, 'MeetingChair'),
    ),
    sittings: list(sittingShape),
    dateHistory: list(
      object(
        {
          scheduledFor: nullable(dateShape),
          change: oneOf(DATE_CHANGES),
          reason: nullable(text()),
          ...amendableMembers,
        },
        'MeetingDate',
      ),
    ),
    agenda: list(
      object(
        {
          item: text(),
          title: text(),
          topics: list(text()),
          withdrawn: optionalMember(
            object({ reason: nullable(text()), ...amendableMembers }, 'AgendaItemWithdrawal'),
          ),
          ...amendableMembers,
        },
        'AgendaItem',
      ),
    ),
    participants: list(
      object(
        {
          participant: text(),
          person: nullable(text()),
          name: nameShape,
          nameAsPrinted: nullable(text()),
          organization: nullable(text()),
          organizationName: nameShape,
          capacity: oneOf(CAPACITIES),
          role: nullable(text()),
          presence: oneOf(PRESENCES),
          ...amendableMembers,
        },
        'Participant',
      ),
    ),
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
    minutes: object(
      {
        status: oneOf(['none', 'circulated', 'approved']),
        circulated: list(object({ on: dateShape, ...amendableMembers }, 'MinutesCirculation')),
        approvedOn: nullable(dateShape),
        approvedAt: nullable(text('A meeting.')),
        approval: optionalMember(object(amendableMembers, 'MinutesApproval')),
      },
      'Minutes',
    ),
  },
  'MeetingRecord',
);
