// Spans of valid time as columns: from an event to the event that ended it, each with its bounds and its entry.
import { parseBounds, toDateWithBounds } from '../../src/dates/edtf.js';
import type { RowOfColumns } from '../../src/read-models/declaration/table.js';

export const spanColumns = {
  since: 'text',
  since_earliest: 'text?',
  since_latest: 'text?',
  since_entry: 'integer',
  until: 'text?',
  until_earliest: 'text?',
  until_latest: 'text?',
  until_entry: 'integer?',
} as const;

/** An event in valid time: its date (EDTF) and the entry that gave it. */
type DatedFact = { readonly data: { readonly effective: string }; readonly entry: number };

export function toSpanColumns(first: DatedFact, last: DatedFact | undefined) {
  const start = parseBounds(first.data.effective);
  const end = last && parseBounds(last.data.effective);
  return {
    since: first.data.effective,
    since_earliest: start.earliest,
    since_latest: start.latest,
    since_entry: first.entry,
    until: last?.data.effective,
    until_earliest: end?.earliest,
    until_latest: end?.latest,
    until_entry: last?.entry,
  };
}

/** SQL (0 or 1): whether the span in `t` certainly lasts on `@day`. Half-open: it is over on the day of its end. */
export const certainOnDaySql = (t: string): string =>
  `((${t}.since_latest <= @day AND (${t}.until IS NULL OR @day < ${t}.until_earliest)) IS TRUE)`;

/** SQL: whether the span in `t` possibly lasts on `@day`. */
export const possibleOnDaySql = (t: string): string =>
  `((${t}.since_earliest IS NULL OR ${t}.since_earliest <= @day) AND (${t}.until IS NULL OR ${t}.until_latest IS NULL OR @day < ${t}.until_latest))`;

export type SpanColumns = RowOfColumns<typeof spanColumns>;
type Span = Pick<SpanColumns, 'since' | 'since_entry' | 'until' | 'until_entry'>;

/** The days on which it becomes possible, certain, doubtful and over. */
export const listSpanDays = (span: SpanColumns): readonly (string | null)[] => [
  span.since_earliest,
  span.since_latest,
  span.until_earliest,
  span.until_latest,
];

export const toDateOrNull = (edtf: string | null) => (edtf === null ? null : toDateWithBounds(edtf));

export const toPeriod = ({ since, until }: Span) => ({
  from: toDateWithBounds(since),
  to: toDateOrNull(until),
});

export const toCertainty = (isCertain: number): 'certain' | 'possible' =>
  isCertain === 1 ? 'certain' : 'possible';
