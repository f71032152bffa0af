import {
  formatPresentAddress,
  formatStopAddress,
  listKeptParameters,
  type PageState,
  type Stop,
} from '../page-state.js';
import { useSite } from '../site.js';
import { humanize } from '../text.js';
import { InstantText } from './date.js';

type StateOnly = { readonly state: PageState };

const HiddenParameters = ({ state, omitted }: StateOnly & { readonly omitted: 'asOf' | 'day' }) => (
  <>
    {listKeptParameters(state, omitted).map(([name, value]) => (
      <input key={name} type="hidden" name={name} value={value} />
    ))}
  </>
);

/** The question of valid time. */
const DayForm = ({ state }: StateOnly) => {
  const { toPublicPath } = useSite();
  const { day, path } = state;
  if (!day) return null;
  return (
    <form method="get" action={toPublicPath(path)}>
      <HiddenParameters state={state} omitted="day" />
      <label for="true-on">{day.name === 'on' ? 'True on' : 'From'}</label>
      <input id="true-on" type="date" name={day.name} value={day.value} required />
      <button type="submit">Go</button>
    </form>
  );
};

/** The question of record time. */
const EntryForm = ({ state }: StateOnly) => {
  const { toPublicPath } = useSite();
  const { path, entry, head, isPinned } = state;
  return (
    <form method="get" action={toPublicPath(path)}>
      <HiddenParameters state={state} omitted="asOf" />
      <label for="as-of">As the book said at entry</label>
      <input id="as-of" type="number" name="asOf" min="0" max={head} value={entry} required />
      <button type="submit">Go</button>
      {isPinned && <a href={toPublicPath(formatPresentAddress(state))}>now</a>}
    </form>
  );
};

const StopLink = ({ state, stop, label }: StateOnly & { readonly stop: Stop; readonly label: string }) => (
  <a href={useSite().toPublicPath(formatStopAddress(state, stop.entry))}>
    {label}: entry {stop.entry}, <InstantText instant={stop.recordedAt} />, {humanize(stop.type)}
  </a>
);

/** Where the page changed: its versions are as many as there are entries in the list. */
const Stops = ({ state }: StateOnly) => {
  const { toPublicPath } = useSite();
  const { stops, earlier, later } = state;
  if (stops.length === 0) return null;
  return (
    <details>
      <summary>{stops.length === 1 ? '1 entry' : `${stops.length} entries`} made this page</summary>
      <ul class="steps">
        {earlier && (
          <li>
            <StopLink state={state} stop={earlier} label="Earlier" />
          </li>
        )}
        {later && (
          <li>
            <StopLink state={state} stop={later} label="Later" />
          </li>
        )}
      </ul>
      <ol class="stops">
        {stops.map((entry) => (
          <li key={entry}>
            <a
              href={toPublicPath(formatStopAddress(state, entry))}
              aria-current={entry === state.entry ? 'true' : undefined}
            >
              {entry}
            </a>
          </li>
        ))}
      </ol>
    </details>
  );
};

/** The two times of a page, as forms that work without script. */
export const TimeBar = ({ state }: StateOnly) => (
  <section class="time" aria-label="Time">
    <div>
      <DayForm state={state} />
      <EntryForm state={state} />
    </div>
    <Stops state={state} />
  </section>
);

/** Says of a page of the past that it is one, and of a page that lacks something what it lacks. */
export const Banner = ({ state }: StateOnly) => {
  const { toPublicPath } = useSite();
  const { isPinned, entry, head, recordedAt, degraded } = state;
  return (
    <>
      {isPinned && entry < head && (
        <aside class="banner" aria-label="The past">
          You are reading what the book said at entry {entry}
          {recordedAt !== null && (
            <>
              , recorded <InstantText instant={recordedAt} />
            </>
          )}
          . It has {head} now. <a href={toPublicPath(formatPresentAddress(state))}>What it says now</a>
        </aside>
      )}
      {degraded > 0 && (
        <aside class="banner" aria-label="Incomplete">
          This page is incomplete: {degraded === 1 ? 'one stream' : `${degraded} streams`} of the book could
          not be read here.
        </aside>
      )}
    </>
  );
};
