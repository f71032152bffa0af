// What a member is on a day beyond being one: category, votes, notices, stages of a treaty, successions.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { councilCommands, registerOrganization, retractFact } from './support/council-commands.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

let book: TestServer;
let union = '';
let cases = 0;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...councilCommands);
});
beforeEach(async () => {
  union = `union-${++cases}`;
  await book.recordCommands(registerOrganization(union));
});
afterAll(cleanUp);

const record = (name: string, effective: string, more: object = {}, member = 'arendal') =>
  book.recordCommands([name, { organization: union, member, effective, ...more }]);
const items = async (path: string): Promise<any[]> => {
  const { status, json, text } = await book.get(`/organizations/${union}/${path}`);
  if (status !== 200) throw new Error(text);
  return json.items;
};
const member = async (day: string): Promise<any> => (await items(`members?on=${day}`))[0];
const listMembers = async (filter: string): Promise<string[]> =>
  (await items(`members?${filter}`)).map((each) => each.member as string);

describe('the category of a member', () => {
  it('is that of its admission until it changes, and null while several are possible', async () => {
    await record('admit-member', '2000-01-01', { category: 'candidate', onBehalfOf: 'borduria' });
    await record('change-category', '2010', { category: 'full' });
    expect(await member('2005-01-01')).toMatchObject({ category: 'candidate', onBehalfOf: 'borduria' });
    expect(await member('2010-06-01')).toMatchObject({ category: null, categoryCertainty: 'possible' });
    expect(await member('2011-01-01')).toMatchObject({ category: 'full' });
  });
  it('selects members; none are those of which nothing is said', async () => {
    await record('admit-member', '2000-01-01', { category: 'full' });
    await record('admit-member', '2000-01-01', {}, 'borduria');
    expect(await listMembers('on=2005-01-01&category=full')).toEqual(['arendal']);
    expect(await listMembers('on=2005-01-01&category=none')).toEqual(['borduria']);
    expect(await listMembers('on=2005-01-01&category=associate')).toEqual([]);
  });
});

describe('the voting right of a member', () => {
  it('is true, false, or null where nothing is said or it is uncertain', async () => {
    await record('admit-member', '2000-01-01');
    await record('grant-voting-right', '2001-01-01', { votes: 3 });
    await record('withdraw-voting-right', '2005', { reason: 'arrears' });
    expect(await member('2000-06-01')).toMatchObject({ votingRight: null, votes: null });
    expect(await member('2000-06-01')).not.toHaveProperty('votingRightCertainty');
    expect(await member('2001-01-01')).toMatchObject({ votingRight: true, votes: 3 });
    expect(await member('2005-06-01')).toMatchObject({ votingRight: null, votingRightCertainty: 'possible' });
    expect(await member('2006-01-01')).toMatchObject({ votingRight: false, votes: null });
    expect(await listMembers('on=2002-01-01&votingRight=true')).toEqual(['arendal']);
    expect(await listMembers('on=2006-01-01&votingRight=false')).toEqual(['arendal']);
    expect(await listMembers('on=2000-06-01&votingRight=none')).toEqual(['arendal']);
    expect(await listMembers('on=2005-06-01&votingRight=none')).toEqual([]);
  });
  it('is null again after the member has joined again', async () => {
    await record('admit-member', '2000-01-01');
    await record('withdraw-voting-right', '2001-01-01');
    await record('end-membership', '2002-01-01');
    await record('admit-member', '2003-01-01');
    expect(await member('2001-06-01')).toMatchObject({ votingRight: false, until: { edtf: '2002-01-01' } });
    expect(await member('2004-01-01')).toMatchObject({ votingRight: null });
  });
});

describe('participation', () => {
  it('that was left without a suspension is no suspension', async () => {
    await record('admit-member', '1948-01-01');
    await record('suspend-participation', '1962-01-31', {
      scope: 'all organs',
      reason: 'incompatible',
      suspendedBy: 'council',
    });
    await record('leave-participation', '2009-06-03');
    expect(await member('1990-01-01')).toMatchObject({
      participation: 'suspended',
      suspension: { by: null, scope: 'all organs', reason: 'incompatible', suspendedBy: 'council' },
    });
    expect(await member('2010-01-01')).toMatchObject({
      participation: 'not-participating',
      suspension: null,
    });
    const [history] = await items('membership-history');
    expect(history.intervals[0].participation).toMatchObject([
      { participation: 'suspended', to: { edtf: '2009-06-03' }, scope: 'all organs' },
      { participation: 'not-participating', to: null },
    ]);
  });
});

