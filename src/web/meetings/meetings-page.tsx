import meetings from '../../../projections/meetings/meetings.js';
import upcomingMeetings from '../../../projections/upcoming-meetings/upcoming-meetings.js';
import { Empty, Facets, NextPage } from '../components/list-page.js';
import { DayText } from '../components/date.js';
import { RecordLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { ask, askSubject, definePage, findRoute } from '../page.js';
import { useRecordLookup } from '../record-lookup.js';
import { countValues, toLabel } from '../text.js';
import { type MeetingItem, MeetingList } from './meeting-list.js';

/** The year in which it certainly was, or is planned; undefined if that is not known. */
const getYear = ({ opened, scheduledFor }: MeetingItem): string | undefined => {
  const { earliest, latest } = opened ?? scheduledFor ?? { earliest: null, latest: null };
  const [first, last] = [earliest?.slice(0, 4), latest?.slice(0, 4)];
  return first === last ? first : undefined;
};

/** The latest year first, and meetings without a year before all of them, since most are still to come. */
function groupByYear(items: readonly MeetingItem[]): readonly [string, readonly MeetingItem[]][] {
  const groups = new Map<string, MeetingItem[]>();
  for (const meeting of items) {
    const year = getYear(meeting) ?? '';
    groups.set(year, [...(groups.get(year) ?? []), meeting]);
  }
  return [...groups].sort(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : b.localeCompare(a)));
}

const countBy = (items: readonly MeetingItem[], member: 'status' | 'convenedBy') =>
  countValues(items.map((meeting) => meeting[member])).toSorted(([, a], [, b]) => b - a);

const MeetingFacets = ({ all }: { readonly all: readonly MeetingItem[] }) => {
  const names = useRecordLookup();
  return (
    <>
      <Facets
        name="Status"
        parameter="status"
        facets={countBy(all, 'status').map(([value, count]) => ({ value, label: toLabel(value), count }))}
      />
      <Facets
        name="Convened by"
        parameter="convenedBy"
        facets={countBy(all, 'convenedBy').map(([value, count]) => ({
          value,
          label: names?.getOrganizationName(value) ?? value,
          count,
        }))}
      />
    </>
  );
};

export const meetingsPage = definePage({
  path: '/meetings',
  route: findRoute(meetings, '/meetings'),
  section: '/meetings',
  formats: ['json', 'csv'],
  asks: { meetings: askSubject(meetings, 'calendar'), all: ask(meetings, 'calendar') },
  view: ({ meetings: list, all }) => ({
    title: 'Meetings',
    children: (
      <>
        <h1>Meetings</h1>
        <p>
          <RecordLink to="/meetings/upcoming">Upcoming meetings</RecordLink>
        </p>
        <MeetingFacets all={all.items} />
        {list.items.length === 0 && <Empty what="The book has no such meeting." />}
        {groupByYear(list.items).map(([year, items]) => (
          <Section key={year} id={`year-${year || 'unknown'}`} title={year || 'Year not known'}>
            <MeetingList meetings={items} />
          </Section>
        ))}
        <NextPage list={list} />
      </>
    ),
  }),
});

export const upcomingMeetingsPage = definePage({
  path: '/meetings/upcoming',
  route: findRoute(upcomingMeetings, '/meetings/upcoming'),
  section: '/meetings',
  formats: ['json', 'csv'],
  asks: { upcoming: askSubject(upcomingMeetings, 'upcoming') },
  view: ({ upcoming }, { day }) => ({
    title: 'Upcoming meetings',
    children: (
      <>
        <h1>Upcoming meetings</h1>
        <p>
          From <DayText day={day} /> on. <RecordLink to="/meetings">All meetings</RecordLink>
        </p>
        {upcoming.items.length === 0 ? (
          <Empty what="The book knows of no meeting from this day on." />
        ) : (
          <MeetingList heading="h2" meetings={upcoming.items} />
        )}
        <NextPage list={upcoming} />
      </>
    ),
  }),
});
