import type membership from '../../../projections/membership/membership.js';
import { formatDate } from '../dates/words.js';
import type { ItemOf } from '../page.js';
import { useRecordLookup } from '../record-lookup.js';

type History = readonly ItemOf<typeof membership, 'history'>[];
type Interval = History[number]['intervals'][number];
type Bounds = { readonly earliest: string | null; readonly latest: string | null };

const LABEL_SPAN = 220;
const AXIS_SPAN = 700;
const ROW_HEIGHT = 26;
const AXIS_HEIGHT = 26;
const BAR_HEIGHT = 12;

const toYear = (day: string): number => Number(day.slice(0, 4)) + (Number(day.slice(5, 7)) - 1) / 12;

/** From the first day in the history to the day of the page, so that the axis is the same for all entries. */
type Axis = { readonly from: number; readonly to: number };

function createAxis(history: History, today: string): Axis {
  const days = history.flatMap(({ intervals }) =>
    intervals.flatMap(({ from, to }) => [
      from.earliest,
      from.latest,
      to?.earliest ?? null,
      to?.latest ?? null,
    ]),
  );
  const years = [...days.filter((day) => day !== null), today].map(toYear);
  const from = Math.floor(Math.min(...years));
  return { from, to: Math.max(from + 1, Math.ceil(Math.max(...years))) };
}

const toX = (day: string | null, fallback: number, { from, to }: Axis): number =>
  LABEL_SPAN + (((day === null ? fallback : toYear(day)) - from) / (to - from)) * AXIS_SPAN;

/** A stretch of the axis; nothing if it has no length. */
const Bar = ({ from, to, y, kind }: { from: number; to: number; y: number; kind: string }) =>
  to <= from ? null : (
    <rect class={kind} x={from.toFixed(1)} y={y} width={(to - from).toFixed(1)} height={BAR_HEIGHT} />
  );

type BarsProps = { interval: Interval; y: number; axis: Axis; today: string };

/** What certainly held is filled, what may have held is hatched by its outline, and suspensions are lighter. */
const IntervalBars = ({ interval, y, axis, today }: BarsProps) => {
  const start: Bounds = interval.from;
  const end: Bounds = interval.to ?? { earliest: null, latest: null };
  const possibleFrom = toX(start.earliest, axis.from, axis);
  const certainFrom = toX(start.latest, axis.from, axis);
  // Nobody has recorded an end: it is drawn up to the day of the page.
  const openEnd = Math.max(toYear(today), toYear(start.latest ?? today));
  const certainTo = toX(end.earliest, openEnd, axis);
  const possibleTo = toX(end.latest, openEnd, axis);
  return (
    <>
      <Bar from={possibleFrom} to={possibleTo} y={y} kind="possible" />
      <Bar from={certainFrom} to={certainTo} y={y} kind="certain" />
      {interval.participation.map(({ from, to }) => (
        <Bar
          key={from.edtf}
          from={toX(from.latest, axis.from, axis)}
          to={to ? toX(to.earliest, axis.to, axis) : certainTo}
          y={y}
          kind="suspended"
        />
      ))}
    </>
  );
};

const YEAR_STEPS = [1, 2, 5, 10, 20, 50, 100];
const LABELS_MAX = 8;

const listYears = ({ from, to }: Axis): readonly number[] => {
  const step = YEAR_STEPS.find((each) => (to - from) / each <= LABELS_MAX) ?? 200;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, n) => first + n * step);
};

const Years = ({ axis, height }: { axis: Axis; height: number }) => (
  <>
    {listYears(axis).map((year) => {
      const x = toX(`${String(year).padStart(4, '0')}-01-01`, year, axis).toFixed(1);
      return (
        <g key={year}>
          <line class="year" x1={x} x2={x} y1="0" y2={height - AXIS_HEIGHT} />
          <text x={x} y={height - 8} text-anchor="middle">
            {year}
          </text>
        </g>
      );
    })}
  </>
);

const describeInterval = ({ from, to, endReason, participation }: Interval): string => {
  const end = to
    ? `until ${formatDate(to.edtf, 'en')}${endReason === null ? '' : ` (${endReason})`}`
    : 'not ended, as far as the book knows';
  const suspensions = participation.map(
    (one) =>
      `suspended from ${formatDate(one.from.edtf, 'en')}${one.to ? ` until ${formatDate(one.to.edtf, 'en')}` : ''}`,
  );
  return [`from ${formatDate(from.edtf, 'en')}`, end, ...suspensions].join(', ');
};

/** The same as the drawing, in words: for those who do not see it. */
const HistoryInWords = ({ history }: { readonly history: History }) => {
  const names = useRecordLookup();
  return (
    <details>
      <summary>The timeline in words</summary>
      <ul>
        {history.map(({ member, name, intervals }) => (
          <li key={member}>
            {name ?? names?.getOrganizationName(member) ?? member}:{' '}
            {intervals.map(describeInterval).join('; ')}
          </li>
        ))}
      </ul>
    </details>
  );
};

/** Who was a member when, as a drawing. */
export const MembershipTimeline = ({
  history,
  today,
}: {
  readonly history: History;
  readonly today: string;
}) => {
  if (history.length === 0) return null;
  const axis = createAxis(history, today);
  const height = history.length * ROW_HEIGHT + AXIS_HEIGHT;
  const end = LABEL_SPAN + AXIS_SPAN;
  const day = toX(today, axis.to, axis).toFixed(1);
  return (
    <>
      <figure class="timeline">
        <section class="scroll" tabIndex={0} aria-label="Membership timeline">
          <svg viewBox={`0 0 ${end + 20} ${height}`} role="img" aria-label="Who was a member when">
            <Years axis={axis} height={height} />
            {history.map(({ member, name, intervals }, row) => (
              <g key={member}>
                <text x="0" y={row * ROW_HEIGHT + 17}>
                  {name ?? member}
                </text>
                {intervals.map((interval) => (
                  <IntervalBars
                    key={interval.from.edtf}
                    interval={interval}
                    y={row * ROW_HEIGHT + 7}
                    axis={axis}
                    today={today}
                  />
                ))}
              </g>
            ))}
            <line class="today" x1={day} x2={day} y1="0" y2={height - AXIS_HEIGHT} />
          </svg>
        </section>
        <figcaption>
          Filled: certainly a member. Outlined: possibly. Light: suspended. The line is the day of this page.
          A bar that reaches it has not ended, as far as the book knows.
        </figcaption>
      </figure>
      <HistoryInWords history={history} />
    </>
  );
};
