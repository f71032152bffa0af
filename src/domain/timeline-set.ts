// The timelines of a stream whose events belong to several of them, such as one for each office of a person.
import { Map } from 'immutable';
import { FactTimeline } from '../dates/fact-timeline.js';
import type { Violation } from '../eventsourcing/decider.js';
import type { AnyEvent } from '../eventsourcing/message.js';
import { findTimelineViolations, hasEnded, type TimelineRefusals } from './timeline-decider.js';

type AnyTimelineRefusals<E> = TimelineRefusals<E, string, object>;
/** A timeline among others, whose rules are asked about its own events and states only. */
export const toAnyTimeline = <E, T extends E, S extends string, R extends object>(
  timeline: TimelineRefusals<T, S, R>,
): AnyTimelineRefusals<E> => timeline as unknown as AnyTimelineRefusals<E>;

type TimelineSetDeclaration<E> = {
  /** Undefined for an event that is legal at any time. */
  readonly getTimeline: (event: E) => string | undefined;
  readonly getRefusals: (timeline: string) => AnyTimelineRefusals<E>;
};

/** Immutable. */
export class TimelineSet<E extends AnyEvent> {
  private constructor(
    private readonly declaration: TimelineSetDeclaration<E>,
    /** The timelines of the events, by revision. */
    private readonly timelinesByRevision: Map<number, string>,
    private readonly timelines: Map<string, FactTimeline<E, string, object>>,
  ) {}

  static create<E extends AnyEvent>(declaration: TimelineSetDeclaration<E>): TimelineSet<E> {
    return new TimelineSet(
      declaration,
      Map<number, string>(),
      Map<string, FactTimeline<E, string, object>>(),
    );
  }

  get(revision: number): E | undefined {
    const timeline = this.timelinesByRevision.get(revision);
    return timeline === undefined ? undefined : this.timelines.get(timeline)?.get(revision);
  }

  /** With this event at a revision, in place of the one that is there; `undefined` removes it. */
  set(revision: number, event: E | undefined): TimelineSet<E> {
    const before = this.timelinesByRevision.get(revision);
    const remaining = before === undefined ? this.timelines : this.#update(this.timelines, before, revision);
    const timeline = event && this.declaration.getTimeline(event);
    return new TimelineSet(
      this.declaration,
      timeline === undefined
        ? this.timelinesByRevision.delete(revision)
        : this.timelinesByRevision.set(revision, timeline),
      timeline === undefined ? remaining : this.#update(remaining, timeline, revision, event),
    );
  }

  /** The rules that each timeline breaks. */
  findViolations(): readonly Violation[] {
    return [...this.timelines].flatMap(([timeline, facts]) =>
      findTimelineViolations(facts, this.declaration.getRefusals(timeline)),
    );
  }

  /** See `hasEnded` of one timeline. */
  hasEnded(event: E): boolean {
    const timeline = this.timelines.get(this.declaration.getTimeline(event) ?? '');
    return timeline !== undefined && hasEnded(timeline, event);
  }

  #update(
    timelines: Map<string, FactTimeline<E, string, object>>,
    timeline: string,
    revision: number,
    event?: E,
  ): Map<string, FactTimeline<E, string, object>> {
    const facts =
      timelines.get(timeline) ?? FactTimeline.create(this.declaration.getRefusals(timeline).rules);
    const updated = facts.set(revision, event);
    return updated.size === 0 ? timelines.delete(timeline) : timelines.set(timeline, updated);
  }
}
