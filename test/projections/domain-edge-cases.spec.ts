// Where calendars, member lists and spreadsheets of secretariats go wrong: each pain as a case.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  cancelMeeting,
  closeMeeting,
  correctFact,
  councilCommands,
  disputeFact,
  openMeeting,
  registerOrganization,
  recordParticipant,
  registerPerson,
  postponeMeeting,
  rescheduleMeeting,
  retractFact,
  scheduleMeeting,
  recordStatement,
} from './support/council-commands.js';
import { readAllPages } from './support/read-everything.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- a test looks at what is there */

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...councilCommands);
});
afterAll(cleanUp);

const items = async (address: string): Promise<any[]> => {
  const { status, json, text } = await book.get(address);
  if (status !== 200) throw new Error(text);
  return json.items;
};
const ids = async (address: string) => (await items(address)).map(({ id }) => id as string);
/** Each convener has a calendar of its own, so that cases do not see each other. */
let convener = 'council';
let cases = 0;
beforeEach(async () => {
  convener = `council-${++cases}`;
  await book.recordCommands(registerOrganization(convener));
});
const planned = (meeting: string, date: string, more = {}) =>
  scheduleMeeting(`${convener}-${meeting}`, date, { convenedBy: convener, ...more });
const named = (meeting: string) => `${convener}-${meeting}`;
const calendar = async (query = '') =>
  (await readAllPages(book, `/meetings?convenedBy=${convener}${query}`)).map(({ id }) =>
    (id as string).slice(convener.length + 1),
  );
const upcoming = async (from: string, asOf?: number) =>
  (await readAllPages(book, `/meetings/upcoming?from=${from}${asOf === undefined ? '' : `&asOf=${asOf}`}`))
    .filter(({ convenedBy }) => convenedBy === convener)
    .map(({ id }) => (id as string).slice(convener.length + 1));

describe('a meeting that changes', () => {
  it('keeps its planned date when it is cancelled', async () => {
    await book.recordCommands(
      planned('a', '2011-06-01'),
      cancelMeeting(named('a'), { reason: 'No quorum.' }),
    );
    const [listed] = await items(`/meetings?convenedBy=${convener}&status=cancelled`);
    expect(listed).toMatchObject({
      status: 'cancelled',
      scheduledFor: { edtf: '2011-06-01' },
      reason: 'No quorum.',
    });
    expect(await calendar('&from=2011-06-01&to=2011-06-01')).toEqual(['a']);
    expect(await upcoming('2011-01-01')).toEqual([]);
  });

  it('stays one meeting, whatever becomes of it', async () => {
    const steps = [rescheduleMeeting(named('a'), '2011-07-01'), postponeMeeting(named('a')), rescheduleMeeting(named('a'), '2011-08-01'), ['confirm-meeting', { meeting: named('a') }] as const, openMeeting(named('a'), '2011-08-01'), closeMeeting(named('a'), '2011-08-01')]; // prettier-ignore
    await book.recordCommands(planned('a', '2011-06-01'));
    for (const step of steps) {
      await book.recordCommands(step);
      expect(await calendar()).toEqual(['a']);
    }
    const dates = (await book.get(`/meetings/${named('a')}`)).json.dateHistory;
    expect(dates.map(({ scheduledFor }: any) => scheduledFor?.edtf)).toEqual(['2011-06-01', '2011-07-01', undefined, '2011-08-01']); // prettier-ignore
  });

  it('is on no day while it has none, also when it is cancelled then', async () => {
    await book.recordCommands(planned('a', '2011-06-01'), planned('b', '2011-06-01'), postponeMeeting(named('a')), postponeMeeting(named('b')), cancelMeeting(named('b'))); // prettier-ignore
    expect(await calendar('&from=2011-01-01')).toEqual([]);
    expect(await calendar('&to=2030-01-01')).toEqual([]);
    expect(await calendar()).toEqual(['a', 'b']);
    expect(await upcoming('2030-01-01')).toEqual(['a']);
  });

  it('is opened before anybody was there', async () => {
    await book.recordCommands(planned('a', '2011-06-01'));
    const attending = (presence: string) =>
      recordParticipant(named('a'), 'anna', 'member', presence, { person: 'anna' });
    for (const presence of ['present', 'remote']) {
      const { status, json } = await book.sendCommand(...attending(presence));
      expect([status, json.code]).toEqual([409, 'meeting-not-open']);
    }
    await book.recordCommands(
      attending('regrets'),
      openMeeting(named('a'), '2011-06-01'),
      attending('present'),
    );
    expect((await book.get(`/meetings/${named('a')}`)).json.participants).toMatchObject([
      { presence: 'present' },
    ]);
  });

  it('took place when it was opened, whenever it was planned', async () => {
    await book.recordCommands(planned('a', '2011-06-01'), openMeeting(named('a'), '2011-06-03'), closeMeeting(named('a'), '2011-06-04T01:00:00+09:00')); // prettier-ignore
    expect(await calendar('&to=2011-06-02')).toEqual([]);
    expect(await calendar('&from=2011-06-04&to=2011-06-04')).toEqual(['a']); // the day of the instant's own offset
    expect(await calendar('&from=2011-06-05')).toEqual([]);
  });
});

