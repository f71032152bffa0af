// The commands of the agenda.
import type { DataOf } from '../../eventsourcing/message.js';
import { GivenId, Id, Label, optional, Text, TextList } from '../field-decorators.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { describeCommands, MeetingRequest, describeInnerId } from './meeting-request.js';

class AddAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemAdded> {
  @GivenId(MEETING_INNER_IDS.AgendaItemAdded) readonly item!: string;
  @Label() readonly title!: string;
  @TextList(optional) readonly topics?: string[];
}

class WithdrawAgendaItem extends MeetingRequest implements DataOf<events.AgendaItemWithdrawn> {
  @Id(describeInnerId('an agenda item')) readonly item!: string;
  @Text(optional) readonly reason?: string;
}

export const agendaCommands = describeCommands({
  'add-agenda-item': {
    request: AddAgendaItem,
    about: 'Adds an item to the agenda.',
    example: {
      meeting: 'csto-csc-2011',
      item: 'afghanistan',
      title: 'The situation in Afghanistan',
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
});
