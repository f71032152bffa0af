// The commands of the agenda.
import type { DataOf } from '../../eventsourcing/message.js';
import { Flag, Only, Reference, GivenId, Id, Label, optional, Text, TextList } from '../field-decorators.js';
import { Nested } from '../nested-field-decorators.js';
import { ExactlyOneOf } from '../request-fields.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { describeCommands, MeetingRequest, describeInnerId } from './meeting-request.js';

class ContinuedItemRequest implements NonNullable<DataOf<events.AgendaItemAdded>['continues']> {
  @Reference('meeting') readonly meeting!: string;
  @Id({ about: 'The id of an agenda item of that meeting.' }) readonly item!: string;
}

class AddAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemAdded> {
  @GivenId(MEETING_INNER_IDS.AgendaItemAdded) readonly item!: string;
  @Label() readonly title!: string;
  @Label({ ...optional, about: 'As printed, such as "3.2".' }) readonly number?: string;
  @Id({ ...optional, ...describeInnerId('the agenda item above it') }) readonly under?: string;
  @Flag({ ...optional, about: 'Whether it is dealt with in public.' }) readonly public?: boolean;
  @Nested(ContinuedItemRequest, { ...optional, about: 'The item of another meeting that it continues.' })
  readonly continues?: ContinuedItemRequest;
  @TextList(optional) readonly topics?: string[];
}

class WithdrawAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemWithdrawn> {
  @Id(describeInnerId('an agenda item')) readonly item!: string;
  @Text(optional) readonly reason?: string;
}

class RestoreAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemRestored> {
  @Id(describeInnerId('an agenda item')) readonly item!: string;
  @Text(optional) readonly reason?: string;
}

@ExactlyOneOf('before', 'last')
class MoveAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemMoved> {
  @Id(describeInnerId('an agenda item')) readonly item!: string;
  @Id({ ...optional, ...describeInnerId('the agenda item that follows it') }) readonly before?: string;
  @Only(true, { ...optional, about: 'That it goes last.' }) readonly last?: true;
}

class AdoptAgenda extends MeetingRequest implements DataOf<events.AgendaAdopted> {}

export const agendaCommands = describeCommands({
  'add-agenda-item': {
    request: AddAgendaItem,
    about: 'Adds an item to the agenda.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      item: 'afghanistan',
      title: 'The situation in Afghanistan',
      number: '2.1',
      under: 'responsibility',
      public: false,
      continues: { meeting: 'csto-cfm-2011-05-31', item: 'external-links' },
      topics: ['Afghanistan'],
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'withdraw-agenda-item': {
    request: WithdrawAgendaItem,
    about: 'Withdraws an item from the agenda; it can still be referred to.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      item: 'crrf',
      reason: 'It was dealt with under another item.',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'restore-agenda-item': {
    request: RestoreAgendaItem,
    about: 'Puts a withdrawn item back on the agenda.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      item: 'crrf',
      reason: 'A delegation asked for it.',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
    exampleFollows: 'withdraw-agenda-item',
  },
  'move-agenda-item': {
    request: MoveAgendaItem,
    about: 'Moves an item of the agenda before another one, or last.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      item: 'crrf',
      before: 'implementation',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'adopt-agenda': {
    request: AdoptAgenda,
    about: 'Records that the agenda was adopted as it stands.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
});
