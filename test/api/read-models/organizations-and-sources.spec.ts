import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { admitMember, cstoCommands, endMembership, registerState } from '../../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

const createDay = (edtf: string) => ({ edtf, earliest: edtf, latest: edtf });

/** What no fact of these memberships says. */
const NOTHING_SAID = { notified: null, decided: null, instrument: null, onBehalfOf: null, notices: [] };
const NOTHING_MORE = {
  ...NOTHING_SAID,
  ...{ until: null, category: null, votingRight: null, votes: null, stage: null, suspension: null },
};
const NO_MORE_STEPS = {
  ...NOTHING_SAID,
  ...{ endInstrument: null, endNotice: null, categories: [], votingRights: [], successions: [] },
};
/** Of a membership in an alliance that was founded later, on its treaty. */
const BEFORE_FOUNDED = { conflict: true, conflicts: ['before-founded'] };

describe('who belongs', () => {
  let book: TestServer;
  /** The entry of each of the events. */
  const at: Record<string, number> = {};
  beforeAll(async () => {
    book = await startTestServer();
    await book.recordCommands(...cstoCommands);
    const say = async (name: string, command: readonly [string, object]) =>
      (at[name] = await book.recordCommands(command));
    await say('suspended', [
      'suspend-participation',
      { organization: 'csto', member: 'armenia', effective: '2024-02-23', by: 'member' },
    ]);
    await say('maybe left', endMembership('kazakhstan', '[2030-01-01..2030-12-31]'));
    await say('suspended on', [
      'suspend-participation',
      { organization: 'csto', member: 'kazakhstan', effective: '2020', by: 'organization' },
    ]);
    await say('resumed', [
      'resume-participation',
      { organization: 'csto', member: 'kazakhstan', effective: '2021-06-01' },
    ]);
    await say('another', [
      'register-organization',
      { organization: 'cis', name: 'Commonwealth', classification: 'intergovernmental' },
    ]);
    await say('cis', ['admit-member', { organization: 'cis', member: 'armenia', effective: '1991-12-21' }]);
    await say('csto in cis', ['admit-member', { organization: 'cis', member: 'csto', effective: '2003' }]);
  });
  afterAll(cleanUp);

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- responses are inspected without types
  const members = async (on: string, more = ''): Promise<Record<string, any>> =>
    Object.fromEntries(
      (await book.get(`/organizations/csto/members?on=${on}${more}`)).json.items.map(
        (item: { member: string }) => [item.member, item],
      ),
    );

  it('is shown for a day, with its entries', async () => {
    const found = await members('2007-01-01');
    expect(found['armenia']).toEqual({
      member: 'armenia',
      name: 'Armenia',
      since: createDay('1992-05-15'),
      participation: 'active',
      certainty: 'certain',
      entries: [7],
      ...NOTHING_MORE,
      ...BEFORE_FOUNDED,
    });
    expect(Object.keys(found)).toEqual(['armenia', 'kazakhstan', 'uzbekistan']);
    expect(found['uzbekistan']).toMatchObject({ since: createDay('2006-08-16'), entries: [11] });
  });

  it('lasts from the day of joining to the day before that of leaving', async () => {
    const uzbekistan = async (on: string) =>
      (await members(on))['uzbekistan']?.since.edtf as string | undefined;
    expect(await uzbekistan('1992-05-14')).toBeUndefined();
    expect(await uzbekistan('1992-05-15')).toBe('1992-05-15');
    expect(await uzbekistan('1999-04-01')).toBe('1992-05-15');
    expect(await uzbekistan('1999-04-02')).toBeUndefined();
    expect(await uzbekistan('2006-08-15')).toBeUndefined();
    expect(await uzbekistan('2006-08-16')).toBe('2006-08-16');
  });

  it('is possible while the dates allow both', async () => {
    const kazakhstan = async (on: string) =>
      (await members(on))['kazakhstan']?.certainty as string | undefined;
    expect(await kazakhstan('1991-12-31')).toBeUndefined();
    expect(await kazakhstan('1992-01-01')).toBe('possible');
    expect(await kazakhstan('1992-12-30')).toBe('possible');
    expect(await kazakhstan('1992-12-31')).toBe('certain'); // the latest day on which it can have begun
    expect(await kazakhstan('2029-12-31')).toBe('certain');
    expect(await kazakhstan('2030-01-01')).toBe('possible');
    expect(await kazakhstan('2030-12-30')).toBe('possible');
    expect(await kazakhstan('2030-12-31')).toBeUndefined();
    expect((await members('1992-06-01'))['kazakhstan'].since).toEqual({
      edtf: '1992',
      earliest: '1992-01-01',
      latest: '1992-12-31',
    });
  });

  it('is suspended where that is certain, with the entry of the suspension', async () => {
    const standing = async (member: string, on: string) => {
      const { participation, entries } = (await members(on))[member];
      return [participation, entries] as unknown;
    };
    expect(await standing('armenia', '2024-02-22')).toEqual(['active', [7]]);
    expect(await standing('armenia', '2024-02-23')).toEqual(['suspended', [7, at['suspended']]]);
    expect(await standing('kazakhstan', '2020-06-01')).toEqual(['active', [8]]);
    expect(await standing('kazakhstan', '2020-12-31')).toEqual(['suspended', [8, at['suspended on']]]);
    expect(await standing('kazakhstan', '2021-05-31')).toEqual(['suspended', [8, at['suspended on']]]);
    expect(await standing('kazakhstan', '2021-06-01')).toEqual(['active', [8]]);
  });

  it('is shown as of an entry', async () => {
    const then = await members('2025-01-01', `&asOf=${(at['suspended'] ?? 0) - 1}`);
    expect(then['armenia'].participation).toBe('active');
    expect((await members('2025-01-01'))['armenia'].participation).toBe('suspended');
  });

  it('is shown for today by default', async () => {
    const { headers, json } = await book.get('/organizations/csto/members');
    const today = new Date().toISOString().slice(0, 10);
    expect(headers.get('content-location')).toContain(`on=${today}`);
    expect(json.items).toEqual(Object.values(await members(today)));
  });

  it('has names in the requested language, otherwise as registered', async () => {
    const armenia = async (headers: Record<string, string>, more = '') =>
      (await book.get(`/organizations/csto/members?on=2007-01-01${more}`, headers)).json.items[0]
        .name as string;
    expect(await armenia({})).toBe('Armenia');
    expect(await armenia({ 'accept-language': 'hy-AM, ru;q=0.5' })).toBe('Հայաստան');
    expect(await armenia({ 'accept-language': 'ru;q=0.5, hy;q=0.4' })).toBe('Армения');
    expect(await armenia({ 'accept-language': 'ja, *' })).toBe('Armenia');
    expect(await armenia({ 'accept-language': 'ru' }, '&lang=hy')).toBe('Հայաստան');
    expect(await armenia({ 'accept-language': 'ru' }, '&lang=ja,HY')).toBe('Հայաստան');
    expect(await armenia({ 'accept-language': 'ru' }, '&lang=und')).toBe('Armenia');
  });

  it('is listed for the member as well', async () => {
    const { items } = (await book.get('/organizations/armenia/memberships?on=2007-01-01&lang=ru')).json;
    expect(items).toEqual([
      { organization: 'cis', name: 'Commonwealth', since: createDay('1991-12-21'), participation: 'active', certainty: 'certain', entries: [at['cis']], ...NOTHING_MORE },
      { organization: 'csto', name: 'Организация Договора о коллективной безопасности', since: createDay('1992-05-15'), participation: 'active', certainty: 'certain', entries: [7], ...NOTHING_MORE, ...BEFORE_FOUNDED },
    ]); // prettier-ignore
    expect((await book.get('/organizations/csto/memberships?on=2007-01-01')).json.items).toMatchObject([
      { organization: 'cis' },
    ]);
    expect((await book.get('/organizations/cis/memberships')).json.items).toEqual([]);
  });

  it('has a history, with every gap', async () => {
    const { items } = (await book.get('/organizations/csto/membership-history')).json;
    const of = (member: string) => items.find((item: { member: string }) => item.member === member);
    expect(of('uzbekistan')).toEqual({
      member: 'uzbekistan',
      name: 'Uzbekistan',
      intervals: [
        { from: createDay('1992-05-15'), to: createDay('1999-04-02'), endReason: 'not-renewed', participation: [], entries: [9, 10], ...NO_MORE_STEPS, ...BEFORE_FOUNDED },
        { from: createDay('2006-08-16'), to: null, endReason: null, participation: [], entries: [11], ...NO_MORE_STEPS },
      ],
    }); // prettier-ignore
    expect(of('armenia').intervals[0].participation).toEqual([
      {
        from: createDay('2024-02-23'),
        to: null,
        by: 'member',
        participation: 'suspended',
        ...{ suspendedBy: null, scope: null, reason: null },
        ...{ notified: null, decided: null, instrument: null },
      },
    ]);
    const [kazakhstan] = of('kazakhstan').intervals;
    expect(kazakhstan).toMatchObject({
      participation: [{ from: { edtf: '2020' }, to: createDay('2021-06-01'), by: 'organization' }],
      entries: [8, at['maybe left'], at['suspended on'], at['resumed']],
    });
    expect(items.map(({ member }: { member: string }) => member)).not.toContain('azerbaijan');
  });
});

