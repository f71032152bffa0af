// Cases in which the calendars, member lists and spreadsheets of secretariats often go wrong.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  adjournMeeting,
  cancelMeeting,
  closeMeeting,
  correctFact,
  councilCommands,
  disputeFact,
  openMeeting,
  recordDecision,
  registerOrganization,
  recordParticipant,
  postponeMeeting,
  rescheduleMeeting,
  retractFact,
  scheduleMeeting,
  recordStatement,
} from './support/council-commands.js';
import { fetchAllPages } from './support/read-all-routes.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

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
/** Each convener has a calendar of its own, so that the cases are independent. */
let convener = 'council';
let cases = 0;
beforeEach(async () => {
  convener = `council-${++cases}`;
  await book.recordCommands(registerOrganization(convener));
});
const planMeeting = (meeting: string, date: string, more = {}) =>
  scheduleMeeting(`${convener}-${meeting}`, date, { convenedBy: convener, ...more });
const getMeetingId = (meeting: string) => `${convener}-${meeting}`;
const calendar = async (query = '') =>
  (await fetchAllPages(book, `/meetings?convenedBy=${convener}${query}`)).map(({ id }) =>
    (id as string).slice(convener.length + 1),
  );
const upcoming = async (from: string, asOf?: number) =>
  (await fetchAllPages(book, `/meetings/upcoming?from=${from}${asOf === undefined ? '' : `&asOf=${asOf}`}`))
    .filter(({ convenedBy }) => convenedBy === convener)
    .map(({ id }) => (id as string).slice(convener.length + 1));

