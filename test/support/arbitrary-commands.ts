// Random commands, as clients may send them, for a stream whose events are not known yet.
import * as fc from 'fast-check';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { observership } from '../../src/domain/observership/observership-commands.js';
import { person } from '../../src/domain/person/person-commands.js';
import { isAmendment } from '../../src/eventsourcing/amendments.js';
import type { AnyCommand, RecordedEvent } from '../../src/eventsourcing/message.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import type { AnyAggregate } from '../../src/eventsourcing/aggregate.js';
import { correct, corroborate, dispute, retract } from './amendment-fixtures.js';
import * as membership from './membership-fixtures.js';
import * as csto from './organization-fixtures.js';
import { register as registerSource } from './source-fixtures.js';
import { getSpecimen } from './command-specimens.js';

/** A command that is made when the events so far are known. */
export type CommandFactory = (events: readonly RecordedEvent[]) => AnyCommand;

const effective = fc.constantFrom(
  ...['1992', '1992-05-15', '1993', '1993-05', '[1992..1994]', '1994', '[..1993]', '1995', '1995/', '1996'],
);
const shortText = fc.constantFrom('a', 'b');

const notice = fc.constantFrom('n1', 'n2');
const {
  admit,
  end,
  suspend,
  resume,
  succeed,
  leave,
  changeCategory,
  grantVote,
  withdrawVote,
  giveNotice,
  postponeNotice,
  rescindNotice,
  sign,
  withdrawSignature,
  deposit,
  withdrawDeposit,
  applyProvisionally,
  endProvisional,
} = membership;
/** What happens most often: the rest alone would seldom be repeated or corrected. */
const basicMembershipCommand: fc.Arbitrary<AnyCommand> = fc.oneof(
  effective.map((day) => admit(day)),
  effective.map((day) => end(day)),
  effective.map((day) => suspend(day)),
  effective.map((day) => resume(day)),
  fc.tuple(effective, shortText).map(([day, note]) => admit(day, { note })),
);
const otherMembershipCommand: fc.Arbitrary<AnyCommand> = fc.oneof(
  fc
    .tuple(fc.constantFrom(leave, changeCategory, grantVote, withdrawVote), effective)
    .map(([command, day]) => command(day)),
  fc.tuple(effective, fc.constantFrom('continuation', 'merger')).map(([day, how]) => succeed(day, { how })),
  fc
    .tuple(fc.constantFrom(giveNotice, postponeNotice, rescindNotice), effective, notice)
    .map(([command, day, id]) =>
      command(day, { notice: id, ...(command === postponeNotice && { takesEffect: '1999' }) }),
    ),
  fc.tuple(effective, notice).map(([day, id]) => end(day, { notice: id })),
  fc
    .tuple(
      fc.constantFrom(sign, withdrawSignature, deposit, withdrawDeposit, applyProvisionally, endProvisional),
      effective,
    )
    .map(([command, day]) => command(day)),
);
export const membershipCommand: fc.Arbitrary<AnyCommand> = fc.oneof(
  { weight: 2, arbitrary: basicMembershipCommand },
  { weight: 1, arbitrary: otherMembershipCommand },
);

/** `partOf` is often circular among `a`, `b` and `csto`. */
export const organizationCommand: fc.Arbitrary<AnyCommand> = fc.oneof(
  fc
    .constantFrom({}, { partOf: 'a' }, { partOf: 'b' }, { partOf: 'csto' }, { country: 'RU' })
    .map(csto.register),
  fc.tuple(shortText, effective).map(([name, day]) => csto.rename(name, day)),
  fc.tuple(shortText, effective).map(([text, day]) => csto.acquireLegalStatus(text, day)),
  effective.map((day) => csto.dissolve(day)),
);

export const sourceCommand: fc.Arbitrary<AnyCommand> = fc
  .constantFrom({}, { language: 'ru' }, { published: '2002' })
  .map(registerSource);

/** The streams of the commands below: what their examples are about, in one stream. */
export const PERSON = { person: 'nikolai-bordyuzha' };
export const OBSERVERSHIP = { organization: 'un-ga', observer: 'csto' };
export const MEETING = { meeting: 'csto-consultations-2011' };