describe('a notice of withdrawal', () => {
  it('ends nothing: from the last day of its effect on the membership is possible, until an end is recorded', async () => {
    await record('admit-member', '1973-01-01');
    await record('give-notice', '2017-03-29', { notice: 'n', of: 'withdrawal', takesEffect: '2019-03-29' });
    await record('postpone-notice', '2019-03-22', { notice: 'n', takesEffect: '2020-01-31' });
    expect(await member('2016-01-01')).toMatchObject({ notices: [], until: null, notified: null });
    expect(await member('2018-01-01')).toMatchObject({
      until: { edtf: '2019-03-29' },
      notified: { edtf: '2017-03-29' },
      certainty: 'certain',
      notices: [{ notice: 'n', of: 'withdrawal', takesEffect: { edtf: '2019-03-29' }, postponed: [] }],
    });
    expect(await member('2020-01-30')).toMatchObject({ until: { edtf: '2020-01-31' }, certainty: 'certain' });
    expect(await member('2020-01-31')).toMatchObject({ certainty: 'possible' });
    const ended = await record('end-membership', '2020-02-01', { notice: 'n', decided: '2020-01-29' });
    expect(await member('2020-01-31')).toMatchObject({
      until: { edtf: '2020-02-01' },
      decided: { edtf: '2020-01-29' },
      certainty: 'certain',
    });
    expect(await items('members?on=2020-02-01')).toEqual([]);
    const before = await book.get(`/organizations/${union}/members?on=2020-02-01&asOf=${ended - 1}`);
    expect(before.json.items).toMatchObject([{ certainty: 'possible' }]);
    const { json } = await book.get(`/audit/changes?from=${ended - 1}&to=${ended}&projection=membership`);
    expect(json.items[0].after.intervals[0]).toMatchObject({ endNotice: 'n', to: { edtf: '2020-02-01' } });
  });
  it('has no effect once it is rescinded, and has it again when the rescission is retracted', async () => {
    await record('admit-member', '1973-01-01');
    await record('give-notice', '2010-01-01', { notice: 'n', of: 'withdrawal', takesEffect: '2011-01-01' });
    await record('rescind-notice', '2010-06-01', { notice: 'n', reason: 'elections' });
    expect(await member('2010-03-01')).toMatchObject({ until: { edtf: '2011-01-01' } });
    expect(await member('2012-01-01')).toMatchObject({
      until: null,
      certainty: 'certain',
      notices: [{ rescinded: { edtf: '2010-06-01' }, reason: 'elections' }],
    });
    await book.recordCommands(retractFact(`membership-${union}:arendal@2`));
    expect(await member('2012-01-01')).toMatchObject({ certainty: 'possible' });
  });
});

describe('the parties to a treaty', () => {
  it('have stages, each from its day on, and need be no members', async () => {
    await record('sign-instrument', '1998-07-17');
    await record('apply-provisionally', '1999-01-01');
    await record('deposit-instrument', '2002-04-11', {
      kind: 'ratification',
      entersIntoForce: '2002-07-01',
      declarations: ['Article 124'],
    });
    await record('end-provisional-application', '2002-07-01');
    await record('sign-instrument', '2000-12-31', {}, 'borduria');
    const signed = await book.get(`/organizations/${union}/parties?stage=signed&on=2001-01-01`);
    expect(signed.json.items).toMatchObject([
      { member: 'arendal', stage: 'signed', since: { edtf: '1998-07-17' }, certainty: 'certain' },
      { member: 'borduria', fact: `membership-${union}:borduria@0` },
    ]);
    const withdrawn = await record(
      'withdraw-signature',
      '2002-05-06',
      { reason: 'no intention' },
      'borduria',
    );
    const list = async (stage: string, on: string) =>
      (await items(`parties?stage=${stage}&on=${on}`)).map((each) => each.member as string);
    expect(await list('signed', '2002-05-05')).toEqual(['arendal', 'borduria']);
    expect(await list('signed', '2002-05-06')).toEqual(['arendal']);
    expect(await list('provisional', '2000-01-01')).toEqual(['arendal']);
    expect(await list('provisional', '2003-01-01')).toEqual([]);
    expect(await items('parties?stage=ratified&on=2003-01-01')).toMatchObject([
      { kind: 'ratification', entersIntoForce: { edtf: '2002-07-01' }, declarations: ['Article 124'] },
    ]);
    expect(await items('members?on=2003-01-01')).toEqual([]);
    await record('admit-member', '2002-07-01');
    expect(await member('2003-01-01')).toMatchObject({ stage: 'ratified' });
    const { json } = await book.get(
      `/audit/changes?from=${withdrawn - 1}&to=${withdrawn}&projection=membership`,
    );
    expect(json.items.map(({ key }: any) => key)).toEqual([{ fact: `membership-${union}:borduria@0` }]);
  });
});

