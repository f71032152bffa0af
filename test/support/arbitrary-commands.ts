// Random commands of the kinds that come through the door, for a stream that is not known yet.
import * as fc from 'fast-check';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { observership } from '../../src/domain/observership/aggregate.js';
import { person } from '../../src/domain/person/aggregate.js';
import { isAmendment } from '../../src/eventsourcing/amendments.js';
import type { AnyCommand, Json, JsonObject, Recorded } from '../../src/eventsourcing/message.js';
import type { AnyNoun } from '../../src/eventsourcing/aggregate.js';
import { correct, dispute, retract } from './amendment-fixtures.js';
import { admit, end, resume, suspend } from './membership-fixtures.js';
import * as csto from './organization-fixtures.js';
import { register as registerSource } from './source-fixtures.js';
import { specimen } from './command-specimens.js';

/** A command once the events so far are known. */
export type Wish = (events: readonly Recorded[]) => AnyCommand;

const effective = fc.constantFrom(
  ...['1992', '1992-05-15', '1993', '1993-05', '[1992..1994]', '1994', '[..1993]', '1995', '1995/', '1996'],
);
const little = fc.constantFrom('a', 'b');

export const membershipFact: fc.Arbitrary<AnyCommand> = fc.oneof(
  effective.map((day) => admit(day)),
  effective.map((day) => end(day)),
  effective.map((day) => suspend(day)),
  effective.map((day) => resume(day)),
  fc.tuple(effective, little).map(([day, note]) => admit(day, { note })),
);

/** `partOf` is mostly circular among `a`, `b` and `csto`. */
export const organizationFact: fc.Arbitrary<AnyCommand> = fc.oneof(
  fc
    .constantFrom({}, { partOf: 'a' }, { partOf: 'b' }, { partOf: 'csto' }, { country: 'RU' })
    .map(csto.register),
  fc.tuple(little, effective).map(([name, day]) => csto.rename(name, day)),
  fc.tuple(little, effective).map(([text, day]) => csto.acquire(text, day)),
  effective.map((day) => csto.dissolve(day)),
);

export const sourceFact: fc.Arbitrary<AnyCommand> = fc
  .constantFrom({}, { language: 'ru' }, { published: '2002' })
  .map(registerSource);

/** Facts of any noun: its specimens, with these fields varied where they have them. */
export const factsOf = (
  noun: AnyNoun,
  varied: { readonly [field: string]: fc.Arbitrary<Json> },
): fc.Arbitrary<AnyCommand> =>
  fc.constantFrom(...Object.keys(noun.commands)).chain((name) => {
    const { sources: _, note: __, ...data } = specimen(name);
    const fields = Object.entries(varied).filter(([field]) => field in data);
    return fc.record(Object.fromEntries(fields)).map((changes) => ({ name, data: { ...data, ...changes } }));
  });
export const personFact = factsOf(person, { effective, office: little, name: little });
export const observershipFact = factsOf(observership, { effective });
const instant = fc.constantFrom('2011-05-31', '2011-05-31T10:00:00+03:00');
export const meetingFact = factsOf(meeting, {
  scheduledFor: fc.constantFrom('2011', '2011-41', '2011-12-20'),
  title: little,
  ...Object.fromEntries(
    ['reason', 'item', 'participant', 'statement', 'report', 'decision', 'agendaItem', 'inReplyTo'].map(
      (field) => [field, little],
    ),
  ),
  concerning: fc.constantFrom([{ text: 'all of it' }], [{ decision: 'a' }]),
  presence: fc.constantFrom('present', 'remote', 'regrets'),
  at: instant,
});

/** The words of now of the fact or amendment at a revision, with those of another command in their place if they fit. */
function inOtherWords(
  events: readonly Recorded[],
  revision: number,
  others: readonly AnyCommand[],
  reason: string,
): JsonObject | undefined {
  const event = events[revision];
  if (!event) return undefined;
  if (!isAmendment(event)) {
    const fits = others.find(
      ({ data }) => keys(data) === keys(event.data) && kind(data) === kind(event.data),
    );
    return fits?.data ?? event.data;
  }
  const { fact } = event.data;
  if (event.type === 'FactDisputed') return { fact, claim: reason };
  if (event.type === 'FactRetracted') return { fact, reason };
  const named = events.findIndex(({ id, stream, revision: at }) => id === fact || `${stream}@${at}` === fact);
  const replacement = inOtherWords(events, named, others, reason);
  return replacement && { fact, with: replacement, reason };
}
const keys = (data: JsonObject) =>
  Object.keys(data)
    .filter((key) => key !== 'note')
    .toSorted()
    .join();
const kind = (data: JsonObject) =>
  Object.keys(data).find((key) => ['by', 'reason', 'status'].includes(key)) ?? '';

/** How far back amendments look; this far is a stranger. */
const BACK = 6;

/** Amendments of anything said before, a stranger now and then. */
const amendment = (facts: fc.Arbitrary<AnyCommand>): fc.Arbitrary<Wish> =>
  fc
    .record({
      kind: fc.constantFrom('correct', 'correct', 'retract', 'dispute'),
      back: fc.nat({ max: BACK }),
      byId: fc.boolean(),
      others: fc.array(facts, { minLength: 4, maxLength: 8 }),
      reason: little,
    })
    .map(({ kind, back, byId, others, reason }): Wish => {
      return (events) => {
        const stranger = events.length === 0 || back === BACK;
        const revision = stranger ? -1 : events.length - 1 - (back % events.length);
        const event = events[revision];
        const fact = event ? (byId ? event.id : `${event.stream}@${revision}`) : 'organization-nowhere@0';
        if (kind === 'retract') return retract(fact, reason);
        if (kind === 'dispute') return dispute(fact, reason);
        return correct(fact, inOtherWords(events, revision, others, reason) ?? { fact, reason }, { reason });
      };
    });

export const wishes = (facts: fc.Arbitrary<AnyCommand>): fc.Arbitrary<Wish> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: facts.map(
        (command): Wish =>
          () =>
            command,
      ),
    },
    { weight: 2, arbitrary: amendment(facts) },
  );
