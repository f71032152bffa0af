// Timelines in valid time, computed from all events of a stream: the part that membership, observers and offices
// share.
import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { defineTable, json, nullableJson, type RowStore } from '../../src/read-models/declaration/table.js';
import { type Dispute, getDisputes } from './disputes.js';

/** The events of a timeline. A helper table: no list shows it. */
export const defineTimelineEvents = <E extends AnyEvent>() =>
  defineTable({
    columns: {
      revision: 'integer',
      entry: 'integer',
      fact: json<E>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['revision'],
  });

/** An event with the entry that gave it its present content, and the disputes of it. */
type TimelineEvent<E extends AnyEvent> = E & {
  readonly entry: number;
  readonly disputes: readonly Dispute[] | null;
};

/**
 * Adds an event and returns all events of the timeline in record order. Any new event may move the whole timeline, so
 * it is computed again from them; rows that come out equal make no new version. The caller computes it only if it is
 * legal: in a group, or after a correction, the first events may be legal only with those that follow.
 */
export function addTimelineEvent<E extends AnyEvent>(
  fact: Fact<E>,
  events: RowStore<ReturnType<typeof defineTimelineEvents<E>>>,
): readonly TimelineEvent<E>[] {
  const { type, data, revision, effectiveEntry: entry } = fact;
  events.put({ revision, entry, fact: { type, data } as E, disputes: getDisputes(fact) });
  return events.all().map((row) => {
    const { fact, entry, disputes } = row as { fact: E; entry: number; disputes: readonly Dispute[] | null };
    return { ...fact, entry, disputes };
  });
}
