import type meetings from '../../../projections/meetings/meetings.js';
import { formatCountry } from '../countries.js';
import { DateText } from '../components/date.js';
import { Amendments, Provenance } from '../components/fact-marks.js';
import { MeetingLink, OrganizationLink } from '../components/record-link.js';
import type { ItemOf } from '../page.js';
import { useRecordLookup } from '../record-lookup.js';
import { humanize } from '../text.js';

export type MeetingItem = ItemOf<typeof meetings, 'calendar'>;

/** When a meeting was, or is planned: from its opening on the days that it took. */
export const MeetingDates = ({ meeting }: { readonly meeting: MeetingItem }) => {
  const { opened, closed, scheduledFor, status } = meeting;
  if (opened)
    return (
      <>
        <DateText date={opened} />
        {closed && closed.edtf !== opened.edtf && (
          <>
            {' '}
            – <DateText date={closed} />
          </>
        )}
      </>
    );
  if (!scheduledFor) return <>no date</>;
  const date = <DateText date={scheduledFor} />;
  return status === 'cancelled' ? <s>{date}</s> : date;
};

/** A meeting within a sentence: its title with its dates. */
export const MeetingReference = ({ id }: { readonly id: string }) => {
  const meeting = useRecordLookup()?.getMeeting(id);
  return (
    <>
      <MeetingLink id={id} />
      {meeting && (
        <>
          , <MeetingDates meeting={meeting} />
        </>
      )}
    </>
  );
};

export const PlaceText = ({ meeting: { place, mode } }: { readonly meeting: MeetingItem }) => (
  <>
    {place?.name}
    {place?.country !== undefined && `, ${formatCountry(place.country)}`}
    {mode !== null && mode !== 'in-person' && ` (${humanize(mode)})`}
  </>
);

export const MeetingList = ({
  meetings: items,
  heading: Heading = 'h3',
}: {
  readonly meetings: readonly MeetingItem[];
  readonly heading?: 'h2' | 'h3';
}) => (
  <ul class="cards">
    {items.map((meeting) => (
      <li key={meeting.id}>
        <Heading>
          <MeetingLink id={meeting.id} />
        </Heading>
        <p>
          <MeetingDates meeting={meeting} />
          {meeting.place && ', '}
          <PlaceText meeting={meeting} /> · <OrganizationLink id={meeting.convenedBy} /> ·{' '}
          <span class={`status ${meeting.status}`}>{humanize(meeting.status)}</span>{' '}
          <Provenance fact={meeting} />
        </p>
        {meeting.reason !== undefined && <p class="note">{meeting.reason}</p>}
        <Amendments fact={meeting} />
      </li>
    ))}
  </ul>
);
