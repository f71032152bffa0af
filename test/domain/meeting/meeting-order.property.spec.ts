// The order of meetings, compared with an exhaustive search.
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

/** The transitive closure of the edges, in as many passes as there are meetings. */
const findReachable = (edges: readonly Edge[]): ReadonlySet<string> => {
  const reached = new Set(edges.map(([from, to]) => `${from} ${to}`));
  for (const _ of IDS)
    for (const pair of [...reached]) {
      const [from, via] = pair.split(' ');
      for (const [start, to] of edges) if (start === via) reached.add(`${from} ${to}`);
    }
  return reached;
};

/** Pairs `earlier later` that follow from the links. */
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

/** The streams of several meetings with the related state that a node derives from them. */
class MeetingStreams {
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

  /** Whether the command was accepted, and if so whether it recorded an event. */
  handle(id: string, command: AnyCommand): 'refused' | 'unchanged' | 'recorded' {
    const simulated = this.streams.get(id) ?? new SimulatedStream(meeting, `meeting-${id}`, this.#views);
    const decision = simulated.handle(command);
    if (decision instanceof RefusedCommand) return 'refused';
    this.streams.set(id, simulated);
    return decision.events.length === 0 ? 'unchanged' : 'recorded';
  }
}

const maybeOne = fc.constantFrom(undefined, undefined, undefined, ...IDS);
const arbitraryScheduling = fc.record({
  id: fc.constantFrom(...IDS),
  place: fc
    .record({ before: maybeOne, after: maybeOne, partOf: maybeOne })
    .map((links): MeetingLinks =>
      Object.fromEntries(Object.entries(links).filter(([, value]) => value !== undefined)),
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

it('the order of meetings refuses exactly cycles and approvals by an earlier meeting', () => {
  const count = { placed: 0, misplaced: 0, approved: 0, early: 0, late: 0 };
  fc.assert(
    fc.property(history, (steps) => {
      const meetings = new MeetingStreams();
      const places = new Map<string, MeetingLinks>();
      const approvedAt = new Map<string, string>();
      const isEarly = (id: string, links: ReadonlyMap<string, MeetingLinks>, approver = approvedAt.get(id)) =>
        approver === id || findOrder(links).has(`${approver} ${id}`);

      for (const step of steps) {
        const { id } = step;
        if ('at' in step) {
          if (!places.has(id) || approvedAt.has(id)) continue;
          const command = { ...approve(), data: { ...approve().data, meeting: id, at: step.at } };
          const early = isEarly(id, places, step.at);
          expect(meetings.handle(id, command)).toBe(early ? 'refused' : 'recorded');
          if (!early) approvedAt.set(id, step.at);
          count[early ? 'early' : 'approved']++;
          continue;
        }
        const { data } = otherScheduled(id, step.place);
        const newPlaces = new Map(places).set(id, step.place);
        const isNew = !places.has(id);
        const outcome = meetings.handle(
          id,
          isNew
            ? { name: 'schedule-meeting', data }
            : { name: 'correct-fact', data: { fact: `meeting-${id}@0`, with: data, reason: 'misread' } },
        );
        if (outcome === 'unchanged') {
          expect(step.place).toEqual(places.get(id));
          continue;
        }
        // What another meeting's correction made early does not lock this one.
        const late = approvedAt.has(id) && isEarly(id, newPlaces) && !isEarly(id, places);
        expect(outcome).toBe(isCircular(newPlaces) || late ? 'refused' : 'recorded');
        if (late && !isCircular(newPlaces)) count.late++;
        count[outcome === 'refused' ? 'misplaced' : 'placed']++;
        if (outcome === 'refused') continue;
        places.set(id, step.place);
        if (!isNew) continue;
        for (const next of [open(), close()])
          expect(meetings.handle(id, { ...next, data: { ...next.data, meeting: id } })).toBe('recorded');
      }
    }),
    { numRuns: 500, seed: 42 },
  );
  for (const [outcome, number] of Object.entries(count))
    expect({ outcome, often: number > 20 }).toEqual({ outcome, often: true });
});
