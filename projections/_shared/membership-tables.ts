// Memberships in valid time: every tenure and every suspension, for each read model that selects by day.
import {
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
import { PERIOD_COLUMNS, toPeriodColumns } from './periods.js';
import {
  defineTimelineEvents,
  updatePeriods,
  type TimelineEvent,
  toTimelineEvent,
  ruleBreakingEvents,
} from './timelines.js';
import type { Dispute } from './disputes.js';

const tables = {
  membership_facts: defineTimelineEvents<MembershipEvent>(),
  unsorted_membership_facts: ruleBreakingEvents,
  tenures: defineTable({
    columns: {
      organization: 'text',
      member: 'text',
      ...PERIOD_COLUMNS,
      /** The position of the event that ends it. */
      until_position: 'text?',
      end_reason: 'text?',
      disputes: nullableJson<readonly Dispute[]>(),
      end_disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [
      ['organization', 'member'],
      ['member', 'organization'],
    ],
  }),
  suspensions: defineTable({
    columns: {
      organization: 'text',
      member: 'text',
      ...PERIOD_COLUMNS,
      by: 'text',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
};

export type TenureRow = Row<typeof tables.tenures>;
export type SuspensionRow = Row<typeof tables.suspensions>;

/** SQL: whether the suspension `s` is one of the tenure `t` of the same member. */
export const isSuspensionOfTenureSql = (s: string, t: string): string =>
  `(${s}.position > ${t}.position AND (${t}.until_position IS NULL OR ${s}.position < ${t}.until_position))`;

const toTenure = (
  joined: TimelineEvent<MemberJoined>,
  ended?: TimelineEvent<MembershipEnded>,
): TenureRow => ({
  organization: joined.data.organization,
  member: joined.data.member,
  ...toPeriodColumns(joined, ended),
  until_position: ended?.position ?? null,
  end_reason: ended?.data.reason ?? null,
  disputes: joined.disputes,
  end_disputes: ended?.disputes ?? null,
});

const toSuspension = (
  suspended: TimelineEvent<ParticipationSuspended>,
  ended?: TimelineEvent<MembershipEvent>,
): SuspensionRow => ({
  organization: suspended.data.organization,
  member: suspended.data.member,
  ...toPeriodColumns(suspended, ended),
  by: suspended.data.by,
  disputes: suspended.disputes,
});

/** Of a member of an organization there is one timeline in its stream. */
const membershipTimeline = { getTimeline: () => '', rules: membershipTimelineRules };

const keep = (fact: Fact<MembershipEvent>, { membership_facts }: RowStores<typeof tables>): void =>
  membership_facts.put(toTimelineEvent(fact, membershipTimeline));

export const membershipTables = defineSharedTables<MembershipEvent>()({
  tables,
  when: {
    MemberJoined: keep,
    MembershipEnded: keep,
    ParticipationSuspended: keep,
    ParticipationResumed: keep,
  },
  standalone: 'all',
  deriveRows: (changed, rows) =>
    updatePeriods(
      changed,
      { events: rows.membership_facts, unsorted: rows.unsorted_membership_facts },
      [
        { begins: 'MemberJoined', ends: ['MembershipEnded'], rows: rows.tenures, toRow: toTenure },
        {
          begins: 'ParticipationSuspended',
          ends: ['ParticipationResumed', 'MembershipEnded'],
          rows: rows.suspensions,
          toRow: toSuspension,
        },
      ],
      membershipTimeline,
    ),
});