/** Commands of any category: its examples in one stream, with these fields varied where they have them. */
const createCommandArbitrary = (
  aggregate: AnyAggregate,
  stream: JsonObject,
  varied: { readonly [field: string]: fc.Arbitrary<Json> },
): fc.Arbitrary<AnyCommand> =>
  fc.constantFrom(...Object.keys(aggregate.commands)).chain((name) => {
    const { sources: _, note: __, ...example } = getSpecimen(name);
    const data = { ...example, ...stream };
    const fields = Object.entries(varied).filter(([field]) => field in data);
    return fc.record(Object.fromEntries(fields)).map((changes) => ({ name, data: { ...data, ...changes } }));
  });
export const personCommand = createCommandArbitrary(person, PERSON, {
  effective,
  office: shortText,
  name: shortText,
});
export const observershipCommand = createCommandArbitrary(observership, OBSERVERSHIP, { effective });
const instant = fc.constantFrom('2011-05-31', '2011-05-31T10:00:00+03:00');
export const meetingCommand = createCommandArbitrary(meeting, MEETING, {
  scheduledFor: fc.constantFrom('2011', '2011-41', '2011-12-20'),
  title: shortText,
  ...Object.fromEntries(
    ['reason', 'item', 'participant', 'statement', 'report', 'decision', 'agendaItem', 'inReplyTo'].map(
      (field) => [field, shortText],
    ),
  ),
  under: shortText,
  continues: fc.constantFrom({ ...MEETING, item: 'a' }, { ...MEETING, item: 'b' }),
  concerning: fc.constantFrom([{ text: 'all of it' }], [{ decision: 'a' }]),
  presence: fc.constantFrom('present', 'remote', 'regrets'),
  at: instant,
});

/** The current data of the fact or amendment at a revision, with fields of another command if they fit. */
function createReplacement(
  events: readonly RecordedEvent[],
  revision: number,
  others: readonly AnyCommand[],
  reason: string,
): JsonObject | undefined {
  const event = events[revision];
  if (!event) return undefined;
  if (!isAmendment(event)) {
    const fits = others.find(
      ({ data }) =>
        listFields(data) === listFields(event.data) &&
        findDistinctiveField(data) === findDistinctiveField(event.data),
    );
    return fits?.data ?? event.data;
  }
  const { fact } = event.data;
  if (event.type === 'FactDisputed') return { fact, claim: reason };
  if (event.type === 'FactRetracted') return { fact, reason };
  if (event.type === 'FactCorroborated') return { fact, sources: [{ source: reason }] };
  const named = events.findIndex(({ id, stream, revision: at }) => id === fact || `${stream}@${at}` === fact);
  const replacement = createReplacement(events, named, others, reason);
  return replacement && { fact, with: replacement, reason };
}
const listFields = (data: JsonObject) =>
  Object.keys(data)
    .filter((key) => key !== 'note')
    .toSorted()
    .join();
const findDistinctiveField = (data: JsonObject) =>
  Object.keys(data).find((key) => ['by', 'reason', 'status'].includes(key)) ?? '';

/** How far back amendments refer; this distance refers to an unknown fact. */
const LOOKBACK_MAX = 6;

/** Amendments of any earlier event, sometimes of an unknown one. */
const createAmendmentArbitrary = (facts: fc.Arbitrary<AnyCommand>): fc.Arbitrary<CommandFactory> =>
  fc
    .record({
      kind: fc.constantFrom('correct', 'correct', 'retract', 'dispute', 'corroborate'),
      back: fc.nat({ max: LOOKBACK_MAX }),
      byId: fc.boolean(),
      others: fc.array(facts, { minLength: 4, maxLength: 8 }),
      reason: shortText,
    })
    .map(({ kind, back, byId, others, reason }): CommandFactory => {
      return (events) => {
        const stranger = events.length === 0 || back === LOOKBACK_MAX;
        const revision = stranger ? -1 : events.length - 1 - (back % events.length);
        const event = events[revision];
        const fact = event ? (byId ? event.id : `${event.stream}@${revision}`) : 'organization-nowhere@0';
        if (kind === 'retract') return retract(fact, reason);
        if (kind === 'dispute') return dispute(fact, reason);
        if (kind === 'corroborate') return corroborate(fact, reason);
        return correct(fact, createReplacement(events, revision, others, reason) ?? { fact, reason }, {
          reason,
        });
      };
    });

export const addAmendments = (facts: fc.Arbitrary<AnyCommand>): fc.Arbitrary<CommandFactory> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: facts.map(
        (command): CommandFactory =>
          () =>
            command,
      ),
    },
    { weight: 2, arbitrary: createAmendmentArbitrary(facts) },
  );