describe('dates as imprecise as the world', () => {
  it('are listed by their days, not by their letters', async () => {
    await book.recordCommands(
      planned('december', '2011-12'),
      planned('half', '2011-41'),
      planned('july', '2011-07'),
      planned('june', '2011-06'),
      planned('year', '2011'),
      planned('first', '2011-07-01'),
    );
    const inOrder = ['year', 'june', 'first', 'july', 'half', 'december'];
    expect(await calendar()).toEqual(inOrder);
    expect(await upcoming('2011-01-01')).toEqual(inOrder);
    // What may still be on the day is still to come.
    expect(await upcoming('2011-08-01')).toEqual(['year', 'half', 'december']);
    expect(await upcoming('2012-01-01')).toEqual([]);
  });

  it('may have no end', async () => {
    await book.recordCommands(planned('open', '[2011-06-01..]'), planned('unknown', '[..2011-06-01]'), planned('later', '2030-01-01')); // prettier-ignore
    expect(await calendar()).toEqual(['unknown', 'open', 'later']);
    expect(await upcoming('2040-01-01')).toEqual(['open']);
    expect(await calendar('&from=2040-01-01')).toEqual(['open']);
    expect(await calendar('&to=1900-01-01')).toEqual(['unknown']);
  });
});

describe('what comes', () => {
  it('goes by what must come first, then by earliest day, latest day and id', async () => {
    await book.recordCommands(
      planned('e', '2011-05-05'),
      planned('d', '2011-05', { before: named('e') }), // a month in which it must come first
      planned('b', '2011-01-01/2011-01-03'),
      planned('c', '2011-01-01'),
      planned('a', '2011-01-01'),
      planned('z', '2011-01-01', { after: named('e') }), // whatever its date says
    );
    expect(await upcoming('2011-01-01')).toEqual(['a', 'c', 'b', 'd', 'e', 'z']);
  });

  it('goes through meetings that are not listed themselves', async () => {
    await book.recordCommands(
      planned('last', '2011-02'),
      planned('held', '2011-01-05', { before: named('last') }),
      planned('off', '2011-03', { before: named('held') }),
      planned('first', '2011-09', { before: named('off') }),
      openMeeting(named('held'), '2011-01-05'),
      closeMeeting(named('held'), '2011-01-05'),
      cancelMeeting(named('off')),
    );
    expect(await upcoming('2011-01-01')).toEqual(['first', 'last']);
  });

  it('ends with what is postponed, unless something must follow it', async () => {
    await book.recordCommands(
      planned('p', '2011-01-01'),
      planned('a', '2011-06-01'),
      planned('q', '2011-01-02'),
      planned('b', '2011-03-01', { after: named('q') }),
    );
    const before = await book.recordCommands(postponeMeeting(named('p')));
    expect(await upcoming('2011-01-01')).toEqual(['q', 'b', 'a', 'p']);
    const asOf = await book.recordCommands(postponeMeeting(named('q')));
    expect(await upcoming('2011-01-01', before)).toEqual(['q', 'b', 'a', 'p']);
    expect(await upcoming('2011-01-01', asOf)).toEqual(['a', 'p', 'q', 'b']);
    await book.recordCommands(rescheduleMeeting(named('p'), '2011-02-01'));
    expect(await upcoming('2011-01-01')).toEqual(['p', 'a', 'q', 'b']);
  });

  it('shows a planned order that was corrected, as of each entry', async () => {
    await book.recordCommands(planned('a', '2011-01-01'));
    const before = await book.recordCommands(planned('b', '2011-01-02', { before: named('a') }));
    expect(await upcoming('2011-01-01')).toEqual(['b', 'a']);
    await book.recordCommands(correctFact(`meeting-${named('b')}@0`, planned('b', '2011-01-02')));
    expect(await upcoming('2011-01-01')).toEqual(['a', 'b']);
    expect(await upcoming('2011-01-01', before)).toEqual(['b', 'a']);
  });

  it('stands in pages that follow each other', async () => {
    const all = await ids('/meetings/upcoming?from=2011-01-01&limit=1000');
    expect(all.length).toBeGreaterThan(5);
    expect((await readAllPages(book, '/meetings/upcoming?from=2011-01-01', 2)).map(({ id }) => id)).toEqual(
      all,
    );
    expect((await readAllPages(book, '/meetings', 3)).map(({ id }) => id)).toEqual(
      await ids('/meetings?limit=1000'),
    );
  });
});

