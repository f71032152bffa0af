// Memberships in valid time: every tenure with what changed in it, for each read model that selects by day.
import type {
  MemberCategory,
  MemberCategoryChanged,
  MemberJoined,
  MembershipEnded,
  MemberSucceeded,
  NoticeEvent,
  ParticipationLeft,
  ParticipationSuspended,
  StandingEvent,
  VotingRightGranted,
  VotingRightWithdrawn,
} from '../../src/domain/membership/events.js';
import { standingTimelineRules } from '../../src/domain/membership/timeline.js';
import { parseBounds } from '../../src/dates/edtf.js';
import type { Instrument } from '../../src/domain/event-fields.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  defineTable,
  nullableJson,
  nullableTextOf,
  type Row,
  type RowStores,
  textOf,
} from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import type { Dispute } from './disputes.js';
import { PERIOD_COLUMNS, toPeriodColumns } from './periods.js';
import {
  defineTimelineEvents,
  ruleBreakingEvents,
  type TimelineEvent,
  toTimelineEvent,
  updatePeriods,
} from './timelines.js';

const MEMBER_COLUMNS = { organization: 'text', member: 'text' } as const;
const tables = {
  membership_facts: defineTimelineEvents<StandingEvent>(),
  unsorted_membership_facts: ruleBreakingEvents,
  tenures: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      /** The position of the event that ends it. */
      until_position: 'text?',
      on_behalf_of: 'text?',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
      end_reason: 'text?',
      end_notified: 'text?',
      end_decided: 'text?',
      end_notice: 'text?',
      end_instrument: nullableJson<Instrument>(),
      end_disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [
      ['organization', 'member'],
      ['member', 'organization'],
    ],
  }),
  /** Declared suspensions, and absences that nobody declared. */
  suspensions: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      participation: textOf<'suspended' | 'not-participating'>(),
      by: 'text?',
      scope: 'text?',
      reason: 'text?',
      suspended_by: 'text?',
      notified: 'text?',
      decided: 'text?',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
  categories: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      category: textOf<MemberCategory>(),
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
  voting_rights: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      /** 0 or 1: a withdrawal begins a period without the right. */
      is_granted: 'integer',
      votes: 'integer?',
      /** Of a withdrawal. */
      reason: 'text?',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
  /** What was said of notices, one row for each event. */
  notice_facts: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      notice: 'text',
      change: textOf<'given' | 'postponed' | 'rescinded'>(),
      of: nullableTextOf<'withdrawal' | 'suspension'>(),
      takes_effect: 'text?',
      /** The last day that `takes_effect` can mean; null if it is unbounded, too. */
      takes_effect_latest: 'text?',
      reason: 'text?',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
  /** Whose place the member took, one row for each event. */
  successions: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      predecessor: 'text',
      how: 'text',
      counted_from: 'text?',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member'], ['predecessor']],
  }),
};

export type TenureRow = Row<typeof tables.tenures>;
export type SuspensionRow = Row<typeof tables.suspensions>;
export type CategoryRow = Row<typeof tables.categories>;
export type VotingRightRow = Row<typeof tables.voting_rights>;
export type NoticeFactRow = Row<typeof tables.notice_facts>;
export type SuccessionRow = Row<typeof tables.successions>;

/** SQL: whether the row `s` of another table belongs to the tenure `t`. */
export const isInTenureSql = (s: string, t: string): string =>
  `(${s}.organization = ${t}.organization AND ${s}.member = ${t}.member AND ${s}.position >= ${t}.position AND (${t}.until_position IS NULL OR ${s}.position < ${t}.until_position))`;

/**
 * SQL: whether on `@day` the tenure `t` has no recorded end, but a notice of withdrawal has taken effect that was neither
 * postponed nor rescinded by then. Such a tenure lasts possibly only.
 */
export const hasLapsedSql = (view: View, t: string): string => {
  const facts = view.table('notice_facts');
  const isOfNotice = (x: string): string =>
    `${isInTenureSql(x, t)} AND ${x}.notice = n.notice AND (${x}.since_earliest IS NULL OR ${x}.since_earliest <= @day)`;
  return `(${t}.until IS NULL AND EXISTS (SELECT 1 FROM ${facts} n
    WHERE n.change = 'given' AND n.of = 'withdrawal' AND ${isOfNotice('n')}
      AND NOT EXISTS (SELECT 1 FROM ${facts} r WHERE r.change = 'rescinded' AND ${isOfNotice('r')})
      AND @day >= (SELECT e.takes_effect_latest FROM ${facts} e
        WHERE e.change <> 'rescinded' AND ${isOfNotice('e')} ORDER BY e.position DESC LIMIT 1)))`;
};

const toMemberColumns = ({ data, disputes }: TimelineEvent<StandingEvent>) => ({
  organization: data.organization,
  member: data.member,
  instrument: data.instrument ?? null,
  disputes,
});

const toTenure = (
  joined: TimelineEvent<MemberJoined | MemberSucceeded>,
  ended?: TimelineEvent<MembershipEnded>,
): TenureRow => ({
  ...toMemberColumns(joined),
  ...toPeriodColumns(joined, ended),
  until_position: ended?.position ?? null,
  on_behalf_of: joined.type === 'MemberJoined' ? (joined.data.onBehalfOf ?? null) : null,
  end_reason: ended?.data.reason ?? null,
  end_notified: ended?.data.notified ?? null,
  end_decided: ended?.data.decided ?? null,
  end_notice: ended?.data.notice ?? null,
  end_instrument: ended?.data.instrument ?? null,
  end_disputes: ended?.disputes ?? null,
});

