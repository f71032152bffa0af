// The decider of a relation whose events are dated: every event is accepted by itself, and the rules apply to the timeline
// that all of them make, since events arrive late. Pure.
import { FactTimeline } from '../dates/fact-timeline.js';
import type { TimelineRules } from '../dates/timeline.js';
import type { Decider, StateParts, Violation } from '../eventsourcing/decider.js';
import type { AnyCommand, AnyEvent } from '../eventsourcing/message.js';
import { refuse, type Refusal } from '../eventsourcing/refusal.js';
import { canonicalJson } from '../json/canonical-json.js';

/** What the rules of a timeline say about its facts. */
export type TimelineRefusals<E, S extends string, R extends object> = {
  readonly rules: TimelineRules<E, S, R>;
  /** What to answer where an event breaks a rule. */
  readonly refuseRule: (rule: R, event: E) => Refusal;
};

const refuseTooImprecise = (facts: number): Refusal =>
  refuse(
    'too-imprecise',
    `The dates of ${facts} facts are so imprecise that no order of them was found in reasonable time.`,
  );

/** The rules that a timeline breaks. */
export function findTimelineViolations<E, S extends string, R extends object>(
  timeline: FactTimeline<E, S, R>,
  { refuseRule }: TimelineRefusals<E, S, R>,
): readonly Violation[] {
  const broken = timeline.findBrokenRules();
  // No event by itself makes the dates too imprecise, so it is the same violation before and after another event.
  if (broken === 'too-many') return [{ revision: -1, refusal: refuseTooImprecise(timeline.size) }];
  return broken.map(({ revision, fact, rule }) => ({ revision, refusal: refuseRule(rule, fact) }));
}

/** What ended, or began again, can be recorded again with the same imprecise date, if the rules allow it. */
export function hasEnded<E extends AnyEvent, S extends string, R extends object>(
  timeline: FactTimeline<E, S, R>,
  event: E,
): boolean {
  const canonical = canonicalJson(event.data);
  return timeline.isFollowed(({ type, data }) => type === event.type && canonicalJson(data) === canonical);
}

const FACT_PART = 'fact ';
/** The part of a state that holds one event of a timeline. */
export const toFactPart = (revision: number): string => `${FACT_PART}${revision}`;
export const parseFactPart = (part: string): number => Number(part.slice(FACT_PART.length));

export function createTimelineDecider<
  C extends AnyCommand,
  E extends AnyEvent,
  S extends string,
  R extends object,
>(
  relation: TimelineRefusals<E, S, R> & { readonly decide: (command: C) => readonly E[] | Refusal },
): Decider<C, E, FactTimeline<E, S, R>> {
  const parts: StateParts<E, FactTimeline<E, S, R>> = {
    getAccess: (_event, revision) => ({ sets: [toFactPart(revision)], reads: [] }),
    getPart: (timeline, part) => timeline.get(parseFactPart(part)),
    copyPart: (timeline, part, from) => timeline.set(parseFactPart(part), from.get(parseFactPart(part))),
  };
  return {
    initialState: FactTimeline.create(relation.rules),
    decide: relation.decide,
    evolve: (timeline, event, revision) => timeline.set(revision, event),
    findViolations: (timeline) => findTimelineViolations(timeline, relation),
    isSuperseded: hasEnded,
    parts,
  };
}