describe('who belongs, and who sits in', () => {
  const admitted = (member: string, effective: string) =>
    ['admit-member', { organization: convener, member, effective }] as const;
  const granted = (observer: string, effective: string, kind = 'observer') =>
    [
      'grant-observer-status',
      { organization: convener, observer, kind, effective, grantedBy: 'council' },
    ] as const;

  it('shows two spans when somebody left and came back', async () => {
    await book.recordCommands(
      admitted('arendal', '1992'),
      [
        'end-membership',
        { organization: convener, member: 'arendal', effective: '1999-04-02', reason: 'withdrew' },
      ],
      admitted('arendal', '2006-08'),
    );
    const [history] = await items(`/organizations/${convener}/membership-history`);
    expect(history.intervals.map(({ from, to }: any) => [from.edtf, to?.edtf])).toEqual([['1992', '1999-04-02'], ['2006-08', undefined]]); // prettier-ignore
    expect(await items(`/organizations/${convener}/members?on=2003-01-01`)).toEqual([]);
  });

  it('takes facts that are legal only together, each after the other', async () => {
    const ended = ['end-membership', { organization: convener, member: 'arendal', effective: '1999', reason: 'withdrew' }] as const; // prettier-ignore
    const over = (effective: string) => ['end-observer-status', { organization: convener, observer: 'arendal', reason: 'lapsed', effective }] as const; // prettier-ignore
    const fact = (stream: string, revision: number) => `${stream}-${convener}:arendal@${revision}`;
    await book.recordCommands(admitted('arendal', '2006'), granted('arendal', '2006'));
    for (const group of [
      [admitted('arendal', '1992'), ended],
      [granted('arendal', '1992'), over('1999')],
      [correctFact(fact('observership', 0), granted('arendal', '2010')), correctFact(fact('observership', 2), over('2009'))], // prettier-ignore
    ])
      expect((await book.sendGroup(group)).status).toBe(201);
    const answer = await book.get(`/organizations/${convener}/members?on=1995-01-01`);
    expect(answer.headers.get('degraded')).toBeNull();
    expect(answer.json.items).toMatchObject([
      { member: 'arendal', since: { edtf: '1992' }, certainty: 'certain' },
    ]);
    expect(await items(`/organizations/${convener}/observers?on=2008-01-01`)).toMatchObject([{ since: { edtf: '1992' } }]); // prettier-ignore
    expect(await items(`/organizations/${convener}/observers?on=2009-12-31`)).toEqual([]);
    expect(await items(`/organizations/${convener}/observers?on=2011-01-01`)).toMatchObject([{ since: { edtf: '2010' } }]); // prettier-ignore
  });

  it('marks an observer that is a member too where both are certain', async () => {
    await book.recordCommands(
      granted('arendal', '2000', 'partner'),
      admitted('arendal', '2001'),
      granted('borduria', '2000'),
    );
    const on = async (day: string) =>
      (await items(`/organizations/${convener}/observers?on=${day}`)).map(({ observer, kind, certainty, conflict }) => [observer, kind, certainty, conflict]); // prettier-ignore
    expect(await on('1999-12-31')).toEqual([]);
    expect(await on('2000-06-01')).toEqual([['arendal', 'partner', 'possible', undefined], ['borduria', 'observer', 'possible', undefined]]); // prettier-ignore
    expect(await on('2001-06-01')).toEqual([['arendal', 'partner', 'certain', undefined], ['borduria', 'observer', 'certain', undefined]]); // prettier-ignore
    expect(await on('2001-12-31')).toEqual([['arendal', 'partner', 'certain', true], ['borduria', 'observer', 'certain', undefined]]); // prettier-ignore
    const [where] = (await items('/organizations/arendal/observes?on=2002-01-01')).filter(({ organization }) => organization === convener); // prettier-ignore
    expect(where).toMatchObject({ organization: convener, kind: 'partner', conflict: true, grantedBy: 'council', since: { edtf: '2000' } }); // prettier-ignore
    await book.recordCommands(['end-observer-status', { organization: convener, observer: 'arendal', effective: '2002-02-02', reason: 'became-member' }]); // prettier-ignore
    expect(await on('2002-02-01')).toMatchObject([['arendal', 'partner', 'certain', true], {}]);
    expect(await on('2002-02-02')).toEqual([['borduria', 'observer', 'certain', undefined]]);
  });

  it('marks an observer whose status is disputed, also by what is said of a correction', async () => {
    await book.recordCommands(granted('cordoba', '2000'), correctFact(`observership-${convener}:cordoba@0`, granted('cordoba', '2001'))); // prettier-ignore
    const [plain] = await items(`/organizations/${convener}/observers?on=2002-01-01`);
    expect(plain).not.toHaveProperty('disputed');
    await book.recordCommands(disputeFact(`observership-${convener}:cordoba@1`, 'It was 2000 after all.'));
    const [marked] = await items(`/organizations/${convener}/observers?on=2002-01-01`);
    expect(marked).toMatchObject({ since: { edtf: '2001' }, disputed: true, disputes: [{ claim: 'It was 2000 after all.' }] }); // prettier-ignore
  });
});

