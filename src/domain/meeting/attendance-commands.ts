// The commands of the attendance.
import type { DataOf } from '../../eventsourcing/message.js';
import { GivenId, Label, OneOf, optional, Reference } from '../field-decorators.js';
import { AtLeastOneOf } from '../request-fields.js';
import * as events from './events.js';
import { MEETING_INNER_IDS } from './inner-ids.js';
import { AtTime, describeCommands, MeetingRequest } from './meeting-request.js';

@AtLeastOneOf('person', 'nameAsPrinted', 'organization')
class RecordParticipant extends MeetingRequest implements DataOf<events.ParticipantRecorded> {
  @GivenId(MEETING_INNER_IDS.ParticipantRecorded) readonly participant!: string;
  @Reference('person', optional) readonly person?: string;
  @Label(optional) readonly nameAsPrinted?: string;
  @Reference('organization', optional) readonly organization?: string;
  @OneOf(events.CAPACITIES, optional) readonly capacity?: events.Capacity;
  @Label(optional) readonly role?: string;
  @AtTime() readonly at?: string;
  @OneOf(events.PRESENCES, optional) readonly presence?: events.Presence;
}

export const attendanceCommands = describeCommands({
  'record-participant': {
    request: RecordParticipant,
    about: 'Records who attended, in which capacity, or who sent regrets.',
    example: {
      meeting: 'csto-cfm-2011-05-31',
      participant: 'kazakhstan-2',
      person: 'yerzhan-kazykhanov',
      nameAsPrinted: 'the head of the Foreign Office of Kazakhstan',
      organization: 'kazakhstan',
      capacity: 'chair',
      role: 'Minister of Foreign Affairs',
      presence: 'present',
      at: '2011-05-31T10:00:00+03:00',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 2' }],
      note: 'An example for trying out: no source says so.',
    },
  },
});
