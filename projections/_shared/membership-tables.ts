// Who belonged from when to when: every stay and every suspension, for each read model that asks.
import {
  type MembershipEvent,
  checkMembershipTimeline,
  listMembershipPeriods,
} from '../../src/domain/membership/membership.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  json,
  nullableJson,
  type Row,
  type RowsOf,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import { spanColumns, toSpanColumns } from './time-spans.js';
import { type Dispute, getDisputes } from './disputes.js';

const tables = {
  membership_facts: defineTable({
    columns: {
      revision: 'integer',
      entry: 'integer',
      fact: json<MembershipEvent>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['revision'],
  }),
  tenures: defineTable({
    columns: {
      organization: 'text',
      member: 'text',
      /** Counts a member's stays from 0, in the order of its timeline. */
      n: 'integer',
      ...spanColumns,
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
      /** Counts the suspensions of one stay. */
      m: 'integer',
      ...spanColumns,
      by: 'text',
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['organization', 'member', 'n', 'm'],
    indexes: [['organization', 'member', 'n']],
  }),
};

export type TenureRow = Row<typeof tables.tenures>;
export type SuspensionRow = Row<typeof tables.suspensions>;

type RecordedMembershipEvent = MembershipEvent & {
  readonly entry: number;
  readonly disputes: readonly Dispute[] | null;
};

/** Any new fact may move the whole timeline, so it is drawn again; what stays the same makes no new version. */
function rebuildTimeline(fact: Fact<MembershipEvent>, rows: RowsOf<typeof tables>): void {
  const { type, data, revision, effectiveEntry } = fact;
  rows.membership_facts.put({
    revision,
    entry: effectiveEntry,
    fact: { type, data } as MembershipEvent,
    disputes: getDisputes(fact),
  });
  const facts = rows.membership_facts
    .all()
    .map(({ fact, entry, disputes }): RecordedMembershipEvent => ({ ...fact, entry, disputes }));
  // In a group, or after a correction, the first facts may be legal only with those that follow: these draw.
  if (checkMembershipTimeline(facts)) return;
  const { organization, member } = data;
  const stays = listMembershipPeriods(facts);
  for (const stay of rows.tenures.all()) if (stay.n >= stays.length) rows.tenures.delete(stay);
  for (const each of rows.suspensions.all())
    if (each.m >= (stays[each.n]?.suspensions.length ?? 0)) rows.suspensions.delete(each);
  for (const [n, { joined, ended, suspensions }] of stays.entries()) {
    rows.tenures.put({
      organization,
      member,
      n,
      ...toSpanColumns(joined, ended),
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
        ...toSpanColumns(suspended, resumed ?? ended),
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