describe('who holds an office', () => {
  const assumed = (who: string, office: string, effective: string) =>
    ['assume-office', { person: who, office, organization: convener, effective }] as const;
  const left = (who: string, office: string, effective: string) =>
    ['leave-office', { person: who, office, organization: convener, effective }] as const;
  const held = async (day: string, asOf?: number) =>
    (
      await items(`/organizations/${convener}/offices?on=${day}${asOf === undefined ? '' : `&asOf=${asOf}`}`)
    ).map(({ office, person, since, until, certainty }) => [
      office,
      person,
      since.edtf,
      until?.edtf,
      certainty,
    ]);

  it('is told with how certain it is, from both sides', async () => {
    await book.recordCommands(assumed('anna', 'Chair', '2001'), left('anna', 'Chair', '2005-06'), assumed('boris', 'Clerk', '2003-03-03')); // prettier-ignore
    expect(await held('2001-06-01')).toEqual([['Chair', 'anna', '2001', '2005-06', 'possible']]);
    expect(await held('2004-01-01')).toEqual([['Chair', 'anna', '2001', '2005-06', 'certain'], ['Clerk', 'boris', '2003-03-03', undefined, 'certain']]); // prettier-ignore
    expect(await held('2005-06-15')).toMatchObject([['Chair', 'anna', '2001', '2005-06', 'possible'], {}]);
    expect(await held('2005-07-01')).toMatchObject([['Clerk', 'boris', '2003-03-03', undefined, 'certain']]);
    const ofAnna = (await items('/people/anna/offices?on=2004-01-01')).filter(({ organization }) => organization === convener); // prettier-ignore
    expect(ofAnna).toMatchObject([{ office: 'Chair', personName: 'Anna Archer', certainty: 'certain' }]);
  });

  it('is one line where two times in it meet a day: the certain one, or else the later', async () => {
    await book.recordCommands(assumed('anna', 'Chair', '1992'), left('anna', 'Chair', '1999'), assumed('anna', 'Chair', '[1999..2001]')); // prettier-ignore
    expect(await held('1999-06-01')).toEqual([['Chair', 'anna', '[1999..2001]', undefined, 'possible']]);
    expect(await held('1998-06-01')).toEqual([['Chair', 'anna', '1992', '1999', 'certain']]);
    const before = await book.recordCommands(
      left('anna', 'Chair', '2002'),
      assumed('anna', 'Chair', '2002-03-01'),
    );
    expect(await held('2002-06-01')).toEqual([['Chair', 'anna', '2002-03-01', undefined, 'certain']]);
    await book.recordCommands(retractFact('person-anna@' + String((await book.get('/streams/person-anna?limit=1000')).json.items.at(-1).revision))); // prettier-ignore
    expect(await held('2002-06-01')).toEqual([['Chair', 'anna', '[1999..2001]', '2002', 'possible']]);
    expect(await held('2002-06-01', before)).toEqual([['Chair', 'anna', '2002-03-01', undefined, 'certain']]);
  });

  it('takes times in office that are legal only together', async () => {
    await book.recordCommands(assumed('boris', 'Chair', '2006'));
    const { status } = await book.sendGroup([
      assumed('boris', 'Chair', '1992'),
      left('boris', 'Chair', '1999'),
    ]);
    expect(status).toBe(201);
    expect(await held('1995-01-01')).toEqual([['Chair', 'boris', '1992', '1999', 'certain']]);
    expect(await held('2007-01-01')).toEqual([['Chair', 'boris', '2006', undefined, 'certain']]);
  });

  it('is known of people by their names in every language', async () => {
    await book.recordCommands(
      registerPerson('vera', 'Vera Vik', { names: { ru: 'Вера Вик' }, identifiers: { orcid: '0' } }),
    );
    expect(await ids('/people?q=вера')).toEqual(['vera']);
    expect((await book.get('/people/vera?lang=ru')).json).toMatchObject({ id: 'vera', name: 'Вера Вик', identifiers: { orcid: '0' } }); // prettier-ignore
    expect((await book.get('/people/nobody')).status).toBe(404);
    expect((await book.get('/people/nobody/offices')).status).toBe(404);
    expect((await book.get('/organizations/nobody/offices')).status).toBe(404);
    expect((await book.get('/organizations/nobody/observers')).status).toBe(404);
  });
});

