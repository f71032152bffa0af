// Timelines in valid time, and the periods that follow from them: the part that membership, observers and offices share.
//
// The order of the dates of its events mostly is a legal order of a timeline. Then an event that comes or goes, wherever it
// lies, changes only the periods beside it. A period is named by the event that begins it, so no other row moves.
import type { DateBounds } from '../../src/dates/edtf.js';
import { arrangeFacts, type TimelineRules } from '../../src/dates/timeline.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import type { ChangedFacts } from '../../src/read-models/declaration/read-model.js';
import {
  defineTable,
  json,
  nullableJson,
  type Row,
  type RowStore,
  type Table,
} from '../../src/read-models/declaration/table.js';
import { type Dispute, getDisputes } from './disputes.js';

/** The events of timelines. A helper table: no list shows it. */
export const defineTimelineEvents = <E extends AnyEvent>() =>
  defineTable({
    columns: {
      /** Which of the timelines of the stream. */
      timeline: 'text',
      /** What the event does in the timeline: events of one role are looked up together. */
      role: 'text',
      type: 'text',
      /** See `toSortedPosition`. */
      position: 'text',
      revision: 'integer',
      entry: 'integer',
      data: json<E['data']>(),
      disputes: nullableJson<readonly Dispute[]>(),
      /** What the events up to this one leave in the order of their dates; null until that is found. */
      state: 'text?',
    },
    key: ['timeline', 'role', 'position'],
  });

/**
 * The events that break a rule where their dates sort them; mostly there are none. While there is one, the periods are
 * those of the first legal order of the whole timeline. A helper table: no list shows it.
 */
export const ruleBreakingEvents = defineTable({
  columns: { timeline: 'text', revision: 'integer' },
  key: ['timeline', 'revision'],
});

type TimelineEventRow<E extends AnyEvent> = Row<ReturnType<typeof defineTimelineEvents<E>>>;
/** An event with the entry that gave it its present content, and its position in the timeline. */
export type TimelineEvent<E extends AnyEvent> = E & Omit<TimelineEventRow<E>, 'type' | 'data'>;

type TimelineRows<E extends AnyEvent> = {
  readonly events: RowStore<ReturnType<typeof defineTimelineEvents<E>>>;
  readonly unsorted: RowStore<typeof ruleBreakingEvents>;
};

/** Rows of periods. The key of their table ends in `position`, that of the event which begins a period. */
type PeriodKind<E extends AnyEvent, S extends string> = {
  /** The roles of the events that can begin one. */
  readonly begins: readonly string[];
  /** Whether an event of such a role can begin one; by default each does. */
  isBeginning?(event: TimelineEvent<E>): boolean;
  /** The state after which such an event begins one; by default any. */
  readonly beginsAfter?: S;
  /** The roles of the events that end one; none if it is shown from its beginning alone. */
  readonly ends: readonly string[];
  readonly rows: RowStore<Table>;
  toRow(begun: TimelineEvent<E>, ended?: TimelineEvent<E>): { readonly position: string };
};

type TimelineDeclaration<E extends AnyEvent, S extends string> = {
  readonly getTimeline: (event: { readonly data: E['data'] }) => string;
  /** By default each type has a role of its own. */
  readonly getRole?: (type: E['type']) => string;
  readonly rules: TimelineRules<E, S, object>;
};

/**
 * The order of dates as the order of texts: by earliest day, latest day and revision. All days have one width; '' stands
 * before them, and '~' after them.
 */
export const toSortedPosition = ({ earliest, latest }: DateBounds, revision: number): string =>
  `${earliest ?? ''} ${latest ?? '~'} ${String(revision).padStart(10, '0')}`;

/** The row of an event before its state is found. */
export function toTimelineEvent<E extends AnyEvent, S extends string>(
  fact: Fact<E>,
  { getTimeline, getRole = (type) => type, rules }: TimelineDeclaration<E, S>,
): TimelineEvent<E> {
  const { type, data, revision, effectiveEntry: entry } = fact;
  const position = toSortedPosition(rules.getBounds(fact), revision);
  const event = { type, data } as E;
  return {
    ...event,
    timeline: getTimeline(fact),
    role: getRole(type),
    position,
    revision,
    entry,
    disputes: getDisputes(fact),
    state: null,
  };
}

