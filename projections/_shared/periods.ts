// Spans of valid time as columns: from an event to the event that ended it, each with its bounds and its entry.
import { compareLatestDays, parseBounds, toDateWithBounds } from '../../src/dates/edtf.js';
import type { RowOfColumns } from '../../src/read-models/declaration/table.js';

export const PERIOD_COLUMNS = {
  /** Orders the periods of a timeline: the position of the event that begins it. */
  position: 'text',
  since: 'text',
  since_earliest: 'text?',
  since_latest: 'text?',
  since_entry: 'integer',
  until: 'text?',
  until_earliest: 'text?',
  until_latest: 'text?',
  until_entry: 'integer?',
} as const;

/** An event in valid time: its date (EDTF), the entry that gave it, and its position in the timeline. */
type DatedFact = {
  readonly data: { readonly effective: string };
  readonly entry: number;
  readonly position: string;
};

export function toPeriodColumns(first: DatedFact, last: DatedFact | undefined) {
  const start = parseBounds(first.data.effective);
  const end = last && parseBounds(last.data.effective);
  return {
    position: first.position,
    since: first.data.effective,
    since_earliest: start.earliest,
    since_latest: start.latest,
    since_entry: first.entry,
    until: last?.data.effective ?? null,
    until_earliest: end?.earliest ?? null,
    until_latest: end?.latest ?? null,
    until_entry: last?.entry ?? null,
  };
}

/**
 * SQL (0 or 1): whether the period in `t`, one of `periodsWithDissolutionSql`, certainly lasts on `@day`. Half-open: it is over
 * on the day of its end.
 */
export const certainOnDaySql = (t: string): string =>
  `((${t}.since_latest <= @day AND (${t}.until IS NULL OR @day < ${t}.until_earliest)
    AND (${t}.dissolved_earliest IS NULL OR @day < ${t}.dissolved_earliest)) IS TRUE)`;

/** SQL: whether the period in `t` possibly lasts on `@day`, if no dissolution ends it. */
export const possibleOnDaySql = (t: string): string =>
  `((${t}.since_earliest IS NULL OR ${t}.since_earliest <= @day)
    AND (${t}.until IS NULL OR ${t}.until_latest IS NULL OR @day < ${t}.until_latest))`;

/**
 * SQL: of periods, which are a `periodsWithDissolutionSql`, those that possibly last on `@day`, with `is_certain`. Of
 * several of one group, a list of columns of `t`, only the certain one, else the latest in its timeline.
 */
export const periodsOnDaySql = (periods: string, group: string): string =>
  `(SELECT * FROM (
      SELECT t.*, ${certainOnDaySql('t')} AS is_certain,
        row_number() OVER (PARTITION BY ${group} ORDER BY ${certainOnDaySql('t')} DESC, t.position DESC) AS choice
      FROM ${periods} t WHERE ${possibleOnDaySql('t')}
        AND (t.dissolved_latest IS NULL OR @day < t.dissolved_latest)
    ) WHERE choice = 1)`;

export type PeriodColumns = RowOfColumns<typeof PERIOD_COLUMNS>;
type Period = Pick<PeriodColumns, 'since' | 'until'>;

/** The days on which it becomes possible, certain, doubtful and over. */
export const listPeriodChangeDays = (period: PeriodColumns): readonly (string | null)[] => [
  period.since_earliest,
  period.since_latest,
  period.until_earliest,
  period.until_latest,
];

export const toDateOrNull = (edtf: string | null) => (edtf === null ? null : toDateWithBounds(edtf));

export const toPeriod = ({ since, until }: Period) => ({
  from: toDateWithBounds(since),
  to: toDateOrNull(until),
});

export const toCertainty = (isCertain: number): 'certain' | 'possible' =>
  isCertain === 1 ? 'certain' : 'possible';

/** The end of a period: what ended it or, unless that was certainly no later, the dissolution that ends it. */
export function selectPeriodEnd(
  { until, until_latest }: Pick<PeriodColumns, 'until' | 'until_latest'>,
  dissolution: { readonly effective: string; readonly latest: string | null } | undefined,
): string | null {
  if (!dissolution || (until !== null && compareLatestDays(until_latest, dissolution.latest) <= 0))
    return until;
  return dissolution.effective;
}