describe('a wrong attribution', () => {
  it('is put right without being erased', async () => {
    const said = (speaker: string) => recordStatement(named('a'), 's', 'Nyet.', { speaker });
    await book.recordCommands(planned('a', '2011-06-01'), openMeeting(named('a'), '2011-06-01'));
    const before = await book.recordCommands(said('boris'));
    await book.recordCommands(correctFact(`meeting-${named('a')}@2`, said('anna')));
    const speakers = async (query: string) =>
      (await items(`/statements?meeting=${named('a')}${query}`)).map(({ speaker, corrected, correction }) => [speaker, corrected, correction?.original.speaker]); // prettier-ignore
    expect(await speakers('')).toEqual([['anna', true, 'boris']]);
    expect(await speakers('&speaker=boris')).toEqual([]);
    expect(await speakers(`&speaker=boris&asOf=${before}`)).toEqual([['boris', undefined, undefined]]);
    expect(await speakers(`&speaker=anna&asOf=${before}`)).toEqual([]);
  });
});

describe('a source', () => {
  it('is shown with every fact that rests on it: facts, corrections, disputes', async () => {
    const cited = { sources: [{ source: 'press', locator: 'p. 9' }] };
    const registered = registerOrganization(named('x'), cited);
    await book.recordCommands(registered, correctFact(`organization-${named('x')}@0`, registerOrganization(named('x'), { ...cited, name: 'X' }), 'A slip.', cited), disputeFact(`organization-${named('x')}@0`, 'It is called Y.', cited)); // prettier-ignore
    const facts = (await readAllPages(book, '/sources/press/facts')).filter(({ stream }) =>
      stream.endsWith(named('x')),
    );
    expect(facts.map(({ type, revision, entry, locator }) => [type, revision, entry, locator])).toEqual([
      ['OrganizationRegistered', 0, book.headEntry - 1, 'p. 9'],
      ['FactCorrected', 1, book.headEntry - 1, 'p. 9'],
      ['FactDisputed', 2, book.headEntry, 'p. 9'],
    ]);
    expect((await book.get('/sources/nowhere')).status).toBe(404);
  });
});