describe('a corrected fact', () => {
  let book: TestServer;
  beforeAll(async () => {
    book = await startTestServer();
    await book.recordCommands(...cstoCommands);
  });
  afterAll(cleanUp);
  const member = async (id: string, more: string) =>
    (await book.get(`/organizations/csto/members?on=${more}`)).json.items.find(
      (item: { member: string }) => item.member === id,
    );

  it('has the corrected data from the entry of the correction on', async () => {
    const entry = await book.recordCommands([
      'correct-fact',
      {
        fact: 'membership-csto:kazakhstan@0',
        with: admitMember('kazakhstan', '1993-05-01')[1],
        reason: 'misread',
      },
    ]);
    expect(await member('kazakhstan', '2000-01-01')).toMatchObject({
      since: createDay('1993-05-01'),
      entries: [entry],
    });
    expect(await member('kazakhstan', `2000-01-01&asOf=${entry - 1}`)).toMatchObject({
      since: { edtf: '1992' },
      entries: [8],
    });
  });

  it('is absent once it is retracted, and shown as of earlier entries', async () => {
    const entry = await book.recordCommands([
      'retract-fact',
      { fact: 'membership-csto:uzbekistan@2', reason: 'never' },
    ]);
    expect(await member('uzbekistan', '2010-01-01')).toBeUndefined();
    expect(await member('uzbekistan', `2010-01-01&asOf=${entry - 1}`)).toMatchObject({ entries: [11] });
    expect(await member('uzbekistan', '1995-01-01')).toMatchObject({ entries: [9] });
  });

  it('is shown with the claim if it is disputed', async () => {
    const entry = await book.recordCommands([
      'dispute-fact',
      {
        fact: 'membership-csto:armenia@0',
        claim: 'It joined in 1993',
        sources: [{ source: 'treaty', locator: 'p. 9' }],
      },
    ]);
    const disputed = {
      disputed: true,
      disputes: [{ entry, claim: 'It joined in 1993', sources: [{ source: 'treaty', locator: 'p. 9' }] }],
    };
    expect(await member('armenia', '2000-01-01')).toMatchObject({
      since: createDay('1992-05-15'),
      ...disputed,
    });
    expect(await member('armenia', `2000-01-01&asOf=${entry - 1}`)).not.toHaveProperty('disputed');
    const { items } = (await book.get('/organizations/csto/membership-history')).json;
    expect(items[0].intervals[0]).toMatchObject(disputed);
  });
});

