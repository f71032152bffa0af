// Periods of members, observers and office holders, where lists of secretariats often go wrong.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  correctFact,
  councilCommands,
  registerOrganization,
  disputeFact,
  registerPerson,
  retractFact,
} from './support/council-commands.js';

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
/** Each case has an organization of its own, so that they are independent. */
let convener = 'council';
let cases = 0;
beforeEach(async () => {
  convener = `council-${++cases}`;
  await book.recordCommands(registerOrganization(convener));
});

describe('members and observers', () => {
  const admitMember = (member: string, effective: string) =>
    ['admit-member', { organization: convener, member, effective }] as const;
  const grantStatus = (observer: string, effective: string, kind = 'observer') =>
    [
      'grant-observer-status',
      { organization: convener, observer, kind, effective, grantedBy: 'council' },
    ] as const;

  it('shows two intervals when a member left and joined again', async () => {
    await book.recordCommands(
      admitMember('arendal', '1992'),
      [
        'end-membership',
        { organization: convener, member: 'arendal', effective: '1999-04-02', reason: 'withdrew' },
      ],
      admitMember('arendal', '2006-08'),
    );
    const [history] = await items(`/organizations/${convener}/membership-history`);
    expect(history.intervals.map(({ from, to }: any) => [from.edtf, to?.edtf])).toEqual([['1992', '1999-04-02'], ['2006-08', undefined]]); // prettier-ignore
    expect(await items(`/organizations/${convener}/members?on=2003-01-01`)).toEqual([]);
  });

  it('accepts events that are valid only together', async () => {
    const ended = ['end-membership', { organization: convener, member: 'arendal', effective: '1999', reason: 'withdrew' }] as const; // prettier-ignore
    const over = (effective: string) => ['end-observer-status', { organization: convener, observer: 'arendal', reason: 'lapsed', effective }] as const; // prettier-ignore
    const fact = (stream: string, revision: number) => `${stream}-${convener}:arendal@${revision}`;
    await book.recordCommands(admitMember('arendal', '2006'), grantStatus('arendal', '2006'));
    for (const group of [
      [admitMember('arendal', '1992'), ended],
      [grantStatus('arendal', '1992'), over('1999')],
      [correctFact(fact('observership', 0), grantStatus('arendal', '2010')), correctFact(fact('observership', 2), over('2009'))], // prettier-ignore
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

  it('marks an observer that is also a member where both are certain', async () => {
    await book.recordCommands(
      grantStatus('arendal', '2000', 'partner'),
      admitMember('arendal', '2001'),
      grantStatus('borduria', '2000'),
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

  it('marks an observer whose status is disputed, also when a correction is disputed', async () => {
    await book.recordCommands(grantStatus('cordoba', '2000'), correctFact(`observership-${convener}:cordoba@0`, grantStatus('cordoba', '2001'))); // prettier-ignore
    const [plain] = await items(`/organizations/${convener}/observers?on=2002-01-01`);
    expect(plain).not.toHaveProperty('disputed');
    await book.recordCommands(disputeFact(`observership-${convener}:cordoba@1`, 'It was 2000 after all.'));
    const [marked] = await items(`/organizations/${convener}/observers?on=2002-01-01`);
    expect(marked).toMatchObject({ since: { edtf: '2001' }, disputed: true, disputes: [{ claim: 'It was 2000 after all.' }] }); // prettier-ignore
  });

  it('shows the first disputes of a status by number and length, and counts the others', async () => {
    await book.recordCommands(grantStatus('cordoba', '2000'));
    const fact = `observership-${convener}:cordoba@0`;
    const claims = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(30_000));
    await book.recordCommands(...claims.map((claim) => disputeFact(fact, claim)));
    const [marked] = await items(`/organizations/${convener}/observers?on=2002-01-01`);
    expect(marked.disputes.map(({ claim, more }: any) => [claim[0], more])).toEqual([['a', undefined], ['b', 2]]); // prettier-ignore
    expect(JSON.stringify(marked).length).toBeLessThan(65_536);
  });
});

describe('office holders', () => {
  const assumeOffice = (who: string, office: string, effective: string) =>
    ['assume-office', { person: who, office, organization: convener, effective }] as const;
  const leaveOffice = (who: string, office: string, effective: string) =>
    ['leave-office', { person: who, office, organization: convener, effective }] as const;
  const listOfficeHolders = async (day: string, asOf?: number) =>
    (
      await items(`/organizations/${convener}/offices?on=${day}${asOf === undefined ? '' : `&asOf=${asOf}`}`)
    ).map(({ office, person, since, until, certainty }) => [
      office,
      person,
      since.edtf,
      until?.edtf,
      certainty,
    ]);

  it('are shown with their certainty, by organization and by person', async () => {
    await book.recordCommands(assumeOffice('anna', 'Chair', '2001'), leaveOffice('anna', 'Chair', '2005-06'), assumeOffice('boris', 'Clerk', '2003-03-03')); // prettier-ignore
    expect(await listOfficeHolders('2001-06-01')).toEqual([['Chair', 'anna', '2001', '2005-06', 'possible']]);
    expect(await listOfficeHolders('2004-01-01')).toEqual([['Chair', 'anna', '2001', '2005-06', 'certain'], ['Clerk', 'boris', '2003-03-03', undefined, 'certain']]); // prettier-ignore
    expect(await listOfficeHolders('2005-06-15')).toMatchObject([
      ['Chair', 'anna', '2001', '2005-06', 'possible'],
      {},
    ]);
    expect(await listOfficeHolders('2005-07-01')).toMatchObject([
      ['Clerk', 'boris', '2003-03-03', undefined, 'certain'],
    ]);
    const ofAnna = (await items('/people/anna/offices?on=2004-01-01')).filter(({ organization }) => organization === convener); // prettier-ignore
    expect(ofAnna).toMatchObject([{ office: 'Chair', personName: 'Anna Archer', certainty: 'certain' }]);
  });

  it('appear once where two terms may include the day: the certain one, or else the later', async () => {
    await book.recordCommands(assumeOffice('anna', 'Chair', '1992'), leaveOffice('anna', 'Chair', '1999'), assumeOffice('anna', 'Chair', '[1999..2001]')); // prettier-ignore
    expect(await listOfficeHolders('1999-06-01')).toEqual([
      ['Chair', 'anna', '[1999..2001]', undefined, 'possible'],
    ]);
    expect(await listOfficeHolders('1998-06-01')).toEqual([['Chair', 'anna', '1992', '1999', 'certain']]);
    const before = await book.recordCommands(
      leaveOffice('anna', 'Chair', '2002'),
      assumeOffice('anna', 'Chair', '2002-03-01'),
    );
    expect(await listOfficeHolders('2002-06-01')).toEqual([
      ['Chair', 'anna', '2002-03-01', undefined, 'certain'],
    ]);
    await book.recordCommands(retractFact('person-anna@' + String((await book.get('/streams/person-anna?limit=1000')).json.items.at(-1).revision))); // prettier-ignore
    expect(await listOfficeHolders('2002-06-01')).toEqual([
      ['Chair', 'anna', '[1999..2001]', '2002', 'possible'],
    ]);
    expect(await listOfficeHolders('2002-06-01', before)).toEqual([
      ['Chair', 'anna', '2002-03-01', undefined, 'certain'],
    ]);
  });

  it('accept terms that are valid only together', async () => {
    await book.recordCommands(assumeOffice('boris', 'Chair', '2006'));
    const { status } = await book.sendGroup([
      assumeOffice('boris', 'Chair', '1992'),
      leaveOffice('boris', 'Chair', '1999'),
    ]);
    expect(status).toBe(201);
    expect(await listOfficeHolders('1995-01-01')).toEqual([['Chair', 'boris', '1992', '1999', 'certain']]);
    expect(await listOfficeHolders('2007-01-01')).toEqual([['Chair', 'boris', '2006', undefined, 'certain']]);
  });

  it('are found by their names in every language', async () => {
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
