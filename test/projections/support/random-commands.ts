// Random histories of a council: commands, groups and amendments. Many of them are refused.
import fc from 'fast-check';
import type { TestServer } from '../../support/test-server.js';
import * as say from './council-commands.js';
import type { Command } from './council-commands.js';
import { DATE_BOUNDS, type Fact, SCHEDULED_DATE_BOUNDS } from './naive-projections.js';
import { fetchAllPages } from './read-all-routes.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

const MEMBERS = ['arendal', 'borduria', 'cordoba'];
export const MEETING_IDS = ['m1', 'm2', 'm3', 'm4', 'm5'];
const PEOPLE = ['anna', 'boris'];
const WORDS = ['fish', 'ships', 'ice', 'and', 'no'];
const UNTILS = ['2011-12-22', '2012-01-10T09:00:00Z'];
const ATS = ['2011-06-01', '2011-12-20T10:00:00+03:00', '2011-12-21'];

/** One random command; the numbers select its values. */
type Act = { readonly kind: number; readonly n: readonly number[]; readonly grouped: boolean };
const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.nat({ max: 99 }),
  n: fc.array(fc.nat({ max: 999 }), { minLength: 8, maxLength: 8 }),
  grouped: fc.boolean(),
});
export const pick = <T>(from: readonly T[], n: number | undefined): T => from[(n ?? 0) % from.length] as T;

/** A fact of any kind; many are refused. */
function fact({ kind, n }: Act): Command {
  const [a, b, c, d, e, f, g] = n;
  const meeting = pick(MEETING_IDS, a);
  const effective = pick(Object.keys(DATE_BOUNDS), b);
  const plan = pick(Object.keys(SCHEDULED_DATE_BOUNDS), b);
  const member = pick(MEMBERS, c);
  const relation = { organization: 'council', member, effective };
  const office = {
    person: pick(PEOPLE, c),
    office: pick(['Chair', 'Clerk'], d),
    organization: 'council',
    effective,
  };
  const id = `x${(c ?? 0) % 4}`;
  const topics = [...new Set([pick(WORDS, d), pick(WORDS, e)])];
  const facts: readonly (() => Command)[] = [
    () => ['admit-member', relation],
    () => ['admit-member', relation],
    () => ['end-membership', { ...relation, reason: 'withdrew' }],
    () => ['suspend-participation', { ...relation, by: 'member' }],
    () => ['resume-participation', relation],
    () => ['grant-observer-status', { organization: 'council', observer: member, kind: pick(['observer', 'partner'], d), effective }], // prettier-ignore
    () => ['end-observer-status', { organization: 'council', observer: member, reason: 'lapsed', effective }],
    () => ['assume-office', office],
    () => ['leave-office', office],
    () => say.scheduleMeeting(meeting, plan, { ...(d! % 3 === 0 && { before: pick(MEETING_IDS, e) }), ...(f! % 3 === 0 && { after: pick(MEETING_IDS, g) }) }), // prettier-ignore
    () => say.rescheduleMeeting(meeting, plan),
    () => say.postponeMeeting(meeting),
    () => ['confirm-meeting', { meeting }],
    () =>
      d! % 4
        ? say.openMeeting(meeting, pick(ATS, e), {
            ...(f! % 2 && { chair: { organization: pick(MEMBERS, g) } }),
          })
        : say.cancelMeeting(meeting),
    () =>
      say.openMeeting(meeting, pick(ATS, e), { ...(f! % 2 && { chairs: [{ party: pick(MEMBERS, g) }] }) }),
    () => ['hand-over-chair', { meeting, to: [{ party: pick(MEMBERS, c) }], ...(d! % 2 && { at: pick(ATS, e) }) }], // prettier-ignore
    () => say.adjournMeeting(meeting, pick(ATS, e), { ...(f! % 2 && { until: pick(UNTILS, g) }) }),
    () => say.closeMeeting(meeting, pick(ATS, e)),
    () => say.addAgendaItem(meeting, id, pick(WORDS, d)),
    () => ['withdraw-agenda-item', { meeting, item: id }],
    () => say.recordParticipant(meeting, id, 'member', pick(['regrets', 'present', 'remote'], d)),
    () => say.recordStatement(meeting, id, `${topics.join(' ')} ${pick(WORDS, f)}`, { topics, ...(g! % 2 && { speaker: pick(PEOPLE, f) }) }), // prettier-ignore
    () => say.recordStatement(meeting, `y${id}`, pick(WORDS, f), { topics, speaker: pick(PEOPLE, g), ...(e! % 2 && { at: pick(ATS, d) }) }), // prettier-ignore
    () => say.recordDecision(meeting, id, { outcome: pick(['adopted', 'rejected'], d), ...(e! % 2 && { at: pick(ATS, f) }) }), // prettier-ignore
    () => say.recordReport(meeting, id, { concerning: [{ decision: `x${d! % 4}`, ...(e! % 2 && { meeting: pick(MEETING_IDS, f) }) }] }), // prettier-ignore
    () => (d! % 2 ? ['dissolve-organization', { organization: pick([...MEMBERS, 'council'], e), effective }] : ['confirm-meeting', { meeting }]), // prettier-ignore
    () => ['circulate-minutes', { meeting, on: '2012' }],
    () => (d! % 3 ? say.adjournMeeting(meeting, pick(ATS, e)) : ['approve-minutes', { meeting, on: '2012', at: pick(MEETING_IDS, g) }]), // prettier-ignore
  ];
  return pick(facts, kind)();
}

