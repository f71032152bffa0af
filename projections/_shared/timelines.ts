// Timelines in valid time, drawn from all events of a stream: the part that membership, observers and offices share.
import { compareBounds, type DateBounds } from '../../src/dates/edtf.js';
import { findSortedEnd, type TimelineRules } from '../../src/dates/timeline.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { defineTable, json, nullableJson, type RowStore } from '../../src/read-models/declaration/table.js';
import { type Dispute, getDisputes } from './disputes.js';

/** The events of a timeline. A helper table: no list shows it. */
export const defineTimelineEvents = <E extends AnyEvent>() =>
  defineTable({
    columns: {
      /** Which of the timelines of the stream. */
      timeline: 'text',
      revision: 'integer',
      entry: 'integer',
      fact: json<E>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['timeline', 'revision'],
  });

/**
 * Where a timeline ends whose events are legal in the sorted order, so that a later event can be added without drawing
 * it again. A helper table: no list shows it.
 */
export const timelineEnds = defineTable({
  columns: {
    timeline: 'text',
    earliest: 'text?',
    latest: 'text?',
    state: 'text',
    /** How many rows there are of what began, and of what began inside the last of them. */
    periods: 'integer',
    suspensions: 'integer',
  },
  key: ['timeline'],
});

/** An event with the entry that gave it its present content, and the disputes of it. */
export type TimelineEvent<E extends AnyEvent> = E & {
  readonly entry: number;
  readonly disputes: readonly Dispute[] | null;
};

type TimelineRows<E extends AnyEvent> = {
  readonly events: RowStore<ReturnType<typeof defineTimelineEvents<E>>>;
  readonly ends: RowStore<typeof timelineEnds>;
};

/** How many rows a timeline has. */
export type TimelineCounts = { readonly periods: number; readonly suspensions: number };

type Drawing<E extends AnyEvent, S extends string> = {
  readonly getTimeline: (event: E) => string;
  readonly rules: TimelineRules<E, S, object>;
  /** Adds an event at the end of a timeline: `state` and `counts` are those before it. */
  readonly append: (event: TimelineEvent<E>, state: S, counts: TimelineCounts) => TimelineCounts;
  /**
   * Draws a timeline from all of its events, in record order; undefined if no order of them is legal. In a group, or after
   * a correction, the first events may be legal only with those that follow.
   */
  readonly redraw: (timeline: string, events: readonly TimelineEvent<E>[]) => TimelineCounts | undefined;
};

const toTimelineEvent = <E extends AnyEvent>(fact: Fact<E>): TimelineEvent<E> =>
  ({
    type: fact.type,
    data: fact.data,
    entry: fact.effectiveEntry,
    disputes: getDisputes(fact),
  }) as TimelineEvent<E>;

/** Keeps an event for the timelines that it and later events are drawn in. */
export function keepTimelineEvent<E extends AnyEvent>(
  fact: Fact<E>,
  timeline: string,
  events: TimelineRows<E>['events'],
): void {
  const { type, data, revision, effectiveEntry: entry } = fact;
  events.put({ timeline, revision, entry, fact: { type, data } as E, disputes: getDisputes(fact) });
}

/**
 * Draws the timelines of events that were added. One that is added at the end of its timeline costs as much in a long one
 * as in a short one; any other may move the whole timeline, so it is drawn again.
 */
export function drawTimelines<E extends AnyEvent, S extends string>(
  added: readonly Fact<E>[],
  rows: TimelineRows<E>,
  drawing: Drawing<E, S>,
): void {
  const [first, ...others] = added;
  if (first && others.length === 0 && appendToTimeline(first, rows, drawing)) return;
  const timelines = new Set(added.map((fact) => drawing.getTimeline(fact)));
  const all = Map.groupBy(rows.events.all(), ({ timeline }) => timeline);
  for (const timeline of timelines) {
    const events = (all.get(timeline) ?? []).map((row) => {
      const { fact, entry, disputes } = row as TimelineEventRow<E>;
      return { ...fact, entry, disputes };
    });
    const counts = drawing.redraw(timeline, events);
    const end = counts && findSortedEnd<E, S, object>(events, drawing.rules);
    if (end) rows.ends.put({ timeline, ...end.bounds, state: end.state, ...counts });
    else rows.ends.delete({ timeline });
  }
}

type TimelineEventRow<E> = {
  readonly fact: E;
  readonly entry: number;
  readonly disputes: readonly Dispute[] | null;
};

/** Whether the event could be added at the end of its timeline. */
function appendToTimeline<E extends AnyEvent, S extends string>(
  fact: Fact<E>,
  { ends }: TimelineRows<E>,
  { getTimeline, rules, append }: Drawing<E, S>,
): boolean {
  const timeline = getTimeline(fact);
  const end = ends.get({ timeline }) as (DateBounds & TimelineCounts & { readonly state: S }) | undefined;
  if (!end) return false;
  const { earliest, latest } = rules.getBounds(fact);
  if (compareBounds(end, { earliest, latest }) > 0) return false;
  const state = rules.step(end.state, fact);
  if (typeof state !== 'string') return false;
  ends.put({ timeline, earliest, latest, state, ...append(toTimelineEvent(fact), end.state, end) });
  return true;
}