describe('a meeting that changes', () => {
  it('keeps its planned date when it is cancelled', async () => {
    await book.recordCommands(
      planMeeting('a', '2011-06-01'),
      cancelMeeting(getMeetingId('a'), { reason: 'No quorum.' }),
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

  it('stays one meeting through every change of date and status', async () => {
    const steps = [rescheduleMeeting(getMeetingId('a'), '2011-07-01'), postponeMeeting(getMeetingId('a')), rescheduleMeeting(getMeetingId('a'), '2011-08-01'), ['confirm-meeting', { meeting: getMeetingId('a') }] as const, openMeeting(getMeetingId('a'), '2011-08-01'), closeMeeting(getMeetingId('a'), '2011-08-01')]; // prettier-ignore
    await book.recordCommands(planMeeting('a', '2011-06-01'));
    for (const step of steps) {
      await book.recordCommands(step);
      expect(await calendar()).toEqual(['a']);
    }
    const dates = (await book.get(`/meetings/${getMeetingId('a')}`)).json.dateHistory;
    expect(dates.map(({ scheduledFor }: any) => scheduledFor?.edtf)).toEqual(['2011-06-01', '2011-07-01', undefined, '2011-08-01']); // prettier-ignore
  });

  it('is on no day while it has no date, also when it is cancelled then', async () => {
    await book.recordCommands(planMeeting('a', '2011-06-01'), planMeeting('b', '2011-06-01'), postponeMeeting(getMeetingId('a')), postponeMeeting(getMeetingId('b')), cancelMeeting(getMeetingId('b'))); // prettier-ignore
    expect(await calendar('&from=2011-01-01')).toEqual([]);
    expect(await calendar('&to=2030-01-01')).toEqual([]);
    expect(await calendar()).toEqual(['a', 'b']);
    expect(await upcoming('2030-01-01')).toEqual(['a']);
  });

  it('accepts present participants only after it is opened', async () => {
    await book.recordCommands(planMeeting('a', '2011-06-01'));
    const attending = (presence: string) =>
      recordParticipant(getMeetingId('a'), 'anna', 'member', presence, { person: 'anna' });
    for (const presence of ['present', 'remote']) {
      const { status, json } = await book.sendCommand(...attending(presence));
      expect([status, json.code]).toEqual([409, 'meeting-not-open']);
    }
    await book.recordCommands(
      attending('regrets'),
      openMeeting(getMeetingId('a'), '2011-06-01'),
      attending('present'),
    );
    expect((await book.get(`/meetings/${getMeetingId('a')}`)).json.participants).toMatchObject([
      { presence: 'present' },
    ]);
  });

  it('is listed on the days on which it was opened and closed, not on the planned date', async () => {
    await book.recordCommands(planMeeting('a', '2011-06-01'), openMeeting(getMeetingId('a'), '2011-06-03'), closeMeeting(getMeetingId('a'), '2011-06-04T01:00:00+09:00')); // prettier-ignore
    expect(await calendar('&to=2011-06-02')).toEqual([]);
    expect(await calendar('&from=2011-06-04&to=2011-06-04')).toEqual(['a']); // the day of the instant's own offset
    expect(await calendar('&from=2011-06-05')).toEqual([]);
  });
});

describe('a meeting that is open or adjourned', () => {
  it('stands on every day up to the end of its plan', async () => {
    await book.recordCommands(planMeeting('a', '2026-11-23/2026-11-28'), openMeeting(getMeetingId('a'), '2026-11-23T09:00:00Z'), recordDecision(getMeetingId('a'), 'd1'), recordStatement(getMeetingId('a'), 's1', 'Yes.')); // prettier-ignore
    for (const day of ['2026-11-23', '2026-11-25', '2026-11-28']) {
      expect(await calendar(`&from=${day}&to=${day}`)).toEqual(['a']);
      expect(await items(`/decisions?organization=${convener}&from=${day}&to=${day}`)).toHaveLength(1);
      expect(await items(`/statements?meeting=${getMeetingId('a')}&from=${day}&to=${day}`)).toHaveLength(1);
      expect(await upcoming(day)).toEqual(['a']);
    }
    expect(await calendar('&from=2026-11-29')).toEqual([]);
    expect(await upcoming('2026-11-29')).toEqual([]);
  });

  it('has no last day if its plan has none', async () => {
    await book.recordCommands(planMeeting('a', '2022-02-28/..'), openMeeting(getMeetingId('a'), '2022-02-28'), adjournMeeting(getMeetingId('a'), '2022-03-02')); // prettier-ignore
    expect(await calendar('&from=2022-04-01&to=2022-04-30')).toEqual(['a']);
    await book.recordCommands(openMeeting(getMeetingId('a'), '2022-04-07'), closeMeeting(getMeetingId('a'), '2022-04-08')); // prettier-ignore
    expect(await calendar('&from=2022-04-09')).toEqual([]);
  });

  it('lasts to the day to which it was adjourned, and to its resumption', async () => {
    await book.recordCommands(planMeeting('a', '2026-12-01'), openMeeting(getMeetingId('a'), '2026-12-01T09:00:00Z'), adjournMeeting(getMeetingId('a'), '2026-12-01T12:00:00Z', { until: '2026-12-15T10:00:00Z' })); // prettier-ignore
    expect(await upcoming('2026-12-05')).toEqual(['a']);
    expect(await calendar('&from=2026-12-10&to=2026-12-20')).toEqual(['a']);
    expect(await calendar('&from=2026-12-16')).toEqual([]);
    await book.recordCommands(openMeeting(getMeetingId('a'), '2026-12-16T10:00:00Z'));
    expect(await calendar('&from=2026-12-16&to=2026-12-16')).toEqual(['a']);
  });

  it('has each sitting with its own chair and its own end', async () => {
    await book.recordCommands(
      planMeeting('a', '2021-01-01'),
      openMeeting(getMeetingId('a'), '2021-01-01T09:00:00Z', { chair: { person: 'anna' } }),
      adjournMeeting(getMeetingId('a'), '2021-01-01T12:00:00Z', { until: '2021-01-02' }),
      openMeeting(getMeetingId('a'), '2021-01-02', { chair: { organization: convener } }),
      adjournMeeting(getMeetingId('a'), '2021-01-02'),
      openMeeting(getMeetingId('a'), '2021-01-03'),
      closeMeeting(getMeetingId('a'), '2021-01-04'),
    );
    const { json } = await book.get(`/meetings/${getMeetingId('a')}`);
    expect(json).toMatchObject({ chair: { person: 'anna' }, opened: { edtf: '2021-01-01T09:00:00Z' } });
    expect(json.sittings).toMatchObject([
      { opened: { edtf: '2021-01-01T09:00:00Z' }, chairs: [{ party: 'person:anna' }], ended: { edtf: '2021-01-01T12:00:00Z' }, until: { edtf: '2021-01-02' } }, // prettier-ignore
      { opened: { edtf: '2021-01-02' }, chairs: [{ party: convener }], ended: { edtf: '2021-01-02' }, until: null }, // prettier-ignore
      { opened: { edtf: '2021-01-03' }, chairs: [], ended: { edtf: '2021-01-04' }, until: null },
    ]);
  });
});

describe('names in the answers about a meeting', () => {
  it('are those of the day of the meeting unless another day is named', async () => {
    await book.recordCommands(
      registerOrganization(`${convener}-state`, { name: 'Swaziland' }),
      [
        'rename-organization',
        { organization: `${convener}-state`, name: 'Eswatini', effective: '2018-04-19' },
      ],
      planMeeting('a', '2010-09-14'),
      openMeeting(getMeetingId('a'), '2010-09-14'),
      recordParticipant(getMeetingId('a'), 'p', 'member', 'present', { organization: `${convener}-state` }),
      recordStatement(getMeetingId('a'), 's', 'Yes.', { onBehalfOf: `${convener}-state` }),
    );
    const address = `/meetings/${getMeetingId('a')}`;
    const record = await book.get(address);
    const nameOf = ({ json }: { json: any }) => [
      json.participants[0].organizationName,
      json.statements[0].onBehalfOfName,
    ];
    expect(nameOf(record)).toEqual(['Swaziland', 'Swaziland']);
    const permalink = record.headers.get('content-location') ?? '';
    expect(permalink).not.toContain('on=');
    expect(nameOf(await book.get(permalink))).toEqual(nameOf(record));
    expect(nameOf(await book.get(`${address}?on=2019-01-01`))).toEqual(['Eswatini', 'Eswatini']);
    expect(await items(`/statements?meeting=${getMeetingId('a')}`)).toMatchObject([{ onBehalfOfName: 'Swaziland' }]); // prettier-ignore
    expect(await items(`/statements?meeting=${getMeetingId('a')}&on=2019-01-01`)).toMatchObject([{ onBehalfOfName: 'Eswatini' }]); // prettier-ignore
  });

  it('are those of the planned day before the meeting, and the latest without a day', async () => {
    await book.recordCommands(
      registerOrganization(`${convener}-state`, { name: 'Swaziland' }),
      [
        'rename-organization',
        { organization: `${convener}-state`, name: 'Eswatini', effective: '2018-04-19' },
      ],
      planMeeting('a', '2010'),
      recordParticipant(getMeetingId('a'), 'p', 'member', 'regrets', { organization: `${convener}-state` }),
    );
    const nameOf = async () => (await book.get(`/meetings/${getMeetingId('a')}`)).json.participants[0].organizationName; // prettier-ignore
    expect(await nameOf()).toBe('Swaziland');
    await book.recordCommands(postponeMeeting(getMeetingId('a')));
    expect(await nameOf()).toBe('Eswatini');
  });
});

describe('a dissolved organization', () => {
  const named = (id: string) => `${convener}-${id}`;
  beforeEach(async () => {
    await book.recordCommands(
      ...['union', 'pact', 'state'].map((id) => registerOrganization(named(id))),
      registerOrganization(named('organ'), { partOf: named('pact') }),
      ['admit-member', { organization: named('pact'), member: named('union'), effective: '1960' }],
      ['admit-member', { organization: named('pact'), member: named('state'), effective: '1955' }],
      ['admit-member', { organization: named('organ'), member: named('state'), effective: '1955' }],
      ['suspend-participation', { organization: named('pact'), member: named('state'), effective: '1970', by: 'member' }], // prettier-ignore
      ['grant-observer-status', { organization: named('organ'), observer: named('union'), kind: 'observer', effective: '1970' }], // prettier-ignore
      ['assume-office', { person: 'anna', office: `Secretary of ${convener}`, organization: named('organ'), effective: '1980' }], // prettier-ignore
    );
  });
  const members = async (id: string, on: string) =>
    (await items(`/organizations/${named(id)}/members?on=${on}`)).map(({ member, certainty }) => [
      member.slice(convener.length + 1),
      certainty,
    ]);

  it('has and is no member from its end on, and perhaps none where the date is not exact', async () => {
    await book.recordCommands(['dissolve-organization', { organization: named('pact'), effective: '1991' }], ['dissolve-organization', { organization: named('union'), effective: '1990-12-26' }]); // prettier-ignore
    expect(await members('pact', '1990-12-25')).toEqual([['state', 'certain'], ['union', 'certain']]); // prettier-ignore
    expect(await members('pact', '1990-12-26')).toEqual([['state', 'certain']]);
    expect(await members('pact', '1991-06-01')).toEqual([['state', 'possible']]);
    expect(await members('pact', '1991-12-31')).toEqual([]);
    expect(await items(`/organizations/${named('state')}/memberships?on=2021-01-01`)).toEqual([]);
    const history = await items(`/organizations/${named('pact')}/membership-history`);
    expect(history.map(({ intervals }: any) => [intervals[0].to.edtf, intervals[0].endReason])).toEqual([
      ['1991', 'organization-dissolved'],
      ['1990-12-26', 'member-dissolved'],
    ]);
    expect(history[0].intervals[0].participation).toMatchObject([{ from: { edtf: '1970' }, to: { edtf: '1991' } }]); // prettier-ignore
  });

  it('takes what its bodies have with it, unless they ended earlier', async () => {
    await book.recordCommands(['dissolve-organization', { organization: named('pact'), effective: '1991-07-01' }]); // prettier-ignore
    expect(await members('organ', '1991-06-30')).toEqual([['state', 'certain']]);
    expect(await members('organ', '1991-07-01')).toEqual([]);
    expect(await items(`/organizations/${named('organ')}/observers?on=1991-07-01`)).toEqual([]);
    expect(await items(`/organizations/${named('organ')}/offices?on=1991-06-30`)).toMatchObject([
      { certainty: 'certain', until: { edtf: '1991-07-01' } },
    ]);
    expect(await items(`/organizations/${named('organ')}/offices?on=1991-07-01`)).toEqual([]);
    await book.recordCommands(['dissolve-organization', { organization: named('organ'), effective: '1985' }]);
    expect(await members('organ', '1986-01-01')).toEqual([]);
  });

  it('has its members back when the dissolution is retracted', async () => {
    await book.recordCommands(['dissolve-organization', { organization: named('pact'), effective: '1991-07-01' }], retractFact(`organization-${named('pact')}@1`)); // prettier-ignore
    expect(await members('pact', '2000-01-01')).toHaveLength(2);
  });

  it('shows a conflict at a membership that began after its end', async () => {
    await book.recordCommands(['dissolve-organization', { organization: named('pact'), effective: '1991-07-01' }], ['admit-member', { organization: named('pact'), member: 'cordoba', effective: '2020' }]); // prettier-ignore
    expect(await members('pact', '2021-01-01')).toEqual([]);
    const history = await items(`/organizations/${named('pact')}/membership-history`);
    expect(history.find(({ member }) => member === 'cordoba')).toMatchObject({
      intervals: [{ conflict: true, conflicts: ['organization-dissolved'] }],
    });
  });
});

describe('imprecise dates', () => {
  it('are ordered by their days, not by their text', async () => {
    await book.recordCommands(
      planMeeting('december', '2011-12'),
      planMeeting('half', '2011-41'),
      planMeeting('july', '2011-07'),
      planMeeting('june', '2011-06'),
      planMeeting('year', '2011'),
      planMeeting('first', '2011-07-01'),
    );
    const inOrder = ['year', 'june', 'first', 'july', 'half', 'december'];
    expect(await calendar()).toEqual(inOrder);
    expect(await upcoming('2011-01-01')).toEqual(inOrder);
    // A meeting that may still take place on the day is upcoming.
    expect(await upcoming('2011-08-01')).toEqual(['year', 'half', 'december']);
    expect(await upcoming('2012-01-01')).toEqual([]);
  });

  it('can be open-ended', async () => {
    await book.recordCommands(planMeeting('open', '[2011-06-01..]'), planMeeting('unknown', '[..2011-06-01]'), planMeeting('later', '2030-01-01')); // prettier-ignore
    expect(await calendar()).toEqual(['unknown', 'open', 'later']);
    expect(await upcoming('2040-01-01')).toEqual(['open']);
    expect(await calendar('&from=2040-01-01')).toEqual(['open']);
    expect(await calendar('&to=1900-01-01')).toEqual(['unknown']);
  });
});

describe('GET /meetings/upcoming', () => {
  it('is ordered by planned order, then by earliest day, latest day and id', async () => {
    await book.recordCommands(
      planMeeting('e', '2011-05-05'),
      planMeeting('d', '2011-05', { before: getMeetingId('e') }), // in a month, but planned before another meeting
      planMeeting('b', '2011-01-01/2011-01-03'),
      planMeeting('c', '2011-01-01'),
      planMeeting('a', '2011-01-01'),
      planMeeting('z', '2011-01-01', { after: getMeetingId('e') }), // whatever its date says
    );
    expect(await upcoming('2011-01-01')).toEqual(['a', 'c', 'b', 'd', 'e', 'z']);
  });

  it('follows the planned order through meetings that are not listed', async () => {
    await book.recordCommands(
      planMeeting('last', '2011-02'),
      planMeeting('held', '2011-01-05', { before: getMeetingId('last') }),
      planMeeting('off', '2011-03', { before: getMeetingId('held') }),
      planMeeting('first', '2011-09', { before: getMeetingId('off') }),
      openMeeting(getMeetingId('held'), '2011-01-05'),
      closeMeeting(getMeetingId('held'), '2011-01-05'),
      cancelMeeting(getMeetingId('off')),
    );
    expect(await upcoming('2011-01-01')).toEqual(['first', 'last']);
  });

  it('ends with postponed meetings, unless another meeting must follow them', async () => {
    await book.recordCommands(
      planMeeting('p', '2011-01-01'),
      planMeeting('a', '2011-06-01'),
      planMeeting('q', '2011-01-02'),
      planMeeting('b', '2011-03-01', { after: getMeetingId('q') }),
    );
    const before = await book.recordCommands(postponeMeeting(getMeetingId('p')));
    expect(await upcoming('2011-01-01')).toEqual(['q', 'b', 'a', 'p']);
    const asOf = await book.recordCommands(postponeMeeting(getMeetingId('q')));
    expect(await upcoming('2011-01-01', before)).toEqual(['q', 'b', 'a', 'p']);
    expect(await upcoming('2011-01-01', asOf)).toEqual(['a', 'p', 'q', 'b']);
    await book.recordCommands(rescheduleMeeting(getMeetingId('p'), '2011-02-01'));
    expect(await upcoming('2011-01-01')).toEqual(['p', 'a', 'q', 'b']);
  });

  it('shows a planned order that was corrected, as of each entry', async () => {
    await book.recordCommands(planMeeting('a', '2011-01-01'));
    const before = await book.recordCommands(planMeeting('b', '2011-01-02', { before: getMeetingId('a') }));
    expect(await upcoming('2011-01-01')).toEqual(['b', 'a']);
    await book.recordCommands(correctFact(`meeting-${getMeetingId('b')}@0`, planMeeting('b', '2011-01-02')));
    expect(await upcoming('2011-01-01')).toEqual(['a', 'b']);
    expect(await upcoming('2011-01-01', before)).toEqual(['b', 'a']);
  });

  it('returns pages that follow each other', async () => {
    const all = await ids('/meetings/upcoming?from=2011-01-01&limit=1000');
    expect(all.length).toBeGreaterThan(5);
    expect((await fetchAllPages(book, '/meetings/upcoming?from=2011-01-01', 2)).map(({ id }) => id)).toEqual(
      all,
    );
    expect((await fetchAllPages(book, '/meetings', 3)).map(({ id }) => id)).toEqual(
      await ids('/meetings?limit=1000'),
    );
  });
});

describe('a wrong attribution', () => {
  it('is corrected without being erased', async () => {
    const createStatement = (speaker: string) =>
      recordStatement(getMeetingId('a'), 's', 'Nyet.', { speaker });
    await book.recordCommands(planMeeting('a', '2011-06-01'), openMeeting(getMeetingId('a'), '2011-06-01'));
    const before = await book.recordCommands(createStatement('boris'));
    await book.recordCommands(correctFact(`meeting-${getMeetingId('a')}@2`, createStatement('anna')));
    const speakers = async (query: string) =>
      (await items(`/statements?meeting=${getMeetingId('a')}${query}`)).map(({ speaker, corrected, correction }) => [speaker, corrected, correction?.original.speaker]); // prettier-ignore
    expect(await speakers('')).toEqual([['anna', true, 'boris']]);
    expect(await speakers('&speaker=boris')).toEqual([]);
    expect(await speakers(`&speaker=boris&asOf=${before}`)).toEqual([['boris', undefined, undefined]]);
    expect(await speakers(`&speaker=anna&asOf=${before}`)).toEqual([]);
  });
});

describe('a source', () => {
  it('is shown with every fact that cites it, amendments and what was corrected among them', async () => {
    const cited = { sources: [{ source: 'press', locator: 'p. 9' }] };
    const registered = registerOrganization(getMeetingId('x'), cited);
    await book.recordCommands(registered, correctFact(`organization-${getMeetingId('x')}@0`, registerOrganization(getMeetingId('x'), { ...cited, name: 'X' }), 'A slip.', cited), disputeFact(`organization-${getMeetingId('x')}@0`, 'It is called Y.', cited), ['corroborate-fact', { fact: `organization-${getMeetingId('x')}@0`, ...cited }]); // prettier-ignore
    const facts = (await fetchAllPages(book, '/sources/press/facts')).filter(({ stream }) =>
      stream.endsWith(getMeetingId('x')),
    );
    expect(facts.map(({ type, revision, entry, former }) => [type, revision, entry, former])).toEqual([
      ['OrganizationRegistered', 0, book.headEntry - 3, true],
      ['OrganizationRegistered', 0, book.headEntry - 2, undefined],
      ['FactCorrected', 1, book.headEntry - 2, undefined],
      ['FactDisputed', 2, book.headEntry - 1, undefined],
      ['FactCorroborated', 3, book.headEntry, undefined],
    ]);
    expect((await book.get('/sources/nowhere')).status).toBe(404);
  });
});
