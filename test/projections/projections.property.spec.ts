// The law of the read models: whatever was recorded, they answer as somebody would who goes through all facts by hand.
import { afterAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import * as say from './support/council-commands.js';
import type { Command } from './support/council-commands.js';
import { DATES, type Fact, NaiveProjections, PLANS } from './support/naive-projections.js';
import { readAllPages } from './support/read-everything.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- a test looks at what is there */

afterAll(cleanUp);

const MEMBERS = ['arendal', 'borduria', 'cordoba'];
const MEETINGS = ['m1', 'm2', 'm3', 'm4', 'm5'];
const PEOPLE = ['anna', 'boris'];
const WORDS = ['fish', 'ships', 'ice', 'and', 'no'];
const ATS = ['2011-06-01', '2011-12-20T10:00:00+03:00', '2011-12-21'];
const DAYS = [
  '1992-05-15',
  '1992-12-31',
  '1994-07-01',
  '1996-06-15',
  '1998-01-01',
  '1998-10-01',
  '2005-01-01',
];

/** One act of a clerk; the numbers choose whatever has to be chosen. */
type Act = { readonly kind: number; readonly n: readonly number[]; readonly grouped: boolean };
const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.nat({ max: 99 }),
  n: fc.array(fc.nat({ max: 999 }), { minLength: 8, maxLength: 8 }),
  grouped: fc.boolean(),
});
const pick = <T>(from: readonly T[], n: number | undefined): T => from[(n ?? 0) % from.length] as T;

/** A fact of any kind. Much of it will be refused. */
function fact({ kind, n }: Act): Command {
  const [a, b, c, d, e, f, g] = n;
  const meeting = pick(MEETINGS, a);
  const effective = pick(Object.keys(DATES), b);
  const plan = pick(Object.keys(PLANS), b);
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
    () => say.scheduleMeeting(meeting, plan, { ...(d! % 3 === 0 && { before: pick(MEETINGS, e) }), ...(f! % 3 === 0 && { after: pick(MEETINGS, g) }) }), // prettier-ignore
    () => say.rescheduleMeeting(meeting, plan),
    () => say.postponeMeeting(meeting),
    () => ['confirm-meeting', { meeting }],
    () => (d! % 4 ? say.openMeeting(meeting, pick(ATS, e)) : say.cancelMeeting(meeting)),
    () => say.openMeeting(meeting, pick(ATS, e)),
    () => say.adjournMeeting(meeting, pick(ATS, e)),
    () => say.closeMeeting(meeting, pick(ATS, e)),
    () => say.addAgendaItem(meeting, id, pick(WORDS, d)),
    () => ['withdraw-agenda-item', { meeting, item: id }],
    () => say.recordParticipant(meeting, id, 'member', pick(['regrets', 'present', 'remote'], d)),
    () => say.recordStatement(meeting, id, `${topics.join(' ')} ${pick(WORDS, f)}`, { topics, ...(g! % 2 && { speaker: pick(PEOPLE, f) }) }), // prettier-ignore
    () => say.recordStatement(meeting, `y${id}`, pick(WORDS, f), { topics, speaker: pick(PEOPLE, g) }),
    () => say.recordDecision(meeting, id, { outcome: pick(['adopted', 'rejected'], d) }),
    () => say.recordReport(meeting, id, { concerning: [{ decision: `x${d! % 4}`, ...(e! % 2 && { meeting: pick(MEETINGS, f) }) }] }), // prettier-ignore
    () => ['circulate-minutes', { meeting, on: '2012' }],
    () => (d! % 3 ? say.adjournMeeting(meeting, pick(ATS, e)) : ['approve-minutes', { meeting, on: '2012', at: pick(MEETINGS, g) }]), // prettier-ignore
  ];
  return pick(facts, kind)();
}

/** The same fact with something else in it. */
function reworded(type: string, data: any, { n }: Act): any {
  const [, b, c, d] = n;
  if ('effective' in data) return { ...data, effective: pick(Object.keys(DATES), b) };
  if (type === 'MeetingScheduled' && c! % 2) return { ...data, before: pick(MEETINGS, d) };
  if ('scheduledFor' in data) return { ...data, scheduledFor: pick(Object.keys(PLANS), b) };
  if ('presence' in data) return { ...data, presence: pick(['regrets', 'present', 'remote'], b) };
  if ('statement' in data)
    return { ...data, text: `${pick(WORDS, b)} ${pick(WORDS, c)}`, topics: [pick(WORDS, d)] };
  if ('outcome' in data) return { ...data, outcome: pick(['adopted', 'rejected'], b) };
  if ('at' in data && type !== 'MinutesApproved') return { ...data, at: pick(ATS, b) };
  return 'title' in data ? { ...data, title: pick(WORDS, b) } : { ...data, note: pick(WORDS, b) };
}

/** An amendment of something that was said, amendments themselves among it. */
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

async function record(book: TestServer, acts: readonly Act[]): Promise<Fact[]> {
  await book.recordCommands(...say.councilCommands, ...MEETINGS.slice(0, 3).map((id, n) => say.scheduleMeeting(id, pick(Object.keys(PLANS), n + 2)))); // prettier-ignore
  await book.recordCommands(say.openMeeting('m1', '2011-06-01'), say.openMeeting('m2', '2011-06-01'));
  const sender = { actor: 'clerk', correlationId: 'law' };
  let said: Fact[] = await readAllPages(book, '/events');
  for (const one of acts) {
    const isAmendment = one.kind % 4 === 0;
    const worded = (of: Act) => (isAmendment ? amendment(of, said) : fact(of));
    const later = { ...one, kind: one.kind + 1 + (one.n[7]! % 3), n: one.n.with(1, one.n[7]!) };
    const wordings = (one.grouped ? [worded(one), worded(later)] : [worded(one)]).map(([command, data]) => ({ command, data: data as any })); // prettier-ignore
    await book.server.book.commandHandler.handleGroup(wordings, sender);
    if (book.headEntry > said.length)
      said = [...said, ...(await readAllPages(book, `/events?after=${said.length}`))];
  }
  await book.server.book.readModels.waitForEntry(book.headEntry, { timeoutMs: 30_000 });
  return said;
}

