// Memberships in valid time: every tenure and every suspension, for each read model that selects by day.
import {
  type MembershipEvent,
  checkMembershipTimeline,
  listMembershipPeriods,
} from '../../src/domain/membership/membership.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  type Row,
  type RowStores,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import { PERIOD_COLUMNS, toPeriodColumns } from './periods.js';
import { addTimelineEvent, defineTimelineEvents } from './timelines.js';
import type { Dispute } from './disputes.js';

const tables = {
  membership_facts: defineTimelineEvents<MembershipEvent>(),
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

function rebuildTimeline(fact: Fact<MembershipEvent>, rows: RowStores<typeof tables>): void {
  const events = addTimelineEvent(fact, rows.membership_facts);
  if (checkMembershipTimeline(events)) return;
  const { organization, member } = fact.data;
  const tenures = listMembershipPeriods(events);
  for (const row of rows.tenures.all()) if (row.n >= tenures.length) rows.tenures.delete(row);
  for (const row of rows.suspensions.all())
    if (row.m >= (tenures[row.n]?.suspensions.length ?? 0)) rows.suspensions.delete(row);
  for (const [n, { joined, ended, suspensions }] of tenures.entries()) {
    rows.tenures.put({
      organization,
      member,
      n,
      ...toPeriodColumns(joined, ended),
      end_reason: ended?.data.reason,
      disputes: joined.disputes,
      end_disputes: ended?.disputes,
    });
    for (const [m, { suspended, resumed }] of suspensions.entries())
      rows.suspensions.put({
        organization,
        member,
        n,
        m,
        ...toPeriodColumns(suspended, resumed ?? ended),
        by: suspended.data.by,
        disputes: suspended.disputes,
      });
  }
}

export const membershipTables = defineSharedTables<MembershipEvent>()({
  tables,
  when: {
    MemberJoined: rebuildTimeline,
    MembershipEnded: rebuildTimeline,
    ParticipationSuspended: rebuildTimeline,
    ParticipationResumed: rebuildTimeline,
  },
});
