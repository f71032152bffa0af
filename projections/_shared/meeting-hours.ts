// The hours of a meeting, as stored, and as instants where the offset from UTC is known.
import { getAdjacentDay } from '../../src/dates/edtf.js';
import type { MeetingHours } from '../../src/domain/meeting/events.js';
import { nullable, object, optionalMember, text } from '../../src/read-models/declaration/shape.js';

export const hoursMembers = {
  hours: nullable(
    object(
      {
        begins: text('Local time, HH:MM, on the first day.'),
        ends: optionalMember(
          text('On the last day, or on the next if it is not after the begin of the only day.'),
        ),
        zone: optionalMember(text('An IANA time zone.')),
        offset: optionalMember(text('The offset of the local time from UTC.')),
      },
      'MeetingHours',
    ),
  ),
  beginsAt: nullable(text('An instant (RFC 3339), where the offset is known.')),
  endsAt: nullable(text('An instant (RFC 3339), where the offset is known.')),
};

/** The offset that was recorded, never one of a zone table: an answer at an address never changes. */
function getOffset({ zone, offset }: MeetingHours): string | undefined {
  return offset ?? (zone === 'UTC' ? 'Z' : undefined);
}

export function toHoursFields({
  scheduled_for,
  hours,
}: {
  readonly scheduled_for: string | null;
  readonly hours: MeetingHours | null;
}) {
  const offset = hours && getOffset(hours);
  if (!hours || offset === undefined || offset === null || scheduled_for === null)
    return { hours, beginsAt: null, endsAt: null };
  const [first = '', last = first] = scheduled_for.split('/');
  const { begins, ends } = hours;
  const isNextDay = ends !== undefined && last === first && ends <= begins;
  const lastDay = isNextDay ? getAdjacentDay(last, 1) : last;
  return {
    hours,
    beginsAt: `${first}T${begins}:00${offset}`,
    endsAt: ends === undefined || lastDay === undefined ? null : `${lastDay}T${ends}:00${offset}`,
  };
}