describe('the directory', () => {
  let book: TestServer;
  beforeAll(async () => {
    book = await startTestServer();
    await book.recordCommands(
      ...cstoCommands,
      ['rename-organization', { organization: 'csto', name: 'Treaty Organization', abbreviation: 'TO', names: { ru: 'ОДКБ' }, effective: '2010' }],
      ['register-organization', { organization: 'csto-council', name: 'Council', classification: 'council', partOf: 'csto' }],
      ['register-organization', { organization: 'csto-staff', name: 'Joint Staff', classification: 'force', partOf: 'csto', country: 'RU', identifiers: { wikidata: 'Q1' } }],
      ['acquire-legal-status', { organization: 'csto', status: 'observer', grantedBy: 'csto-council', instrument: { title: 'Resolution', symbol: 'A/59/50' }, effective: '2004-12-02', sources: [{ source: 'treaty' }] }],
      ['register-organization', { organization: 'gone', name: 'Gone', classification: 'company' }],
      ['dissolve-organization', { organization: 'gone', effective: '2015', reason: 'merged' }],
    ); // prettier-ignore
  });
  afterAll(cleanUp);
  const ids = async (query: string) =>
    (await book.get(`/organizations${query}`)).json.items.map(({ id }: { id: string }) => id) as string[];

  it('lists organizations by id, under the names of a day', async () => {
    expect((await book.get('/organizations?on=2009-12-31&limit=3')).json.items[2]).toEqual({
      id: 'csto',
      name: 'Collective Security Treaty Organization',
      abbreviation: 'CSTO',
      classification: 'intergovernmental',
      partOf: null,
    });
    const csto = (await book.get('/organizations?on=2011-01-01')).json.items[2];
    expect(csto).toMatchObject({ name: 'Treaty Organization', abbreviation: 'TO' });
  });

  it('filters by parent, classification and name, current or former, in any script and case', async () => {
    expect(await ids('?partOf=csto')).toEqual(['csto-council', 'csto-staff']);
    expect(await ids('?partOf=csto&classification=force')).toEqual(['csto-staff']);
    expect(await ids('?classification=company')).toEqual(['gone']);
    for (const q of ['security', 'COLLECTIVE', 'to', 'одкб', 'БЕЗОПАСНОСТИ', 'otsc'])
      expect(await ids(`?q=${encodeURIComponent(q)}`)).toContain('csto');
    expect(await ids(`?q=${encodeURIComponent('հայաստան')}`)).toEqual(['armenia']);
    expect(await ids('?q=zzz')).toEqual([]);
    expect(await ids(`?q=${encodeURIComponent('%')}`)).toEqual([]); // not a wildcard
    expect(await ids('?partOf=nowhere')).toEqual([]);
  });

  it('shows everything about one organization', async () => {
    const { json } = await book.get('/organizations/csto?on=2005-01-01&lang=fr');
    expect(json).toEqual({
      id: 'csto',
      name: 'OTSC',
      abbreviation: 'CSTO',
      classification: 'intergovernmental',
      partOf: null,
      founded: createDay('2002-10-07'),
      country: null,
      purpose: 'Collective defence',
      identifiers: {},
      legalStatuses: [
        {
          status: 'observer',
          grantedBy: 'csto-council',
          effective: createDay('2004-12-02'),
          instrument: { title: 'Resolution', symbol: 'A/59/50' },
          entry: 15,
        },
      ],
      bodies: ['csto-council', 'csto-staff'],
      names: [
        {
          name: 'Collective Security Treaty Organization',
          abbreviation: 'CSTO',
          names: { ru: 'Организация Договора о коллективной безопасности', fr: 'OTSC' },
          effective: null,
          entry: 2,
        },
        {
          name: 'Treaty Organization',
          abbreviation: 'TO',
          names: { ru: 'ОДКБ' },
          effective: { edtf: '2010', earliest: '2010-01-01', latest: '2010-12-31' },
          entry: 12,
        },
      ],
      dissolved: null,
      entry: 2,
    });
    const name = async (on: string) => (await book.get(`/organizations/csto?on=${on}`)).json.name as string;
    expect(await name('2010-12-30')).toMatch(/^Collective/);
    expect(await name('2010-12-31')).toBe('Treaty Organization'); // certain from here on
    expect((await book.get('/organizations/csto-staff')).json).toMatchObject({
      partOf: 'csto',
      country: 'RU',
      identifiers: { wikidata: 'Q1' },
    });
    expect((await book.get('/organizations/gone')).json.dissolved).toMatchObject({
      effective: { edtf: '2015' },
      reason: 'merged',
    });
  });

  it('shows a corrected and a disputed name', async () => {
    const corrected = await book.recordCommands(
      registerState('burma', 'Burma'),
      ['correct-fact', { fact: 'organization-burma@0', with: registerState('burma', 'Myanmar')[1], reason: 'The name in the charter.' }],
    ); // prettier-ignore
    await book.recordCommands(['dispute-fact', { fact: 'organization-burma@0', claim: 'Burma' }]);
    expect((await book.get('/organizations/burma')).json).toMatchObject({ name: 'Myanmar', disputed: true });
    expect((await book.get(`/organizations/burma?asOf=${corrected - 1}`)).json.name).toBe('Burma');
    expect(await ids('?q=burma')).toEqual([]);
    expect(await ids(`?q=burma&asOf=${corrected - 1}`)).toEqual(['burma']);
  });
});

