import { formatDate, formatDay, formatInstant } from '../dates/words.js';

/** A date as answers have it: EDTF, or an instant, with the days that it can mean. */
type ShownDate = { readonly edtf: string; readonly earliest: string | null; readonly latest: string | null };

/** Pages are in English so far. */
const LANGUAGE = 'en';

/** What HTML allows as a machine-readable date: a day, a month or a year, and an instant. */
const MACHINE_READABLE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?$|T/;

/** The days that it can mean, for a date that is not a day. */
const explainDate = ({ edtf, earliest, latest }: ShownDate): string => {
  const from = earliest === null ? 'any day' : formatDay(earliest, LANGUAGE);
  const to = latest === null ? 'any day' : formatDay(latest, LANGUAGE);
  return `recorded as ${edtf}: from ${from} to ${to}`;
};

/** The one way in which a page shows a date of a fact. */
export const DateText = ({ date }: { readonly date: ShownDate }) => {
  const { edtf, earliest, latest } = date;
  const text = formatDate(edtf, LANGUAGE);
  const isImprecise = earliest !== latest;
  const content = MACHINE_READABLE.test(edtf) ? <time datetime={edtf}>{text}</time> : text;
  return isImprecise ? (
    <span class="imprecise" title={explainDate(date)}>
      {content}
    </span>
  ) : (
    <>{content}</>
  );
};

/** A date with its EDTF and its bounds in the text: where a reader examines how it was recorded. */
export const DateWithEdtf = ({ date }: { readonly date: ShownDate }) =>
  date.earliest === date.latest ? (
    <DateText date={date} />
  ) : (
    <>
      {formatDate(date.edtf, LANGUAGE)} <small>({explainDate(date)})</small>
    </>
  );

/** A day of the calendar. */
export const DayText = ({ day }: { readonly day: string }) => (
  <time datetime={day}>{formatDay(day, LANGUAGE)}</time>
);

/** An instant, such as when an entry was recorded, in UTC. */
export const InstantText = ({ instant }: { readonly instant: string }) => (
  <time datetime={instant}>{formatInstant(instant, LANGUAGE)}</time>
);
