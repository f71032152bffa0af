// Who belonged from when to when: every stay and every suspension, for each read model that asks.
import type { MembershipEvent } from '../../src/domain/membership/events.js';
import { judgeTimeline, tenures as staysOf } from '../../src/domain/membership/timeline.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import {
  json,
  nullableJson,
  type RowsOf,
  shared,
  table,
} from '../../src/read-models/declaration/read-model.js';
import { spanColumns, spanOf } from './time-spans.js';
import { type Dispute, disputesOf } from './disputes.js';

const tables = {
  membership_facts: table({
    columns: {
      revision: 'integer',
      entry: 'integer',
      fact: json<MembershipEvent>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['revision'],
  }),
  tenures: table({
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
  suspensions: table({
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

type Dated = MembershipEvent & { readonly entry: number; readonly disputes: readonly Dispute[] | null };

/** Any new fact may move the whole timeline, so it is drawn again; what stays the same makes no new version. */
function redraw(fact: Fact<MembershipEvent>, rows: RowsOf<typeof tables>): void {
  const { type, data, revision, saidAt } = fact;
  rows.membership_facts.put({
    revision,
    entry: saidAt,
    fact: { type, data } as MembershipEvent,
    disputes: disputesOf(fact),
  });
  const facts = rows.membership_facts
    .all()
    .map(({ fact, entry, disputes }): Dated => ({ ...fact, entry, disputes }));
  // In a group, or after a correction, the first facts may be legal only with those that follow: these draw.
  if (judgeTimeline(facts)) return;
  const { organization, member } = data;
  const stays = staysOf(facts);
  for (const stay of rows.tenures.all()) if (stay.n >= stays.length) rows.tenures.delete(stay);
  for (const each of rows.suspensions.all())
    if (each.m >= (stays[each.n]?.suspensions.length ?? 0)) rows.suspensions.delete(each);
  for (const [n, { joined, ended, suspensions }] of stays.entries()) {
    rows.tenures.put({
      organization,
      member,
      n,
      ...spanOf(joined, ended),
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
        ...spanOf(suspended, resumed ?? ended),
        by: suspended.data.by,
        disputes: suspended.disputes,
      });
  }
}

export const tenures = shared<MembershipEvent>()({
  tables,
  when: {
    MemberJoined: redraw,
    MembershipEnded: redraw,
    ParticipationSuspended: redraw,
    ParticipationResumed: redraw,
  },
});