/**
 * Updates the periods of timelines whose events have changed. The rows of the events that were added are there, those of
 * the ones that were removed are not.
 */
export function updatePeriods<E extends AnyEvent, S extends string>(
  { removed, added }: ChangedFacts<E>,
  rows: TimelineRows<E>,
  periods: readonly PeriodKind<E, S>[],
  declaration: TimelineDeclaration<E, S>,
): void {
  const changed = [...removed, ...added].map((fact) => toTimelineEvent(fact, declaration));
  for (const [timeline, events] of Map.groupBy(changed, (event) => event.timeline))
    new PeriodUpdate(timeline, rows, periods, declaration).update(events);
}

class PeriodUpdate<E extends AnyEvent, S extends string> {
  readonly #timeline: string;
  readonly #rows: TimelineRows<E>;
  readonly #periods: readonly PeriodKind<E, S>[];
  readonly #declaration: TimelineDeclaration<E, S>;
  readonly #roles: readonly string[];

  constructor(
    timeline: string,
    rows: TimelineRows<E>,
    periods: readonly PeriodKind<E, S>[],
    declaration: TimelineDeclaration<E, S>,
  ) {
    this.#timeline = timeline;
    this.#rows = rows;
    this.#periods = periods;
    this.#declaration = declaration;
    this.#roles = [...new Set(periods.flatMap(({ begins, ends }) => [...begins, ...ends]))];
  }

  /** `changed`: events that are no more, or that are new. */
  update(changed: readonly TimelineEvent<E>[]): void {
    const wasSorted = this.#isSorted();
    for (const { timeline, revision } of changed) this.#rows.unsorted.delete({ timeline, revision });
    const reached = this.#findStates(changed);
    if (!wasSorted || !this.#isSorted()) return this.#updateAll();
    for (const event of changed) this.#updateBeside(event, this.#periods);
    const positions = new Set(changed.map(({ position }) => position));
    const dependent = this.#periods.filter(({ beginsAfter }) => beginsAfter !== undefined);
    for (const event of reached) if (!positions.has(event.position)) this.#updateBeside(event, dependent);
  }

  #isSorted(): boolean {
    return this.#rows.unsorted.findNext({ timeline: this.#timeline, revision: -1 }) === undefined;
  }

