// The commands of statements and reports.
import type { DataOf } from '../../eventsourcing/message.js';
import {
  GivenId,
  Id,
  Label,
  Language,
  OneOf,
  optional,
  Reference,
  Text,
  TextList,
} from '../field-decorators.js';
import { NestedList } from '../nested-field-decorators.js';
import { AtLeastOneOf } from '../request-fields.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { AtTime, describeCommands, MeetingRequest, describeInnerId } from './meeting-request.js';

@AtLeastOneOf('speaker', 'nameAsPrinted', 'onBehalfOf')
class RecordStatement extends MeetingRequest implements DataOf<events.StatementRecorded> {
  @GivenId(MEETING_INNER_IDS.StatementRecorded) readonly statement!: string;
  @Reference('person', optional) readonly speaker?: string;
  @Label(optional) readonly nameAsPrinted?: string;
  @Label(optional) readonly role?: string;
  @Reference('organization', optional) readonly onBehalfOf?: string;
  @OneOf(events.STATEMENT_FORMS, optional) readonly form?: events.StatementForm;
  @Text() readonly text!: string;
  @Language({ ...optional, about: 'BCP 47: what the text is written in.' }) readonly language?: string;
  @TextList(optional) readonly topics?: string[];
  @Id({ ...optional, ...describeInnerId('an agenda item') }) readonly agendaItem?: string;
  @AtTime() readonly at?: string;
  @Id({ ...optional, ...describeInnerId('a statement') }) readonly inReplyTo?: string;
}

class ConcernRequest implements events.ReportSubject {
  @Reference('meeting', { ...optional, about: 'Left out, the same meeting.' }) readonly meeting?: string;
  @Id({ ...optional, about: 'The id of a decision of that meeting.' }) readonly decision?: string;
  @Text(optional) readonly text?: string;
}

class RecordReport extends MeetingRequest implements DataOf<events.ReportHeard> {
  @GivenId(MEETING_INNER_IDS.ReportHeard) readonly report!: string;
  @Label() readonly title!: string;
  @Reference('person', optional) readonly presentedBy?: string;
  @Label(optional) readonly nameAsPrinted?: string;
  @Reference('organization', optional) readonly onBehalfOf?: string;
  @AtTime() readonly at?: string;
  @NestedList(ConcernRequest, { ...optional, about: 'What the report follows up on.' })
  readonly concerning?: ConcernRequest[];
  @Id({ ...optional, ...describeInnerId('an agenda item') }) readonly agendaItem?: string;
}

export const statementCommands = describeCommands({
  'record-statement': {
    request: RecordStatement,
    about: 'Records a statement, its speaker and on whose behalf it was made.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      statement: 's9',
      speaker: 'yerzhan-kazykhanov',
      nameAsPrinted: 'Yerzhan Kazykhanov',
      role: 'Minister of Foreign Affairs',
      onBehalfOf: 'kazakhstan',
      form: 'summary',
      text: 'He thanked the chair, and supported what some delegations had said about the Collective Rapid Reaction Forces.',
      language: 'en',
      topics: ['CRRF'],
      agendaItem: 'crrf',
      inReplyTo: 's7',
      at: '2011-05-31T12:10:00+03:00',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'record-report': {
    request: RecordReport,
    about: 'Records that a report was presented.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      report: 'kazakhstan-implementation',
      title: 'Report of Kazakhstan on the implementation of the agreements',
      presentedBy: 'yerzhan-kazykhanov',
      nameAsPrinted: 'Yerzhan Kazykhanov',
      onBehalfOf: 'kazakhstan',
      at: '2011-05-31T11:00:00+03:00',
      concerning: [
        { meeting: 'csto-csc-2010-12-moscow', decision: 'agreements', text: 'The part of the ministries.' },
      ],
      agendaItem: 'implementation',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
});