/** What the book answers, and what the naive reader does, question by question. */
async function compare(book: TestServer, facts: readonly Fact[], entry: number, day: string): Promise<void> {
  const naive = new NaiveProjections(facts, entry);
  const list = async (path: string, shape: (item: any) => unknown, limit = 1000) =>
    (await readAllPages(book, `${path}${path.includes('?') ? '&' : '?'}asOf=${entry}`, limit)).map(shape);
  const same = async (path: string, shape: (item: any) => unknown, expected: unknown, limit?: number) =>
    expect([entry, path, await list(path, shape, limit)]).toEqual([entry, path, expected]);

  await same(`/organizations/council/members?on=${day}`, ({ member, since, certainty, participation }) => [member, since.edtf, certainty, participation], naive.members('council', day)); // prettier-ignore
  await same(`/organizations/council/observers?on=${day}`, ({ observer, kind, since, certainty, conflict }) => [observer, kind, since.edtf, certainty, conflict ?? false], naive.observers('council', day)); // prettier-ignore
  await same(`/organizations/council/offices?on=${day}`, ({ office, person, since, until, certainty }) => [office, person, since.edtf, until?.edtf ?? null, certainty], naive.offices('council', day)); // prettier-ignore
  const meeting = ({ id, status, scheduledFor, opened, closed }: any) => [id, status, scheduledFor?.edtf ?? null, opened?.edtf ?? null, closed?.edtf ?? null]; // prettier-ignore
  await same('/meetings', meeting, naive.calendar(), 2);
  await same('/meetings?from=2011-06-02&to=2011-12-01', meeting, naive.calendar('2011-06-02', '2011-12-01'));
  await same('/meetings?from=2011-12-21', meeting, naive.calendar('2011-12-21'));
  for (const from of ['2011-01-01', '2011-12-01'])
    await same(`/meetings/upcoming?from=${from}`, ({ id }) => id, naive.upcoming(from), 2);
  const statement = ({ meeting, statement, text, speaker, corrected }: any) => [meeting, statement, text, speaker, corrected ?? false]; // prettier-ignore
  const has = (data: any, ...words: string[]) => words.every((word) => data.text.split(' ').includes(word));
  await same('/statements', statement, naive.statements(() => true), 3); // prettier-ignore
  await same('/statements?q=fish', statement, naive.statements((data) => has(data, 'fish'))); // prettier-ignore
  await same('/statements?q=NO%20ice', statement, naive.statements((data) => has(data, 'no', 'ice'))); // prettier-ignore
  await same('/statements?topic=ships&speaker=anna', statement, naive.statements((data) => data.topics?.includes('ships') && data.speaker === 'anna')); // prettier-ignore
  await same('/statements?meeting=m1&q=and', statement, naive.statements((data) => data.meeting === 'm1' && has(data, 'and'))); // prettier-ignore
  await same(
    '/statements?from=2011-06-02',
    statement,
    naive.statements((_, [, latest]) => latest! >= '2011-06-02'),
  );
  await same(
    '/statements?to=2011-06-02',
    statement,
    naive.statements((_, [earliest]) => earliest! <= '2011-06-02'),
  );
  await same('/topics', ({ topic, statements }) => [topic, statements], naive.topics(), 2);
  await same('/decisions', ({ meeting, decision, outcome, reports }) => [meeting, decision, outcome, reports.map((one: any) => `${one.meeting} ${one.report}`)], naive.decisions(), 2); // prettier-ignore
  for (const id of MEETINGS) {
    const { status, json } = await book.get(`/meetings/${id}?asOf=${entry}`);
    const found = status === 404 ? undefined : {
      title: json.title,
      dates: json.dateHistory.map(({ change, scheduledFor }: any) => [change === 'scheduled' ? [] : change, scheduledFor?.edtf ?? []].flat().join(' ')),
      agenda: json.agenda.map(({ item, title, withdrawn }: any) => [item, title, withdrawn !== undefined]),
      participants: json.participants.map(({ participant, presence }: any) => [participant, presence]),
      minutes: [json.minutes.status, json.minutes.approvedAt],
    }; // prettier-ignore
    expect([entry, id, found]).toEqual([entry, id, naive.record(id)]);
  }
}

const histories = fc.tuple(
  fc.array(act, { minLength: 100, maxLength: 140 }),
  fc.array(fc.nat({ max: 999 }), { minLength: 5, maxLength: 5 }),
);

it('for any history, at any entry, on any day', async () => {
  const kinds = new Set<string>();
  let groups = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ([acts, moments]) => {
      const book = await startTestServer();
      const facts = await record(book, acts);
      for (const { type, metadata } of facts) {
        kinds.add(type);
        if (metadata.group) groups++;
      }
      const begun = say.councilCommands.length + 5;
      const entries = [...moments.map((n) => begun + (n % Math.max(1, facts.length - begun))), facts.length];
      for (const [n, entry] of entries.entries())
        await compare(book, facts, entry, pick(DAYS, moments[n] ?? entry));
      await book.close();
    }),
    { numRuns: 4, endOnFailure: true },
  );
  // The law speaks of something.
  expect(groups).toBeGreaterThan(0);
  expect(kinds.size).toBeGreaterThan(18);
}, 240_000);