  /**
   * Finds the states from each changed event on, as far as they differ from those that were known. Returns the events that
   * it looked at: what they begin depends on the state before them.
   */
  #findStates(changed: readonly TimelineEvent<E>[]): readonly TimelineEvent<E>[] {
    const reached: TimelineEvent<E>[] = [];
    const positions = changed.map(({ position }) => position).sort();
    let last = '';
    for (const position of positions) {
      if (position <= last) continue;
      let state = this.#getStateBefore(position);
      for (
        let event = this.#find(position) ?? this.#findNeighbor('findNext', this.#roles, position);
        event;
        event = this.#findNeighbor('findNext', this.#roles, last)
      ) {
        last = event.position;
        reached.push(event);
        const found = this.#setState(event, state);
        if (!found.isChanged) break;
        state = found.state;
      }
    }
    return reached;
  }

  #getStateBefore(position: string): S {
    const before = this.#findNeighbor('findPrevious', this.#roles, position);
    return (before?.state ?? this.#declaration.rules.initialState) as S;
  }

  /** Sets the state after an event. An event that breaks a rule changes no state. */
  #setState(event: TimelineEvent<E>, before: S): { readonly state: S; readonly isChanged: boolean } {
    const { unsorted, events } = this.#rows;
    const step = this.#declaration.rules.step(before, event);
    const isLegal = typeof step === 'string';
    const state = isLegal ? step : before;
    const wasLegal = unsorted.get(event) === undefined;
    if (event.state !== state) events.put({ ...event, state });
    if (isLegal) unsorted.delete(event);
    else unsorted.put({ timeline: event.timeline, revision: event.revision });
    return { state, isChanged: event.state !== state || isLegal !== wasLegal };
  }

  /** Updates the periods of an event that came or went, and the last ones that began before it. */
  #updateBeside(changed: TimelineEvent<E>, periods: readonly PeriodKind<E, S>[]): void {
    const { role, position } = changed;
    for (const kind of periods) {
      if (kind.begins.includes(role)) {
        const begun = this.#rows.events.get(changed) as TimelineEvent<E> | undefined;
        if (begun && this.#isBeginning(kind, begun)) this.#updatePeriod(kind, begun);
        else kind.rows.delete(kind.toRow(changed));
      }
      if (!kind.ends.includes(role)) continue;
      let before = this.#findNeighbor('findPrevious', kind.begins, position);
      while (before && !this.#isBeginning(kind, before))
        before = this.#findNeighbor('findPrevious', kind.begins, before.position);
      if (before) this.#updatePeriod(kind, before);
    }
  }

  #isBeginning(kind: PeriodKind<E, S>, event: TimelineEvent<E>): boolean {
    const { beginsAfter } = kind;
    if (!(kind.isBeginning?.(event) ?? true)) return false;
    return beginsAfter === undefined || this.#getStateBefore(event.position) === beginsAfter;
  }

  /** In a legal order, the first event that can end a period ends it. */
  #updatePeriod(kind: PeriodKind<E, S>, begun: TimelineEvent<E>): void {
    kind.rows.put(kind.toRow(begun, this.#findNeighbor('findNext', kind.ends, begun.position)));
  }

  #updateAll(): void {
    const events = this.#listInOrder();
    for (const kind of this.#periods) {
      const updated = new Set<unknown>();
      const put = (begun: TimelineEvent<E>, ended?: TimelineEvent<E>): void => {
        kind.rows.put(kind.toRow(begun, ended));
        updated.add(begun.position);
      };
      let open: TimelineEvent<E> | undefined;
      let state = this.#declaration.rules.initialState;
      for (const event of events) {
        if (open && kind.ends.includes(event.role)) {
          put(open, event);
          open = undefined;
        }
        const canBegin = kind.begins.includes(event.role) && (kind.isBeginning?.(event) ?? true);
        if (canBegin && (kind.beginsAfter === undefined || kind.beginsAfter === state)) {
          if (open) put(open);
          open = event;
        }
        const step = this.#declaration.rules.step(state, event);
        if (typeof step === 'string') state = step;
      }
      if (open) put(open);
      for (const row of kind.rows.all())
        if (this.#isOfTimeline(row) && !updated.has(row['position'])) kind.rows.delete(row);
    }
  }

  #isOfTimeline = (row: { readonly [column: string]: unknown }): boolean =>
    this.#declaration.getTimeline({ data: row as E['data'] }) === this.#timeline;

  /** The events in their first legal order, with positions in it. If there is none, those that break no rule as sorted. */
  #listInOrder(): readonly TimelineEvent<E>[] {
    const events = this.#rows.events
      .all()
      .filter(({ timeline }) => timeline === this.#timeline)
      .sort((a, b) => a.revision - b.revision) as unknown as readonly TimelineEvent<E>[];
    const arranged = arrangeFacts<TimelineEvent<E>, S, object>(events, this.#declaration.rules);
    if (arranged.outcome === 'arranged') return positionInOrder(arranged.facts);
    return events
      .filter((event) => this.#rows.unsorted.get(event) === undefined)
      .sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  #find(position: string): TimelineEvent<E> | undefined {
    for (const role of this.#roles) {
      const found = this.#rows.events.get({ timeline: this.#timeline, role, position });
      if (found) return found as TimelineEvent<E>;
    }
    return undefined;
  }

  /** The nearest event of these roles. */
  #findNeighbor(
    direction: 'findPrevious' | 'findNext',
    roles: readonly string[],
    position: string,
  ): TimelineEvent<E> | undefined {
    const sign = direction === 'findNext' ? 1 : -1;
    return roles
      .flatMap((role) => this.#rows.events[direction]({ timeline: this.#timeline, role, position }) ?? [])
      .sort((a, b) => (a.position < b.position ? -sign : sign))
      .at(0) as TimelineEvent<E> | undefined;
  }
}

/** An event that stands after one which its date sorts behind it is positioned right behind that one. */
function positionInOrder<E extends AnyEvent>(
  events: readonly TimelineEvent<E>[],
): readonly TimelineEvent<E>[] {
  let last = '';
  let behind = 0;
  return events.map((event) => {
    if (event.position > last) {
      last = event.position;
      behind = 0;
      return event;
    }
    return { ...event, position: `${last} ${String(++behind).padStart(10, '0')}` };
  });
}
