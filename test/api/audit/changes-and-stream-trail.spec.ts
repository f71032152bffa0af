// Auditing the CSTO ledger over HTTP: which items changed, from what to what, by which event, by which actor and why.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAllPages } from '../../projections/support/read-all-routes.js';
import { admitMember, cstoCommands, endMembership, registerState } from '../../support/csto-commands.js';
import { itEmbedded, REPLICATION_AWAITED_REASON } from '../../support/embedded-or-cluster.js';
import { readExampleHistory } from '../../support/example-book.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { type Change, ChangeVerifier } from './support/change-verifier.js';
import { getLink, parseLinks } from '../support/link-parser.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

/** One second apart. */
const getRecordedTime = (entry: number): string =>
  new Date(Date.UTC(2020, 0, 1) + entry * 1_000).toISOString();

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  const { results } = await book.sendLines(
    readExampleHistory().map((line, n) => ({
      ...line,
      recordedAt: getRecordedTime(n + 1),
    })),
  );
  expect([results.length, results.filter(({ status }) => status !== 201)]).toEqual([93, []]);
}, 60_000);
afterAll(cleanUp);

const getChanges = (query: string): Promise<Change[]> => fetchAllPages(book, `/audit/changes?${query}`);
const getTrail = (stream: string): Promise<any[]> => fetchAllPages(book, `/audit/trail/${stream}`);
const getIdentity = ({ entry, projection, list, key }: Change) => [entry, projection, list, key];
const getStatusAndCode = ({ status, json }: TestResponse) => [status, json.code as string];

describe('the membership of Uzbekistan in 2000', () => {
  const member = async (asOf: number) =>
    (await book.get(`/organizations/csto/members?on=2000-01-01&asOf=${asOf}`)).json.items.find(
      ({ member }: { member: string }) => member === 'uzbekistan',
    );

  it('is listed until its end is recorded, and the trail shows the event and the reason of each change', async () => {
    expect(await member(64)).toMatchObject({ certainty: 'possible', entries: [30] });
    expect(await member(82)).toMatchObject({ certainty: 'certain', entries: [81] });
    expect(await member(93)).toBeUndefined();

    const { status, headers, json } = await book.get('/audit/trail/membership-csto:uzbekistan');
    expect([status, headers.get('ledger-entry'), json.entry, json.next]).toEqual([200, '93', 93, null]);
    const items = json.items as any[];
    expect(items.map(({ entry, type, revision }) => [entry, type, revision])).toEqual([
      [30, 'MemberJoined', 0],
      [81, 'FactCorrected', 1],
      [83, 'MembershipEnded', 2],
      [84, 'MemberJoined', 3],
      [85, 'ParticipationSuspended', 4],
    ]);
    const [first, correction, end] = items;
    // The event as recorded, with the corrections of it.
    expect(first).toMatchObject({
      actor: 'admin',
      command: 'admit-member',
      recordedAt: getRecordedTime(30),
      data: { effective: '[..2011-05-31]', sources: [{ source: 'mfa-kz-2011-05-31' }] },
      correctedBy: { id: correction.id, entry: 81 },
      retractedBy: null,
      disputedBy: [],
      corroboratedBy: [],
    });
    expect(correction).toMatchObject({
      data: { checkedAgainst: 'treaty-1992', reason: 'The treaty gives the date of signature.' },
      correctedBy: null,
    });
    const getTenures = (changes: Change[]) =>
      changes
        .filter(({ list }) => list === '/organizations/csto/membership-history')
        .map(({ key, before, after, reason }) => [
          key,
          ...[before, after].map((item) => item?.['intervals'].map(({ from, endReason }: any) => [from.edtf, endReason])),
          reason,
        ]); // prettier-ignore
    const key = { member: 'uzbekistan' };
    expect(getTenures(first.changes)).toEqual([[key, undefined, [['[..2011-05-31]', null]], null]]);
    expect(getTenures(correction.changes)).toEqual([
      [key, [['[..2011-05-31]', null]], [['1992-05-15', null]], 'The treaty gives the date of signature.'],
    ]);
    expect(getTenures(end.changes)).toEqual([
      [key, [['1992-05-15', null]], [['1992-05-15', 'not-renewed']], 'not-renewed'],
    ]);
  });
});

