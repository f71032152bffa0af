// The commands of the life of a meeting.
import { InvalidDate, parseEdtf } from '../../dates/edtf.js';
import type { DataOf } from '../../eventsourcing/message.js';
import type { Json } from '../../json/json.js';
import { CitedRequest } from '../cited-request.js';
import {
  Country,
  Edtf,
  InstantOrEdtf,
  Label,
  OneOf,
  optional,
  Reference,
  Text,
  StreamId,
} from '../field-decorators.js';
import { Nested, NestedList } from '../nested-field-decorators.js';
import { TimeOfDay, TimeZone, UtcOffset } from '../time-decorators.js';
import * as events from './events.js';
import { AtTime, describeCommands, MeetingRequest, NamedPartyRequest } from './meeting-request.js';
import { AtMostOneOf, FollowsRule } from '../request-fields.js';

class PlaceRequest implements events.MeetingPlace {
  @Label() readonly name!: string;
  @Country({ ...optional, about: 'ISO 3166-1 alpha-2.' }) readonly country?: string;
}

const DAYS_PATTERN = '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:/[0-9]{4}-[0-9]{2}-[0-9]{2})?$';
const DAYS = new RegExp(DAYS_PATTERN);

const isEdtf = (value: Json | undefined): value is string =>
  typeof value === 'string' && !(parseEdtf(value) instanceof InvalidDate);

/** Hours belong to days that are known. */
const HoursNeedDays = ({ isDateRequired }: { readonly isDateRequired: boolean }) =>
  FollowsRule({
    schema: {
      anyOf: [
        { properties: { hours: false } },
        {
          properties: { scheduledFor: { type: 'string', pattern: DAYS_PATTERN } },
          required: ['scheduledFor'],
        },
      ],
    },
    find: ({ hours, scheduledFor }) => {
      // A date that is missing where it is required, or wrong by itself, is an error of its own.
      const isDateWrong = scheduledFor === undefined ? isDateRequired : !isEdtf(scheduledFor);
      if (hours === undefined || isDateWrong || (isEdtf(scheduledFor) && DAYS.test(scheduledFor)))
        return undefined;
      const detail = '"hours" need a "scheduledFor" that is a day or an interval of days';
      return { name: 'hours', code: 'invalid-value', detail };
    },
  });

class HoursRequest implements events.MeetingHours {
  @TimeOfDay({ about: 'Local time.' }) readonly begins!: string;
  @TimeOfDay({ ...optional, about: 'On the last day; if not after "begins" on the only day, on the next.' })
  readonly ends?: string;
  @TimeZone({ ...optional, about: 'The IANA time zone.' }) readonly zone?: string;
  @UtcOffset({ ...optional, about: 'The offset of the local time from UTC, such as "+02:00".' })
  readonly offset?: string;
}

@HoursNeedDays({ isDateRequired: false })
class ScheduleMeeting extends CitedRequest implements DataOf<events.MeetingScheduled> {
  @StreamId() readonly meeting!: string;
  @Label() readonly title!: string;
  @Reference('organization') readonly convenedBy!: string;
  @Edtf({ ...optional, about: 'An EDTF date; left out if no source says when.' })
  readonly scheduledFor?: string;
  @Nested(HoursRequest, optional) readonly hours?: HoursRequest;
  @Nested(PlaceRequest, optional) readonly place?: PlaceRequest;
  @OneOf(events.MEETING_MODES, optional) readonly mode?: events.MeetingMode;
  @Reference('meeting', { ...optional, about: 'A meeting that this one comes before.' })
  readonly before?: string;
  @Reference('meeting', { ...optional, about: 'A meeting that this one comes after.' })
  readonly after?: string;
  @Reference('meeting', { ...optional, about: 'The meeting at which it was announced.' })
  readonly announcedAt?: string;
  @Reference('meeting', { ...optional, about: 'The meeting that it is a part of.' }) readonly partOf?: string;
}

@HoursNeedDays({ isDateRequired: true })
class RescheduleMeeting extends MeetingRequest implements DataOf<events.MeetingRescheduled> {
  @Edtf() readonly scheduledFor!: string;
  @Nested(HoursRequest, optional) readonly hours?: HoursRequest;
  @Text(optional) readonly reason?: string;
}

class RelocateMeeting extends MeetingRequest implements DataOf<events.MeetingRelocated> {
  @Nested(PlaceRequest, optional) readonly place?: PlaceRequest;
  @OneOf(events.MEETING_MODES, optional) readonly mode?: events.MeetingMode;
  @Text(optional) readonly reason?: string;
}

class ConfirmMeeting extends MeetingRequest implements DataOf<events.MeetingConfirmed> {}

class PostponeMeeting extends MeetingRequest implements DataOf<events.MeetingPostponed> {
  @Text(optional) readonly reason?: string;
}

class CancelMeeting extends MeetingRequest implements DataOf<events.MeetingCancelled> {
  @Text(optional) readonly reason?: string;
}

