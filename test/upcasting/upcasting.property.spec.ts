// The property of upcasting: whichever release recorded each event and each correction, a stream is read as if the
// newest release had recorded all of it.
import * as fc from 'fast-check';
import { applyAmendments } from '../../src/eventsourcing/amendments.js';
import type { AnyEvent, RecordedEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import { getNewestVersion, upcast } from '../../src/eventsourcing/upcasters.js';
import { corrected, disputed, retracted } from '../support/amendment-fixtures.js';
import { toRecordedEvents, createEventId } from '../support/decider-specification.js';
import { type Release, releases, type CreateMotionData } from './support/sample-aggregate.js';

const STREAM = 'motion-a';
const newest = releases[2];

type Step = {
  readonly kind: 'table' | 'carry' | 'correct' | 'retract' | 'dispute';
  readonly target: number;
  readonly byId: boolean;
  readonly sponsor: string;
  readonly release: Release;
};
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('table', 'carry', 'correct', 'correct', 'correct', 'retract', 'dispute'),
  target: fc.nat({ max: 4 }),
  byId: fc.boolean(),
  sponsor: fc.constantFrom('armenia', 'belarus'),
  release: fc.constantFrom(...releases),
});

type Said = { readonly event: AnyEvent; readonly names: readonly string[] };

/** Other data for an event; for a correction, for the data of its replacement. */
function again(event: AnyEvent, sponsor: string, words: CreateMotionData, said: readonly Said[]): JsonObject {
  if (event.type === 'MotionTabled') return words('a', 'Dues', sponsor);
  if (event.type !== 'FactCorrected') return event.data;
  const { fact } = event.data as { fact: string };
  const target = said.find(({ names }) => names.includes(fact));
  if (!target) throw new Error(`nothing is named ${fact}`);
  return { fact, with: again(target.event, sponsor, words, said), reason: 'misread' };
}

/** A history in the shapes of the releases that `of` chooses. */
function history(steps: readonly Step[], of: (step: Step) => Release): RecordedEvent[] {
  const said: Said[] = [];
  for (const step of steps) {
    const release = of(step);
    const target = said.at(-1 - step.target);
    const name = target?.names[step.byId ? 1 : 0] ?? '';
    const event =
      step.kind === 'table' || !target
        ? { type: 'MotionTabled', data: release.createMotionData('a', 'Dues', step.sponsor) }
        : step.kind === 'carry'
          ? { type: 'MotionCarried', data: { motion: 'a' } }
          : step.kind === 'retract'
            ? retracted(name)
            : step.kind === 'dispute'
              ? disputed(name)
              : corrected(name, again(target.event, step.sponsor, release.createMotionData, said));
    said.push({ event, names: [`${STREAM}@${said.length}`, createEventId(STREAM, said.length)] });
  }
  const events: RecordedEvent[] = [];
  for (const [n, event] of toRecordedEvents(
    STREAM,
    said.map(({ event }) => event),
  ).entries()) {
    const version = getNewestVersion(event, of(steps[n] as Step).upcasters, events);
    events.push(version === 1 ? event : { ...event, metadata: { ...event.metadata, version } });
  }
  return events;
}

const lifted = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.reduce<RecordedEvent[]>((before, event) => [...before, upcast(event, newest.upcasters, before)], []);

const histories = fc.array(step, { minLength: 1, maxLength: 12 });

it('a stream is read alike whichever releases recorded it', () =>
  fc.assert(
    fc.property(histories, (steps) => {
      const mixed = lifted(history(steps, ({ release }) => release));
      const modern = history(steps, () => newest);
      expect(mixed).toEqual(modern);
      expect(applyAmendments(mixed)).toEqual(applyAmendments(modern));
    }),
    { numRuns: 500 },
  ));

it('upcasting an event in the newest shape changes nothing', () =>
  fc.assert(
    fc.property(histories, (steps) => {
      const once = lifted(history(steps, ({ release }) => release));
      expect(lifted(once)).toEqual(once);
    }),
  ));

it('some random histories upcast corrections of corrections', () => {
  const deep = fc
    .sample(histories, { numRuns: 300, seed: 1 })
    .filter((steps) =>
      history(steps, ({ release }) => release).some(
        ({ type, data, metadata }) =>
          type === 'FactCorrected' && 'with' in (data['with'] as JsonObject) && metadata.version !== 3,
      ),
    );
  expect(deep.length).toBeGreaterThan(20);
});