describe('GET /audit/changes', () => {
  it('lists the items that changed between two entries, in one order', async () => {
    const rows = await getChanges('from=64&to=93');
    expect(rows.length).toBeGreaterThan(40);
    expect(new Set(rows.map(({ entry }) => entry)).size).toBeGreaterThan(20);
    const events = new Map(
      (await fetchAllPages(book, '/events')).map((event) => [event.entry as number, event]),
    );
    for (const row of rows) {
      expect(row.entry > 64 && row.entry <= 93).toBe(true);
      const { id, data, metadata } = events.get(row.entry);
      expect(row).toMatchObject({ event: id, actor: metadata.actor, reason: data.reason ?? null });
      expect(Object.keys(row).sort()).toEqual(
        ['projection', 'list', 'key', 'before', 'after', 'entry', 'event', 'actor', 'reason'].sort(),
      );
    }
    const order = rows.map((row) => JSON.stringify(getIdentity(row)));
    expect(new Set(order).size).toBe(order.length);
    const entryAndProjection = rows.map(({ entry, projection }) => `${entry} ${projection}`);
    expect(entryAndProjection).toEqual([...entryAndProjection].sort());
  });

  it('shows for every list and record what GET shows before and at the entry', async () => {
    const shown = new ChangeVerifier(book);
    const rows = await getChanges('from=0&to=93');
    for (const row of rows) await shown.check(row);
    const lists = new Set(rows.map(({ list }) => list.replace(/\?.*/, '')));
    expect([...lists]).toEqual(
      expect.arrayContaining([
        '/meetings',
        '/organizations',
        '/organizations/csto',
        '/organizations/csto/membership-history',
        '/organizations/un-ga/observers',
        '/people',
        '/people/yerzhan-kazykhanov/offices',
        '/sources',
        '/sources/mfa-kz-2011-05-31/facts',
        '/statements',
      ]),
    );
  });

  it('shows an amendment of an ended status on the last day on which the list shows it', async () => {
    const past = await startTestServer();
    await past.recordCommands(
      ...cstoCommands,
      ['grant-observer-status', { organization: 'csto', observer: 'armenia', kind: 'observer', effective: '1993' }],
      ['end-observer-status', { organization: 'csto', observer: 'armenia', reason: 'lapsed', effective: '1995-03-01' }],
    ); // prettier-ignore
    const events = await fetchAllPages(past, '/events');
    const { id, data } = events.find(({ type }) => type === 'ObserverStatusGranted');
    await past.recordCommands(['correct-fact', { fact: id, with: { ...data, kind: 'partner' }, reason: 'misread' }]); // prettier-ignore
    const changes = await fetchAllPages(past, `/audit/changes?from=${past.headEntry - 1}&projection=observers`); // prettier-ignore
    expect(changes).toMatchObject([
      {
        list: '/organizations/csto/observer-history',
        key: { observer: 'armenia' },
        before: { intervals: [{ kind: 'observer' }] },
        after: { intervals: [{ kind: 'partner' }] },
      },
      {
        list: '/organizations/csto/observers?on=1993-12-31',
        key: { observer: 'armenia' },
        before: { kind: 'observer' },
        after: { kind: 'partner' },
      },
    ]);
    for (const change of changes) await new ChangeVerifier(past).check(change);
  });

  it('shows a new name in the directory, and a name of the future in the record', async () => {
    const named = await startTestServer();
    await named.recordCommands(...cstoCommands);
    const rename = (name: string, effective: string) =>
      named.recordCommands(['rename-organization', { organization: 'armenia', name, effective }]);
    await rename('Hayastan', '1995');
    await rename('Hayk', '2999');
    const changes: Change[] = await fetchAllPages(named, `/audit/changes?from=${named.headEntry - 2}`);
    expect(changes.map(({ list, key }) => [list, key])).toEqual([
      ['/organizations', { id: 'armenia' }],
      ['/organizations/armenia', { id: 'armenia' }],
    ]);
    for (const change of changes) await new ChangeVerifier(named).check(change);
  });

  it('lists the same changes of a read model alone as together with the others', async () => {
    const rows = await getChanges('from=0&to=93');
    const projections = new Set(rows.map(({ projection }) => projection));
    const statuses = (await book.get('/projections')).json.items as { name: string }[];
    // Topics are counted from statements.
    expect([...projections, 'topics'].sort()).toEqual(statuses.map(({ name }) => name).sort());
    for (const { name } of statuses)
      expect(await getChanges(`projection=${name}`)).toEqual(
        rows.filter(({ projection }) => projection === name),
      );
  });

  it('returns pages of any size that stay the same while the ledger grows', async () => {
    const whole = await getChanges('from=64&to=93');
    for (const limit of [1, 7, 100]) {
      const found: Change[] = [];
      for (let next: string | null = `/audit/changes?from=64&to=93&limit=${limit}`; next !== null;) {
        const answer = await book.get(next);
        const { items, entry } = answer.json;
        expect([answer.headers.get('ledger-entry'), entry]).toEqual(['93', 93]);
        expect(items.length <= limit && items.length > 0).toBe(true);
        found.push(...(items as Change[]));
        next = answer.json.next as string | null;
        const link = answer.headers.get('link');
        expect(link === null ? null : getLink(parseLinks(link), 'next').to).toBe(next);
      }
      expect(found).toEqual(whole);
    }
    const grown = await startTestServer();
    await grown.recordCommands(...cstoCommands);
    const before = await fetchAllPages(grown, '/audit/changes');
    const first = (await grown.get('/audit/changes?limit=5')).json;
    await grown.recordCommands(registerState('later', 'Later'), admitMember('later', '2001'));
    const seen = first.items as Change[];
    for (let { next } = first; next !== null;) {
      const { json } = await grown.get(next as string);
      seen.push(...(json.items as Change[]));
      next = json.next;
    }
    expect(seen).toEqual(before);
    expect((await fetchAllPages(grown, '/audit/changes')).length).toBeGreaterThan(before.length);
  });

  it('adds up from any entry to any other, and equals the changes of all trails', async () => {
    const whole = await getChanges('from=0&to=93');
    for (const cut of [0, 1, 40, 64, 92, 93])
      expect([...(await getChanges(`from=0&to=${cut}`)), ...(await getChanges(`from=${cut}`))]).toEqual(
        whole,
      );
    const streams = new Set((await fetchAllPages(book, '/events')).map(({ stream }) => stream as string));
    const traced = (await Promise.all([...streams].map(getTrail))).flat().sort((a, b) => a.entry - b.entry);
    expect(traced.map(({ entry }) => entry as number)).toEqual(Array.from({ length: 93 }, (_, n) => n + 1));
    expect(traced.flatMap((fact) => fact.changes as Change[])).toEqual(whole);
    expect(whole.length).toBeGreaterThan(150);
  });

  it('accepts times instead of entries', async () => {
    expect(await getChanges(`from=${getRecordedTime(64)}&to=${getRecordedTime(93)}`)).toEqual(
      await getChanges('from=64&to=93'),
    );
    const { entry, next } = (
      await book.get(`/audit/changes?from=${getRecordedTime(64)}&to=${getRecordedTime(80)}&limit=1`)
    ).json;
    expect(entry).toBe(80);
    expect(next).toContain('from=64&to=80&');
    expect(await getChanges('from=1999-01-01T00:00:00Z&to=2019-12-31T00:00:00Z')).toEqual([]);
  });

  it('answers 304 to a matching ETag, as does the trail', async () => {
    for (const path of ['/audit/changes?from=64', '/audit/trail/membership-csto:uzbekistan']) {
      const { headers } = await book.get(path);
      expect(headers.get('cache-control')).toBe('no-cache');
      const again = await book.get(path, { 'if-none-match': headers.get('etag') ?? '' });
      expect([again.status, again.text]).toEqual([304, '']);
    }
  });

  it.each([
    ['/audit/changes?from=93&to=64', 'invalid-value', 'from'],
    ['/audit/changes?from=x', 'invalid-value', 'from'],
    ['/audit/changes?to=2011-05-31', 'invalid-value', 'to'],
    ['/audit/changes?projection=nope', 'invalid-value', 'projection'],
    ['/audit/changes?limit=0', 'invalid-value', 'limit'],
    ['/audit/changes?cursor=x', 'invalid-cursor', 'cursor'],
    ['/audit/changes?asOf=1', 'unknown-parameter', 'asOf'],
    ['/audit/trail/membership-csto:uzbekistan?from=1', 'unknown-parameter', 'from'],
    ['/audit/trail/membership-csto:uzbekistan?asOf=x', 'invalid-value', 'asOf'],
  ])('%s is refused as %s', async (path, expected, parameter) => {
    const answer = await book.get(path);
    expect([...getStatusAndCode(answer), answer.json.errors[0].parameter]).toEqual([
      422,
      expected,
      parameter,
    ]);
  });

  itEmbedded(REPLICATION_AWAITED_REASON, 'is refused as not-yet beyond the head of the ledger', async () => {
    for (const path of [
      '/audit/changes?to=94',
      '/audit/changes?from=94',
      '/audit/changes?from=94&to=95',
      '/audit/trail/membership-csto:uzbekistan?asOf=94',
    ])
      // prettier-ignore
      expect(getStatusAndCode(await book.get(path))[0]).toBe(422);
    expect(getStatusAndCode(await book.get('/audit/changes?to=94'))).toEqual([422, 'not-yet']);
  });

  it('does not accept the cursor of another list', async () => {
    const getCursor = ({ json }: TestResponse) =>
      new URLSearchParams((json.next as string).split('?')[1]).get('cursor');
    const pages = ['/audit/changes?from=0&to=80&limit=50', '/audit/trail/membership-csto:uzbekistan?limit=1', '/organizations?limit=1']; // prettier-ignore
    const [rows, facts, list] = (await Promise.all(pages.map((page) => book.get(page)))).map(getCursor);
    for (const path of [
      `/audit/changes?from=0&to=79&cursor=${rows}`,
      `/audit/changes?projection=sources&to=80&cursor=${getCursor(await book.get('/audit/changes?projection=statements&to=80&limit=1'))}`,
      `/audit/changes?cursor=${facts}`,
      `/audit/changes?cursor=${list}`,
      `/audit/trail/membership-csto:uzbekistan?cursor=${rows}`,
      `/audit/trail/membership-csto:uzbekistan?cursor=${list}`,
      `/audit/trail/membership-csto:uzbekistan?asOf=92&cursor=${facts}`,
    ])
      expect([path, ...getStatusAndCode(await book.get(path))]).toEqual([path, 422, 'invalid-cursor']);
  });
});