describe('a succession', () => {
  it('joins, and shows a predecessor that is certainly still a member', async () => {
    await record('admit-member', '1990-01-01', {}, 'borduria');
    await record('succeed-member', '1991-12-24', {
      predecessor: 'borduria',
      how: 'continuation',
      countedFrom: '1945',
    });
    expect(await member('1992-01-01')).toMatchObject({
      member: 'arendal',
      since: { edtf: '1991-12-24' },
      conflict: true,
      conflicts: ['predecessor-still-member'],
    });
    await record('end-membership', '1991-12-24', { reason: 'succeeded' }, 'borduria');
    expect(await member('1992-01-01')).not.toHaveProperty('conflict');
    const [history] = await items('membership-history');
    expect(history.intervals[0].successions).toMatchObject([
      { predecessor: 'borduria', how: 'continuation', countedFrom: { edtf: '1945' } },
    ]);
  });
  it('by a merger leaves the tenure of a member as it is, in whichever order the facts are recorded', async () => {
    await record('succeed-member', '1990-10-03', { predecessor: 'borduria', how: 'merger' });
    expect(await member('1995-01-01')).toMatchObject({ since: { edtf: '1990-10-03' } });
    await record('admit-member', '1973-09-18');
    expect(await member('1995-01-01')).toMatchObject({ since: { edtf: '1973-09-18' } });
    const [history] = await items('membership-history');
    expect(history.intervals).toHaveLength(1);
    expect(history.intervals[0].successions).toHaveLength(1);
    await book.recordCommands(retractFact(`membership-${union}:arendal@1`));
    expect(await member('1995-01-01')).toMatchObject({ since: { edtf: '1990-10-03' } });
  });
});

describe('observers that an organization had', () => {
  it('are listed with every observership, also those that a dissolution ended', async () => {
    const observed = { organization: union, observer: 'arendal' };
    await book.recordCommands(
      ['grant-observer-status', { ...observed, kind: 'observer', effective: '2000-01-01' }],
      ['end-observer-status', { ...observed, reason: 'lapsed', effective: '2001-01-01' }],
      ['grant-observer-status', { ...observed, effective: '2002-01-01' }],
      ['dissolve-organization', { organization: union, effective: '2010-01-01', successors: ['council'] }],
    );
    expect(await items('observer-history')).toMatchObject([
      {
        observer: 'arendal',
        intervals: [
          { from: { edtf: '2000-01-01' }, to: { edtf: '2001-01-01' }, endReason: 'lapsed', kind: 'observer' },
          { to: { edtf: '2010-01-01' }, endReason: 'organization-dissolved', kind: null },
        ],
      },
    ]);
    const { json } = await book.get(`/organizations/${union}`);
    expect(json.dissolved).toMatchObject({ effective: { edtf: '2010-01-01' }, successors: ['council'] });
  });
});

describe('what began before the organization was founded', () => {
  it('is a conflict', async () => {
    const founded = `${union}-founded`;
    await book.recordCommands(registerOrganization(founded, { founded: '1945' }));
    await book.recordCommands([
      'admit-member',
      { organization: founded, member: 'arendal', effective: '1900' },
    ]);
    const { json } = await book.get(`/organizations/${founded}/members?on=1950-01-01`);
    expect(json.items).toMatchObject([{ conflict: true, conflicts: ['before-founded'] }]);
    const history = await book.get(`/organizations/${founded}/membership-history`);
    expect(history.json.items[0].intervals).toMatchObject([{ conflicts: ['before-founded'] }]);
  });
});