class ChairRequest {
  @Reference('person', optional) readonly person?: string;
  @Reference('organization', optional) readonly organization?: string;
}

@AtMostOneOf('chairs', 'chair')
class OpenMeeting extends MeetingRequest implements DataOf<events.MeetingOpened> {
  @InstantOrEdtf() readonly at!: string;
  @NestedList(NamedPartyRequest, { ...optional, about: 'Who chairs this sitting.' })
  readonly chairs?: NamedPartyRequest[];
  @Nested(ChairRequest, { ...optional, about: 'One chair, instead of "chairs".' })
  readonly chair?: ChairRequest;
}

class AdjournMeeting extends MeetingRequest implements DataOf<events.MeetingAdjourned> {
  @InstantOrEdtf() readonly at!: string;
  @InstantOrEdtf(optional) readonly until?: string;
}

class CloseMeeting extends MeetingRequest implements DataOf<events.MeetingClosed> {
  @InstantOrEdtf() readonly at!: string;
}

class HandOverChair extends MeetingRequest implements DataOf<events.ChairHandedOver> {
  @NestedList(NamedPartyRequest, { about: 'Who chairs from now on.' }) readonly to!: NamedPartyRequest[];
  @AtTime() readonly at?: string;
  @Text(optional) readonly reason?: string;
}

export const lifeCommands = describeCommands({
  'schedule-meeting': {
    request: ScheduleMeeting,
    about: 'Schedules a meeting, or announces it if its day is not known yet.',
    example: {
      meeting: 'csto-consultations-2011',
      title: 'Consultations of the Deputy Foreign Ministers of the member states of the CSTO',
      convenedBy: 'csto-cfm',
      scheduledFor: '2011-09-05/2011-09-06',
      hours: { begins: '10:00', ends: '13:00', zone: 'Europe/Moscow', offset: '+04:00' },
      place: { name: 'Moscow', country: 'RU' },
      mode: 'in-person',
      before: 'csto-csc-2011',
      after: 'csto-cfm-2011-05-31',
      announcedAt: 'csto-cfm-2011-05-31',
      partOf: 'csto-cfm-2011-2',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'the last paragraph' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'reschedule-meeting': {
    request: RescheduleMeeting,
    about: 'Gives a meeting another or a more exact date; earlier dates stay readable.',
    example: {
      meeting: 'csto-cfm-2011-2',
      scheduledFor: '2011-12-19',
      hours: { begins: '15:00', ends: '18:30', zone: 'Europe/Moscow', offset: '+04:00' },
      reason: 'It was moved to the day before the session.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'relocate-meeting': {
    request: RelocateMeeting,
    about: 'Changes the place or the mode of a meeting.',
    example: {
      meeting: 'csto-cfm-2011-2',
      place: { name: 'Astana', country: 'KZ' },
      mode: 'hybrid',
      reason: 'Kazakhstan offered to host it.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'confirm-meeting': {
    request: ConfirmMeeting,
    about: 'Records that a meeting will take place as planned.',
    example: {
      meeting: 'csto-csc-2011',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'postpone-meeting': {
    request: PostponeMeeting,
    about: 'Postpones a meeting; it has no date until it is rescheduled.',
    example: {
      meeting: 'csto-cfm-2011-2',
      reason: 'The session that it prepares has another date.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'cancel-meeting': {
    request: CancelMeeting,
    about: 'Records that a meeting will not take place; it keeps its planned date.',
    example: {
      meeting: 'csto-cfm-2011-2',
      reason: 'Its agenda was dealt with in writing.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'open-meeting': {
    request: OpenMeeting,
    about: 'Opens a meeting, or resumes it.',
    example: {
      meeting: 'csto-csc-2011',
      at: '2011-12-20T10:00:00+04:00',
      chairs: [{ party: 'person:yerzhan-kazykhanov', nameAsPrinted: 'Yerzhan Kazykhanov' }],
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'adjourn-meeting': {
    request: AdjournMeeting,
    about: 'Adjourns an open meeting.',
    example: {
      meeting: 'csto-csc-2011',
      at: '2011-12-20T13:00:00+04:00',
      until: '2011-12-20T15:00:00+04:00',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
    exampleFollows: 'open-meeting',
  },
  'close-meeting': {
    request: CloseMeeting,
    about: 'Closes a meeting.',
    example: {
      meeting: 'csto-csc-2011',
      at: '2011-12-20T18:00:00+04:00',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
    exampleFollows: 'open-meeting',
  },
  'hand-over-chair': {
    request: HandOverChair,
    about: 'Records who chairs an open meeting from now on.',
    example: {
      meeting: 'csto-csc-2011',
      to: [{ party: 'belarus', nameAsPrinted: 'the head of the delegation of Belarus' }],
      at: '2011-12-20T11:30:00+04:00',
      reason: 'The chair spoke for a delegation.',
      sources: [{ source: '21by-2011-12-09', locator: 'paragraph 3' }],
      note: 'An example for trying out: no source says so.',
    },
    exampleFollows: 'open-meeting',
  },
});