describe('GET /audit/trail', () => {
  const JAPAN = 'membership-csto:japan';
  let young: TestServer;
  const facts = async (asOf = young.headEntry): Promise<any[]> =>
    fetchAllPages(young, `/audit/trail/${JAPAN}?asOf=${asOf}`, 2);
  const amend = (command: string, revision: number, more: object) =>
    young.recordCommands([command, { fact: `${JAPAN}@${revision}`, ...more }]);
  beforeAll(async () => {
    young = await startTestServer();
    await young.recordCommands(...cstoCommands, registerState('japan', 'Japan'));
  });

  it('shows corrections, also those that were corrected, retracted or disputed themselves', async () => {
    const readCorrections = async () =>
      (await facts()).map(({ revision, correctedBy, retractedBy, disputedBy }) => [
        revision,
        correctedBy?.entry ?? null,
        retractedBy?.entry ?? null,
        disputedBy.map(({ entry }: { entry: number }) => entry),
      ]);
    const joined = await young.recordCommands(admitMember('japan', '1990'));
    const createCorrection = (effective: string) => ({
      with: admitMember('japan', effective)[1],
      reason: `because ${effective}`,
    });
    expect(await readCorrections()).toEqual([[0, null, null, []]]);
    const first = await amend('correct-fact', 0, createCorrection('1991'));
    expect(await readCorrections()).toEqual([[0, first, null, []], [1, null, null, []]]); // prettier-ignore
    const { id } = (await facts())[1];
    const second = await young.recordCommands([
      'correct-fact',
      { fact: id, with: { fact: `${JAPAN}@0`, ...createCorrection('1992') }, reason: 'misread again' },
    ]);
    // The first correction was corrected itself, and is still the one that counts.
    expect(await readCorrections()).toEqual([[0, first, null, []], [1, second, null, []], [2, null, null, []]]); // prettier-ignore
    const dispute = await amend('dispute-fact', 0, { claim: 'never', sources: [{ source: 'treaty' }] });
    const third = await amend('correct-fact', 0, createCorrection('1993'));
    const withdrawn = await amend('retract-fact', 4, { reason: 'was right before' });
    expect(await readCorrections()).toEqual([
      [0, first, null, [dispute]],
      [1, second, null, []],
      [2, null, null, []],
      [3, null, null, []],
      [4, null, withdrawn, []],
      [5, null, null, []],
    ]);
    const retraction = await amend('retract-fact', 0, { reason: 'never was' });
    expect((await readCorrections())[0]).toEqual([0, first, retraction, [dispute]]);
    expect((await facts()).map(({ entry }) => entry as number)).toEqual([joined, first, second, dispute, third, withdrawn, retraction]); // prettier-ignore
    // As of an entry it shows no later corrections, and the data as recorded.
    const [then, ...more] = await facts(first);
    expect([more.length, then.correctedBy.entry, then.disputedBy, then.data.effective]).toEqual([
      1,
      first,
      [],
      '1990',
    ]);
    for (let entry = joined; entry <= young.headEntry; entry++)
      expect((await facts(entry)).map(({ changes }) => changes as unknown)).toEqual(
        (await facts()).slice(0, entry - joined + 1).map(({ changes }) => changes as unknown),
      );
  });

  it('shows the changes of a group at its last event', async () => {
    const { json } = await young.sendGroup([
      admitMember('azerbaijan', '1993-09-24'),
      endMembership('azerbaijan', '1999-04-02'),
    ]);
    const last = json.entry as number;
    const items = await fetchAllPages(young, '/audit/trail/membership-csto:azerbaijan');
    expect(items.map(({ entry, group }) => [entry, group])).toEqual([
      [last - 1, { index: 0, of: 2, entry: last }],
      [last, { index: 1, of: 2, entry: last }],
    ]);
    expect(items[0].changes).toEqual([]);
    expect(items[1].changes.length).toBeGreaterThan(0);
    for (const { entry, event, actor } of items[1].changes)
      expect([entry, event, actor]).toEqual([last, items[1].id, 'admin']);
    // Inside the group none of its changes is visible yet.
    expect((await young.get(`/audit/changes?from=${last - 2}&to=${last - 1}`)).json.items).toEqual([]);
    expect(await fetchAllPages(young, `/audit/changes?from=${last - 1}`)).toEqual(items[1].changes);
    const inside = (await young.get(`/audit/trail/membership-csto:azerbaijan?asOf=${last - 1}`)).json;
    expect(inside.items.map(({ entry }: { entry: number }) => entry)).toEqual([last - 1]);
  });

  it('answers 404 for a stream that does not exist as of the entry', async () => {
    for (const path of [
      '/audit/trail/nothing-here',
      `/audit/trail/${JAPAN}?asOf=3`,
      '/audit/trail/__proto__',
    ])
      expect([path, ...getStatusAndCode(await young.get(path))]).toEqual([path, 404, 'unknown-id']);
  });
});

