// The property of the read models: for any history they answer like a naive implementation that reads all events.
import { afterAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { councilCommands } from './support/council-commands.js';
import { type Fact, NaiveProjections } from './support/naive-projections.js';
import { arbitraryCommandSeeds, MEETING_IDS, pick, recordRandomCommands } from './support/random-commands.js';
import { fetchAllPages } from './support/read-all-routes.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

afterAll(cleanUp);

const DAYS = [
  '1992-05-15',
  '1992-12-31',
  '1994-07-01',
  '1996-06-15',
  '1998-01-01',
  '1998-10-01',
  '2005-01-01',
];

/** Compares the answers of the server with those of the naive implementation, route by route. */
async function compare(book: TestServer, facts: readonly Fact[], entry: number, day: string): Promise<void> {
  const naive = new NaiveProjections(facts, entry);
  const list = async (path: string, shape: (item: any) => unknown, limit = 1000) =>
    (await fetchAllPages(book, `${path}${path.includes('?') ? '&' : '?'}asOf=${entry}`, limit)).map(shape);
  const expectSame = async (path: string, shape: (item: any) => unknown, expected: unknown, limit?: number) =>
    expect([entry, path, await list(path, shape, limit)]).toEqual([entry, path, expected]);

  await expectSame(`/organizations/council/members?on=${day}`, ({ member, since, certainty, participation }) => [member, since.edtf, certainty, participation], naive.members('council', day)); // prettier-ignore
  await expectSame(`/organizations/council/observers?on=${day}`, ({ observer, kind, since, certainty, conflict }) => [observer, kind, since.edtf, certainty, conflict ?? false], naive.observers('council', day)); // prettier-ignore
  await expectSame(`/organizations/council/offices?on=${day}`, ({ office, person, since, until, certainty }) => [office, person, since.edtf, until?.edtf ?? null, certainty], naive.offices('council', day)); // prettier-ignore
  const meeting = ({ id, status, scheduledFor, opened, closed }: any) => [id, status, scheduledFor?.edtf ?? null, opened?.edtf ?? null, closed?.edtf ?? null]; // prettier-ignore
  await expectSame('/meetings', meeting, naive.calendar(), 2);
  await expectSame(
    '/meetings?from=2011-06-02&to=2011-12-01',
    meeting,
    naive.calendar('2011-06-02', '2011-12-01'),
  );
  await expectSame('/meetings?from=2011-12-21', meeting, naive.calendar('2011-12-21'));
  for (const from of ['2011-01-01', '2011-12-01'])
    await expectSame(`/meetings/upcoming?from=${from}`, ({ id }) => id, naive.upcoming(from), 2);
  const statement = ({ meeting, statement, text, speaker, corrected }: any) => [meeting, statement, text, speaker, corrected ?? false]; // prettier-ignore
  const hasWords = (data: any, ...words: string[]) =>
    words.every((word) => data.text.split(' ').includes(word));
  await expectSame('/statements', statement, naive.statements(() => true), 3); // prettier-ignore
  await expectSame('/statements?q=fish', statement, naive.statements((data) => hasWords(data, 'fish'))); // prettier-ignore
  await expectSame('/statements?q=NO%20ice', statement, naive.statements((data) => hasWords(data, 'no', 'ice'))); // prettier-ignore
  await expectSame('/statements?topic=ships&speaker=anna', statement, naive.statements((data) => data.topics?.includes('ships') && data.speaker === 'anna')); // prettier-ignore
  await expectSame('/statements?meeting=m1&q=and', statement, naive.statements((data) => data.meeting === 'm1' && hasWords(data, 'and'))); // prettier-ignore
  await expectSame(
    '/statements?from=2011-06-02',
    statement,
    naive.statements((_, [, latest]) => (latest ?? '~') >= '2011-06-02'),
  );
  await expectSame(
    '/statements?to=2011-06-02',
    statement,
    naive.statements((_, [earliest]) => earliest! <= '2011-06-02'),
  );
  await expectSame('/topics', ({ topic, statements }) => [topic, statements], naive.topics(), 2);
  await expectSame('/decisions', ({ meeting, decision, outcome, reports }) => [meeting, decision, outcome, reports.map((one: any) => `${one.meeting} ${one.report}`)], naive.decisions(), 2); // prettier-ignore
  await expectSame('/decisions?from=2011-12-21&to=2012-01-05', ({ meeting, decision }) => [meeting, decision], naive.decisions((_, [earliest, latest]) => earliest! <= '2012-01-05' && (latest ?? '~') >= '2011-12-21').map((found: any) => found.slice(0, 2))); // prettier-ignore
  for (const id of MEETING_IDS) {
    const { status, json } = await book.get(`/meetings/${id}?asOf=${entry}`);
    const found = status === 404 ? undefined : {
      title: json.title,
      dates: json.dateHistory.map(({ change, scheduledFor }: any) => [change === 'scheduled' ? [] : change, scheduledFor?.edtf ?? []].flat().join(' ')),
      sittings: json.sittings.map(({ opened, chairs, ended, until, handovers }: any) => [opened.edtf, chairs[0]?.party ?? null, ended?.edtf ?? null, until?.edtf ?? null, handovers.map(({ to }: any) => to[0].party)]),
      agenda: json.agenda.map(({ item, title, withdrawn }: any) => [item, title, withdrawn !== undefined]),
      participants: json.participants.map(({ participant, presence }: any) => [participant, presence]),
      minutes: [json.minutes.status, json.minutes.approvedAt],
    }; // prettier-ignore
    expect([entry, id, found]).toEqual([entry, id, naive.record(id)]);
  }
}

const histories = fc.tuple(
  arbitraryCommandSeeds,
  fc.array(fc.nat({ max: 999 }), { minLength: 5, maxLength: 5 }),
);

it('the read models answer like a naive implementation, for any history, as of any entry, on any day', async () => {
  const kinds = new Set<string>();
  let groups = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ([acts, moments]) => {
      const book = await startTestServer();
      const facts = await recordRandomCommands(book, acts);
      for (const { type, metadata } of facts) {
        kinds.add(type);
        if (metadata.group) groups++;
      }
      const begun = councilCommands.length + 5;
      const entries = [...moments.map((n) => begun + (n % Math.max(1, facts.length - begun))), facts.length];
      for (const [n, entry] of entries.entries())
        await compare(book, facts, entry, pick(DAYS, moments[n] ?? entry));
      await book.close();
    }),
    { numRuns: 4, endOnFailure: true },
  );
  // The random histories contained groups and many types of events.
  expect(groups).toBeGreaterThan(0);
  expect(kinds.size).toBeGreaterThan(18);
}, 240_000);
