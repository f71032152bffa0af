import decisions from '../../../projections/decisions/decisions.js';
import meetings from '../../../projections/meetings/meetings.js';
import upcomingMeetings from '../../../projections/upcoming-meetings/upcoming-meetings.js';
import { AMENDMENT_TYPES } from '../../eventsourcing/amendments.js';
import type { Entry } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import { DayText, InstantText } from '../components/date.js';
import { EntryLink } from '../components/fact-marks.js';
import { RecordLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { DecisionList } from '../decisions/decision-list.js';
import { type RecordedFact, toRecordedFact } from '../entries/fact-history.js';
import { type MeetingItem, MeetingList } from '../meetings/meeting-list.js';
import { type AnswersTo, ask, definePage } from '../page.js';
import { getReason } from '../entries/amendment-list.js';
import { toLabel } from '../text.js';

/** How many of each kind stand on the page. */
const SHOWN = 5;
/** How far back amendments are looked for, in entries. */
const SEARCHED = 200;

type BookFacts = { readonly first: Entry | undefined; readonly amendments: readonly RecordedFact[] };

const readBookFacts = (ledger: Ledger, until: number): BookFacts => {
  const after = Math.max(0, until - SEARCHED);
  const recent = until === 0 ? [] : ledger.readAfter(after, until - after);
  return {
    first: until === 0 ? undefined : ledger.findByNumber(1),
    amendments: recent
      .filter(({ type, entry }) => AMENDMENT_TYPES.has(type) && entry <= until)
      .slice(-SHOWN)
      .reverse()
      .map(toRecordedFact),
  };
};

const asks = {
  upcoming: ask(upcomingMeetings, 'upcoming', () => ({ limit: SHOWN })),
  open: ask(meetings, 'calendar', () => ({ filters: { status: 'open' } })),
  meetings: ask(meetings, 'calendar'),
  decisions: ask(decisions, 'decisions'),
};

const Meetings = ({ title, items, id }: { title: string; id: string; items: readonly MeetingItem[] }) =>
  items.length === 0 ? null : (
    <Section id={id} title={title}>
      <MeetingList meetings={items} />
    </Section>
  );

const LastAmendments = ({ amendments }: Pick<BookFacts, 'amendments'>) =>
  amendments.length === 0 ? null : (
    <Section id="amendments" title="Last corrections">
      <ul>
        {amendments.map(({ entry, type, data, recordedAt }) => (
          <li key={entry}>
            {toLabel(type)}, <InstantText instant={recordedAt} />: {getReason(data)}{' '}
            <EntryLink entry={entry} />
          </li>
        ))}
      </ul>
    </Section>
  );

const Book = ({ answers }: { readonly answers: AnswersTo<typeof asks> }) => {
  const { upcoming, open, meetings: calendar, decisions: taken } = answers;
  const held = calendar.items.filter(({ opened }) => opened !== null);
  const latest = taken.items.toSorted((a, b) => b.entry - a.entry).slice(0, SHOWN);
  return (
    <>
      <Meetings id="open" title="Open now" items={open.items} />
      <Section id="upcoming" title="Next meetings">
        {upcoming.items.length === 0 ? (
          <p class="note">
            The book knows of no meeting to come. <RecordLink to="/meetings">All meetings</RecordLink>
          </p>
        ) : (
          <MeetingList meetings={upcoming.items} />
        )}
      </Section>
      <Meetings id="held" title="Last meetings" items={held.slice(-SHOWN).reverse()} />
      {latest.length > 0 && (
        <Section id="decisions" title="Last decisions">
          <DecisionList decisions={latest} />
        </Section>
      )}
    </>
  );
};

export const startPage = definePage({
  path: '/',
  route: { list: false, names: true, day: 'on' },
  formats: [],
  asks,
  readFacts: (ledger, _query, until) => readBookFacts(ledger, until),
  view: (answers, { day }, { first, amendments }) => ({
    title: 'The book',
    children: (
      <>
        <h1>The minute book</h1>
        {first ? (
          <p>
            Who belongs, who met, who said what and what was decided, on <DayText day={day} />. Recorded since{' '}
            <DayText day={first.recordedAt.slice(0, 10)} />; nothing in it is ever changed without a trace.
          </p>
        ) : (
          <p>
            Nothing is recorded yet. <RecordLink to="/docs/commands">How to record the first fact</RecordLink>
          </p>
        )}
        {first && <Book answers={answers} />}
        <LastAmendments amendments={amendments} />
      </>
    ),
  }),
});