describe('changes of a parked stream', () => {
  it('are missing, and the Degraded header counts the affected read models', async () => {
    const hurt = await startTestServer();
    await hurt.recordCommands(...cstoCommands);
    const before = hurt.headEntry;
    const { node } = hurt.server;
    const bad = { id: '00000000-0000-5000-8000-000000000001', type: 'MemberJoined', data: '{"effective":"soon","member":"armenia","organization":"csto"}', metadata: '{"actor":"x","command":"x","correlationId":"x","salt":"00"}', requestKey: null }; // prettier-ignore
    await node.sequencer.append({ stream: 'membership-csto:armenia', expectedRevision: 0, events: [bad], requires: [] }); // prettier-ignore
    await node.readModels.waitForEntry(before + 1, { timeoutMs: 5_000 });
    const readHeaders = async (path: string) => {
      const { headers } = await hurt.get(path);
      return [headers.get('degraded'), headers.get('cache-control')];
    };
    const parked = (await hurt.get('/projections')).json.items.filter(
      ({ parked }: { parked: object[] }) => parked.length > 0,
    );
    expect(parked.length).toBeGreaterThan(0);
    const expectedHeaders = [String(parked.length), 'no-store'];
    expect(await readHeaders('/audit/changes')).toEqual(expectedHeaders);
    expect(await readHeaders('/audit/changes?projection=membership')).toEqual(['1', 'no-store']);
    expect(await readHeaders('/audit/trail/membership-csto:armenia')).toEqual(expectedHeaders);
    expect(await readHeaders(`/audit/changes?to=${before}`)).toEqual([null, 'no-cache']);
    expect(await readHeaders('/audit/changes?projection=organizations')).toEqual([null, 'no-cache']);
    expect(await readHeaders('/audit/trail/membership-csto:uzbekistan')).toEqual([null, 'no-cache']);
  });
});

describe('access to changes and trails', () => {
  it('is granted to every role that may read', async () => {
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    await closed.recordCommands(...cstoCommands);
    for (const path of ['/audit/changes', '/audit/trail/source-treaty']) {
      expect(getStatusAndCode(await closed.get(path))).toEqual([401, 'unknown-key']);
      for (const role of ['reader', 'auditor'] as const)
        expect((await closed.get(path, { authorization: `Bearer ${closed.getKey(role)}` })).status).toBe(200);
      expect((await book.get(path.replace('source-treaty', 'source-mfa-by'))).status).toBe(200);
    }
  });
});