/** The same fact with other data. */
function reworded(type: string, data: any, { n }: Act): any {
  const [, b, c, d] = n;
  if ('effective' in data) return { ...data, effective: pick(Object.keys(DATE_BOUNDS), b) };
  if (type === 'MeetingScheduled' && c! % 2) return { ...data, before: pick(MEETING_IDS, d) };
  if ('scheduledFor' in data) return { ...data, scheduledFor: pick(Object.keys(SCHEDULED_DATE_BOUNDS), b) };
  if ('presence' in data) return { ...data, presence: pick(['regrets', 'present', 'remote'], b) };
  if ('statement' in data)
    return { ...data, text: `${pick(WORDS, b)} ${pick(WORDS, c)}`, topics: [pick(WORDS, d)] };
  if ('outcome' in data) return { ...data, outcome: pick(['adopted', 'rejected'], b) };
  if ('at' in data && type !== 'MinutesApproved') return { ...data, at: pick(ATS, b) };
  return 'title' in data ? { ...data, title: pick(WORDS, b) } : { ...data, note: pick(WORDS, b) };
}

/** An amendment of a recorded fact, which may be an amendment itself. */
function amendment(one: Act, said: readonly Fact[]): Command {
  const [a, , , , , f, g] = one.n;
  const about = said.slice(say.councilCommands.length);
  if (about.length === 0) return fact(one);
  const target = about.at(-1 - (a! % Math.min(about.length, 25))) as Fact;
  const name = f! % 2 ? target.id : `${target.stream}@${target.revision}`;
  if (g! % 4 === 0) return say.retractFact(name);
  if (g! % 4 === 1 && target.type === 'FactCorrected') {
    const { fact, with: words } = target.data;
    return ['correct-fact', { fact: name, with: { fact, with: reworded('', words, one), reason: 'Again.' }, reason: 'Twice.' }]; // prettier-ignore
  }
  if (g! % 16 === 2) return say.disputeFact(name, 'Not so.');
  return ['correct-fact', { fact: name, with: reworded(target.type, target.data, one), reason: 'Misread.' }];
}

/** Sends the commands and returns every event of the ledger. */
export async function recordRandomCommands(book: TestServer, acts: readonly Act[]): Promise<Fact[]> {
  await book.recordCommands(...say.councilCommands, ...MEETING_IDS.slice(0, 3).map((id, n) => say.scheduleMeeting(id, pick(Object.keys(SCHEDULED_DATE_BOUNDS), n + 2)))); // prettier-ignore
  await book.recordCommands(say.openMeeting('m1', '2011-06-01'), say.openMeeting('m2', '2011-06-01'));
  const sender = { actor: 'clerk', correlationId: 'law' };
  let said: Fact[] = await fetchAllPages(book, '/events');
  for (const one of acts) {
    const isAmendment = one.kind % 4 === 0;
    const worded = (of: Act) => (isAmendment ? amendment(of, said) : fact(of));
    const later = { ...one, kind: one.kind + 1 + (one.n[7]! % 3), n: one.n.with(1, one.n[7]!) };
    const envelopes = (one.grouped ? [worded(one), worded(later)] : [worded(one)]).map(([command, data]) => ({ command, data: data as any })); // prettier-ignore
    await book.server.node.commandHandler.handleGroup(envelopes, sender);
    if (book.headEntry > said.length)
      said = [...said, ...(await fetchAllPages(book, `/events?after=${said.length}`))];
  }
  await book.server.node.readModels.waitForEntry(book.headEntry, { timeoutMs: 30_000 });
  return said;
}

export const arbitraryCommandSeeds = fc.array(act, { minLength: 100, maxLength: 140 });