function toSuspension(
  begun: TimelineEvent<ParticipationSuspended | ParticipationLeft>,
  ended?: TimelineEvent<StandingEvent>,
): SuspensionRow {
  const declared = begun.type === 'ParticipationSuspended' ? begun.data : undefined;
  return {
    ...toMemberColumns(begun),
    ...toPeriodColumns(begun, ended),
    participation: declared ? 'suspended' : 'not-participating',
    by: declared?.by ?? null,
    scope: declared?.scope ?? null,
    reason: declared?.reason ?? null,
    suspended_by: declared?.suspendedBy ?? null,
    notified: declared?.notified ?? null,
    decided: declared?.decided ?? null,
  };
}

/** `begun`: a change, or a joining with a category. */
const toCategory = (
  begun: TimelineEvent<MemberCategoryChanged>,
  ended?: TimelineEvent<StandingEvent>,
): CategoryRow => ({
  ...toMemberColumns(begun),
  ...toPeriodColumns(begun, ended),
  category: begun.data.category,
});

const toVotingRight = (
  begun: TimelineEvent<VotingRightGranted | VotingRightWithdrawn>,
  ended?: TimelineEvent<StandingEvent>,
): VotingRightRow => ({
  ...toMemberColumns(begun),
  ...toPeriodColumns(begun, ended),
  is_granted: begun.type === 'VotingRightGranted' ? 1 : 0,
  votes: begun.type === 'VotingRightGranted' ? (begun.data.votes ?? null) : null,
  reason: begun.type === 'VotingRightWithdrawn' ? (begun.data.reason ?? null) : null,
});

const NOTICE_CHANGES = {
  NoticeGiven: 'given',
  NoticePostponed: 'postponed',
  NoticeRescinded: 'rescinded',
} as const;

function toNoticeFact(said: TimelineEvent<NoticeEvent>): NoticeFactRow {
  const { type, data } = said;
  const takesEffect = type === 'NoticeRescinded' ? undefined : data.takesEffect;
  return {
    ...toMemberColumns(said),
    ...toPeriodColumns(said, undefined),
    notice: data.notice,
    change: NOTICE_CHANGES[type],
    of: type === 'NoticeGiven' ? data.of : null,
    takes_effect: takesEffect ?? null,
    takes_effect_latest: takesEffect === undefined ? null : parseBounds(takesEffect).latest,
    reason: type === 'NoticeRescinded' ? (data.reason ?? null) : null,
  };
}

const toSuccession = (succeeded: TimelineEvent<MemberSucceeded>): SuccessionRow => ({
  ...toMemberColumns(succeeded),
  ...toPeriodColumns(succeeded, undefined),
  predecessor: succeeded.data.predecessor,
  how: succeeded.data.how,
  counted_from: succeeded.data.countedFrom ?? null,
});

/** Events of one role follow each other in some period; those of different roles are looked up apart. */
const ROLES = {
  MemberJoined: 'joining',
  MemberSucceeded: 'joining',
  MembershipEnded: 'end',
  ParticipationSuspended: 'participation',
  ParticipationLeft: 'participation',
  ParticipationResumed: 'participation',
  MemberCategoryChanged: 'category',
  VotingRightGranted: 'voting',
  VotingRightWithdrawn: 'voting',
  NoticeGiven: 'notice',
  NoticePostponed: 'notice',
  NoticeRescinded: 'notice',
} as const satisfies { readonly [Type in StandingEvent['type']]: string };

/** Of a member of an organization there is one timeline in its stream. */
const membershipTimeline = {
  getTimeline: () => '',
  getRole: (type: StandingEvent['type']) => ROLES[type],
  rules: standingTimelineRules,
};

const keep = (fact: Fact<StandingEvent>, { membership_facts }: RowStores<typeof tables>): void =>
  membership_facts.put(toTimelineEvent(fact, membershipTimeline));

export const membershipTables = defineSharedTables<StandingEvent>()({
  tables,
  when: {
    MemberJoined: keep,
    MemberSucceeded: keep,
    MembershipEnded: keep,
    ParticipationSuspended: keep,
    ParticipationLeft: keep,
    ParticipationResumed: keep,
    MemberCategoryChanged: keep,
    VotingRightGranted: keep,
    VotingRightWithdrawn: keep,
    NoticeGiven: keep,
    NoticePostponed: keep,
    NoticeRescinded: keep,
  },
  standalone: 'all',
  deriveRows: (changed, rows) =>
    updatePeriods(
      changed,
      { events: rows.membership_facts, unsorted: rows.unsorted_membership_facts },
      [
        // A merger into a member begins no tenure.
        {
          begins: ['joining'],
          beginsAfter: 'outside',
          ends: ['end'],
          rows: rows.tenures,
          toRow: toTenure,
        },
        {
          begins: ['participation'],
          isBeginning: ({ type }) => type !== 'ParticipationResumed',
          ends: ['participation', 'end'],
          rows: rows.suspensions,
          toRow: toSuspension,
        },
        {
          begins: ['joining', 'category'],
          isBeginning: ({ data }) => 'category' in data,
          ends: ['category', 'end'],
          rows: rows.categories,
          toRow: toCategory,
        },
        { begins: ['voting'], ends: ['voting', 'end'], rows: rows.voting_rights, toRow: toVotingRight },
        { begins: ['notice'], ends: [], rows: rows.notice_facts, toRow: toNoticeFact },
        {
          begins: ['joining'],
          isBeginning: ({ type }) => type === 'MemberSucceeded',
          ends: [],
          rows: rows.successions,
          toRow: toSuccession,
        },
      ],
      membershipTimeline,
    ),
});
