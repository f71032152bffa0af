// A law about the order of meetings, compared with a search that tries everything.
import * as fc from 'fast-check';
import { meeting } from '../../../src/domain/meeting/aggregate.js';
import { RefusedCommand } from '../../../src/eventsourcing/decide-command.js';
import type { AnyCommand } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import type { RelatedState } from '../../../src/eventsourcing/aggregate.js';
import { SimulatedStream } from '../../support/simulated-stream.js';
import { approve, close, open, otherScheduled } from '../../support/meeting-fixtures.js';

const IDS = ['a', 'b', 'c', 'd'] as const;
type MeetingLinks = { readonly before?: string; readonly after?: string; readonly partOf?: string };
type Edge = readonly [from: string, to: string];

/** Everything that can be reached from each, by as many steps as there are meetings. */
const findReachable = (edges: readonly Edge[]): ReadonlySet<string> => {
  const reached = new Set(edges.map(([from, to]) => `${from} ${to}`));
  for (const _ of IDS)
    for (const pair of [...reached]) {
      const [from, via] = pair.split(' ');
      for (const [start, to] of edges) if (start === via) reached.add(`${from} ${to}`);
    }
  return reached;
};

/** Who comes before whom. */
const findOrder = (places: ReadonlyMap<string, MeetingLinks>): ReadonlySet<string> =>
  findReachable(
    [...places].flatMap(([id, { before, after }]): Edge[] => [
      ...(before === undefined ? [] : [[id, before] as const]),
      ...(after === undefined ? [] : [[after, id] as const]),
    ]),
  );
const findParts = (places: ReadonlyMap<string, MeetingLinks>): ReadonlySet<string> =>
  findReachable(
    [...places].flatMap(([id, { partOf }]): Edge[] => (partOf === undefined ? [] : [[id, partOf]])),
  );
const isCircular = (places: ReadonlyMap<string, MeetingLinks>): boolean =>
  IDS.some((id) => findOrder(places).has(`${id} ${id}`) || findParts(places).has(`${id} ${id}`));

/** A book of meetings, as its node knows it. */
class MeetingBook {
  readonly streams = new Map<string, SimulatedStream>();
  readonly #views: RelatedState = {
    meeting: (id) => this.streams.get(id)?.state.state,
    findStreams: (_kind, field, value) =>
      [...this.streams]
        .filter(([, { events }]) =>
          events.some(
            ({ data }) => (data[field] ?? (data['with'] as JsonObject | undefined)?.[field]) === value,
          ),
        )
        .map(([id]) => id),
  };

  /** Whether it was accepted, and if so whether it was new. */
  hear(id: string, command: AnyCommand): 'refused' | 'quiet' | 'recorded' {
    const hears = this.streams.get(id) ?? new SimulatedStream(meeting, `meeting-${id}`, this.#views);
    const decision = hears.handle(command);
    if (decision instanceof RefusedCommand) return 'refused';
    this.streams.set(id, hears);
    return decision.events.length === 0 ? 'quiet' : 'recorded';
  }
}

const maybeOne = fc.constantFrom(undefined, undefined, undefined, ...IDS);
const arbitraryScheduling = fc.record({
  id: fc.constantFrom(...IDS),
  place: fc
    .record({ before: maybeOne, after: maybeOne, partOf: maybeOne })
    .map((words): MeetingLinks =>
      Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined)),
    ),
});
const arbitraryApproval = fc.record({ id: fc.constantFrom(...IDS), at: fc.constantFrom(...IDS) });
const history = fc.array(
  fc.oneof({ weight: 4, arbitrary: arbitraryScheduling }, { weight: 1, arbitrary: arbitraryApproval }),
  {
    maxLength: 25,
    size: 'max',
  },
);

it('none comes before itself or is a part of itself, minutes are not approved before, and nothing else is refused', () => {
  const count = { placed: 0, misplaced: 0, approved: 0, early: 0, late: 0 };
  fc.assert(
    fc.property(history, (steps) => {
      const book = new MeetingBook();
      const places = new Map<string, MeetingLinks>();
      const approvedAt = new Map<string, string>();
      const isEarly = (id: string, then: ReadonlyMap<string, MeetingLinks>, at = approvedAt.get(id)) =>
        at === id || findOrder(then).has(`${at} ${id}`);

      for (const step of steps) {
        const { id } = step;
        if ('at' in step) {
          if (!places.has(id) || approvedAt.has(id)) continue;
          const command = { ...approve(), data: { ...approve().data, meeting: id, at: step.at } };
          const early = isEarly(id, places, step.at);
          expect(book.hear(id, command)).toBe(early ? 'refused' : 'recorded');
          if (!early) approvedAt.set(id, step.at);
          count[early ? 'early' : 'approved']++;
          continue;
        }
        const { data } = otherScheduled(id, step.place);
        const then = new Map(places).set(id, step.place);
        const isNew = !places.has(id);
        const outcome = book.hear(
          id,
          isNew
            ? { name: 'schedule-meeting', data }
            : { name: 'correct-fact', data: { fact: `meeting-${id}@0`, with: data, reason: 'misread' } },
        );
        if (outcome === 'quiet') {
          expect(step.place).toEqual(places.get(id));
          continue;
        }
        const late = approvedAt.has(id) && isEarly(id, then);
        expect(outcome).toBe(isCircular(then) || late ? 'refused' : 'recorded');
        if (late && !isCircular(then)) count.late++;
        count[outcome === 'refused' ? 'misplaced' : 'placed']++;
        if (outcome === 'refused') continue;
        places.set(id, step.place);
        if (!isNew) continue;
        for (const next of [open(), close()])
          expect(book.hear(id, { ...next, data: { ...next.data, meeting: id } })).toBe('recorded');
      }
    }),
    { numRuns: 500, seed: 42 },
  );
  for (const [outcome, number] of Object.entries(count))
    expect({ outcome, often: number > 20 }).toEqual({ outcome, often: true });
});
