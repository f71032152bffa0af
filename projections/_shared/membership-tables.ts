// Memberships in valid time: every tenure and every suspension, for each read model that selects by day.
import {
  listMembershipPeriods,
  type MemberJoined,
  type MembershipEnded,
  type MembershipEvent,
  membershipTimelineRules,
  type ParticipationSuspended,
} from '../../src/domain/membership/membership.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  type Row,
  type RowStores,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import { PERIOD_COLUMNS, toPeriodColumns, toUntilColumns } from './periods.js';
import {
  defineTimelineEvents,
  drawTimelines,
  keepTimelineEvent,
  type TimelineCounts,
  timelineEnds,
  type TimelineEvent,
} from './timelines.js';
import type { Dispute } from './disputes.js';

const tables = {
  membership_facts: defineTimelineEvents<MembershipEvent>(),
  membership_ends: timelineEnds,
  tenures: defineTable({
    columns: {
      organization: 'text',
      member: 'text',
      /** Counts the tenures of a member from 0, in the order of its timeline. */
      n: 'integer',
      ...PERIOD_COLUMNS,
      end_reason: 'text?',
      disputes: nullableJson<readonly Dispute[]>(),
      end_disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'member', 'n'],
    indexes: [
      ['organization', 'member'],
      ['member', 'organization'],
    ],
  }),
  suspensions: defineTable({
    columns: {
      organization: 'text',
      member: 'text',
      n: 'integer',
      /** Counts the suspensions of one tenure. */
      m: 'integer',
      ...PERIOD_COLUMNS,
      by: 'text',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'member', 'n', 'm'],
    indexes: [['organization', 'member', 'n']],
  }),
};

export type TenureRow = Row<typeof tables.tenures>;
export type SuspensionRow = Row<typeof tables.suspensions>;

/** Of a member of an organization there is one timeline in its stream. */
const TIMELINE = '';

function redraw(
  events: readonly TimelineEvent<MembershipEvent>[],
  rows: RowStores<typeof tables>,
): TimelineCounts | undefined {
  const periods = listMembershipPeriods(events);
  if (!periods) return undefined;
  for (const row of rows.tenures.all()) if (row.n >= periods.length) rows.tenures.delete(row);
  for (const row of rows.suspensions.all())
    if (row.m >= (periods[row.n]?.suspensions.length ?? 0)) rows.suspensions.delete(row);
  for (const [n, { joined, ended, suspensions }] of periods.entries()) {
    rows.tenures.put(toTenure(n, joined, ended));
    for (const [m, { suspended, resumed }] of suspensions.entries())
      rows.suspensions.put(toSuspension(n, m, suspended, resumed ?? ended));
  }
  return { periods: periods.length, suspensions: periods.at(-1)?.suspensions.length ?? 0 };
}

const toTenure = (
  n: number,
  joined: TimelineEvent<MemberJoined>,
  ended?: TimelineEvent<MembershipEnded>,
): TenureRow => ({
  organization: joined.data.organization,
  member: joined.data.member,
  n,
  ...toPeriodColumns(joined, ended),
  end_reason: ended?.data.reason ?? null,
  disputes: joined.disputes,
  end_disputes: ended?.disputes ?? null,
});

const toSuspension = (
  n: number,
  m: number,
  suspended: TimelineEvent<ParticipationSuspended>,
  ended?: TimelineEvent<MembershipEvent>,
): SuspensionRow => ({
  organization: suspended.data.organization,
  member: suspended.data.member,
  n,
  m,
  ...toPeriodColumns(suspended, ended),
  by: suspended.data.by,
  disputes: suspended.disputes,
});

/** Adds an event at the end of the timeline, which may end the last tenure and the last suspension in it. */
function append(
  event: TimelineEvent<MembershipEvent>,
  isSuspended: boolean,
  { periods, suspensions }: TimelineCounts,
  rows: RowStores<typeof tables>,
): TimelineCounts {
  const { organization, member } = event.data;
  const n = periods - 1;
  const endSuspension = (): void => {
    const last = rows.suspensions.get({ organization, member, n, m: suspensions - 1 });
    if (last) rows.suspensions.put({ ...last, ...toUntilColumns(event) });
  };
  switch (event.type) {
    case 'MemberJoined':
      rows.tenures.put(toTenure(periods, event));
      return { periods: periods + 1, suspensions: 0 };
    case 'MembershipEnded': {
      const last = rows.tenures.get({ organization, member, n });
      if (last)
        rows.tenures.put({
          ...last,
          ...toUntilColumns(event),
          end_reason: event.data.reason,
          end_disputes: event.disputes,
        });
      if (isSuspended) endSuspension();
      return { periods, suspensions };
    }
    case 'ParticipationSuspended':
      rows.suspensions.put(toSuspension(n, suspensions, event));
      return { periods, suspensions: suspensions + 1 };
    case 'ParticipationResumed':
      endSuspension();
      return { periods, suspensions };
  }
}

const keep = (fact: Fact<MembershipEvent>, { membership_facts }: RowStores<typeof tables>): void =>
  keepTimelineEvent(fact, TIMELINE, membership_facts);

export const membershipTables = defineSharedTables<MembershipEvent>()({
  tables,
  when: {
    MemberJoined: keep,
    MembershipEnded: keep,
    ParticipationSuspended: keep,
    ParticipationResumed: keep,
  },
  draw: (facts, rows) =>
    drawTimelines(
      facts,
      { events: rows.membership_facts, ends: rows.membership_ends },
      {
        getTimeline: () => TIMELINE,
        rules: membershipTimelineRules,
        append: (event, state, counts) => append(event, state === 'suspended', counts, rows),
        redraw: (_timeline, events) => redraw(events, rows),
      },
    ),
});
