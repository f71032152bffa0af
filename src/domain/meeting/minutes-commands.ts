// The commands of the minutes.
import type { DataOf } from '../../eventsourcing/message.js';
import { Edtf, optional, Reference } from '../field-decorators.js';
import * as events from './events.js';
import { describeCommands, MeetingRequest } from './meeting-request.js';

class CirculateMinutes extends MeetingRequest implements DataOf<events.MinutesCirculated> {
  @Edtf() readonly on!: string;
}

class ApproveMinutes extends MeetingRequest implements DataOf<events.MinutesApproved> {
  @Edtf() readonly on!: string;
  @Reference('meeting', { ...optional, about: 'The later meeting that approved them.' }) readonly at?: string;
}

export const minutesCommands = describeCommands({
  'circulate-minutes': {
    request: CirculateMinutes,
    about: 'Records that the minutes were circulated.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      on: '2011-06',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'approve-minutes': {
    request: ApproveMinutes,
    about: 'Records that the minutes were approved; from then on only corrections are accepted.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      on: '2011-12-20',
      at: 'csto-csc-2011',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
});