describe('a source', () => {
  let book: TestServer;
  beforeAll(async () => {
    book = await startTestServer();
    await book.recordCommands(...cstoCommands, [
      'dispute-fact',
      { fact: 'membership-csto:armenia@0', claim: 'no', sources: [{ source: 'treaty', locator: 'p. 2' }] },
    ]);
  });
  afterAll(cleanUp);

  const TREATY = {
    id: 'treaty',
    title: 'Collective Security Treaty',
    publisher: 'Secretariat',
    published: createDay('1992-05-15'),
    url: 'https://example.org/treaty',
    language: 'ru',
    sha256: null,
  };

  it('is shown with the facts that cite it', async () => {
    expect((await book.get('/sources')).json.items).toEqual([TREATY]);
    const { items } = (await book.get('/sources/treaty/facts')).json;
    expect(items).toMatchObject([
      { entry: 7, stream: 'membership-csto:armenia', revision: 0, type: 'MemberJoined', locator: 'p. 1' },
      { entry: 9, stream: 'membership-csto:uzbekistan', revision: 0, type: 'MemberJoined', locator: null },
      { entry: 12, stream: 'membership-csto:armenia', revision: 1, type: 'FactDisputed', locator: 'p. 2' },
    ]);
    for (const { entry, event } of items)
      expect((await book.get(`/events/${event as string}`)).json.entry).toBe(entry);
    const { facts, allFacts, hasMoreFacts, ...words } = (await book.get('/sources/treaty')).json;
    expect(words).toEqual(TREATY);
    expect(facts).toEqual(items);
    expect([allFacts, hasMoreFacts]).toEqual(['/sources/treaty/facts', false]);
  });

  it('of very many facts shows the first of them and a link to the others', async () => {
    const many = Array.from({ length: 120 }, (_, n) => ({
      command: 'rename-organization',
      data: { organization: 'csto', name: `Name ${n}`, effective: '2001', sources: [{ source: 'treaty' }] },
    }));
    await book.sendLines(many);
    const { json } = await book.get('/sources/treaty');
    expect([json.facts.length, json.hasMoreFacts]).toEqual([100, true]);
    expect((await book.get(`${json.allFacts as string}?limit=1000`)).json.items).toHaveLength(123);
  });
});
