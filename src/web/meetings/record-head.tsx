import { Amendments, LabeledField, Provenance } from '../components/fact-marks.js';
import { DateText } from '../components/date.js';
import { Listed } from '../components/listed.js';
import { OrganizationLink, PersonLink } from '../components/record-link.js';
import { formatCount, humanize } from '../text.js';
import { MeetingDates, PlaceText, MeetingReference } from './meeting-list.js';
import type { MeetingRecord } from './proceedings.js';

type RecordOnly = { readonly record: MeetingRecord };

/** What came of a meeting that was held, as far as its minutes say. */
const MinutesStatus = ({ record: { minutes } }: RecordOnly) => {
  if (minutes.status === 'none') return <>Closed. Minutes are not circulated.</>;
  const [circulated] = minutes.circulated.slice(-1);
  if (minutes.status === 'circulated')
    return <>Minutes circulated {circulated && <DateText date={circulated.on} />}, not approved yet.</>;
  return (
    <>
      <strong>Minutes approved</strong> {minutes.approvedOn && <DateText date={minutes.approvedOn} />}
      {minutes.approvedAt !== null && (
        <>
          {' '}
          at <MeetingReference id={minutes.approvedAt} />
        </>
      )}
      . Since then the record has only corrections.
    </>
  );
};

/** The state of the meeting in a sentence. */
const Status = ({ record }: RecordOnly) => {
  const { status, reason, statements } = record;
  const because = reason === undefined ? '.' : `: ${reason}`;
  switch (status) {
    case 'open':
      return <>Open now, {formatCount(statements.length, 'statement')} so far.</>;
    case 'adjourned':
      return <>Adjourned, {formatCount(statements.length, 'statement')} so far.</>;
    case 'closed':
      return <MinutesStatus record={record} />;
    case 'postponed':
      return <>Postponed{because}</>;
    case 'cancelled':
      return <>Cancelled{because}</>;
    case 'confirmed':
      return <>Confirmed. The meeting has not begun.</>;
    default:
      return <>The meeting has not begun{record.scheduledFor ? '.' : ', and it has no date.'}</>;
  }
};

const Chair = ({ record: { chair } }: RecordOnly) =>
  chair && (
    <Listed
      parts={[
        chair.person === undefined ? (
          (chair.nameAsPrinted ?? null)
        ) : (
          <PersonLink id={chair.person} name={chair.nameAsPrinted ?? null} />
        ),
        chair.organization !== undefined && <OrganizationLink id={chair.organization} />,
      ]}
    />
  );

const Related = ({ name, meeting }: { readonly name: string; readonly meeting: string | null }) => (
  <LabeledField name={name}>{meeting !== null && <MeetingReference id={meeting} />}</LabeledField>
);

const DateHistory = ({ record: { dateHistory } }: RecordOnly) =>
  dateHistory.length < 2 ? null : (
    <LabeledField name="Dates it had">
      <ol>
        {dateHistory.map((step) => (
          <li key={step.entry}>
            {step.scheduledFor ? <DateText date={step.scheduledFor} /> : 'no date'}, {humanize(step.change)}
            {step.reason !== null && `: ${step.reason}`} <Provenance fact={step} />
            <Amendments fact={step} />
          </li>
        ))}
      </ol>
    </LabeledField>
  );

/** When it is or was: what a reader looks for first. */
const HELD: ReadonlySet<string> = new Set(['open', 'adjourned', 'closed']);

/** What the meeting is, when and where, and what it stands between. */
export const RecordHead = ({ record }: RecordOnly) => (
  <>
    <h1>{record.title}</h1>
    <p class={`state ${record.status}`}>
      <Status record={record} />
    </p>
    <dl class="fields">
      <LabeledField name={HELD.has(record.status) ? 'Held' : 'Planned for'}>
        <MeetingDates meeting={record} />
      </LabeledField>
      <LabeledField name="Place">{record.place && <PlaceText meeting={record} />}</LabeledField>
      <LabeledField name="Convened by">
        <OrganizationLink id={record.convenedBy} />
      </LabeledField>
      <LabeledField name="Chair">{record.chair && <Chair record={record} />}</LabeledField>
      <Related name="After" meeting={record.after} />
      <Related name="Before" meeting={record.before} />
      <Related name="Announced at" meeting={record.announcedAt} />
      <Related name="Part of" meeting={record.partOf} />
      <DateHistory record={record} />
      <LabeledField name="Recorded">
        <Provenance fact={record} />
      </LabeledField>
    </dl>
    <Amendments fact={record} />
  </>
);
