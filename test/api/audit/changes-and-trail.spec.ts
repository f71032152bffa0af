// Auditing the CSTO book over HTTP: which rows changed, from what to what, by which fact, by whom and why.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAllPages } from '../../projections/support/read-everything.js';
import { admitMember, cstoCommands, endMembership, registerState } from '../../support/csto-commands.js';
import { itEmbedded, REPLICATION_IS_AWAITED } from '../../support/ledger-environment.js';
import { projectRoot } from '../../support/project-root.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { getLink, parseLinks } from '../support/link-parser.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- answers are looked at from outside */
type Row = {
  readonly projection: string;
  readonly table: string;
  readonly key: Record<string, unknown>;
  readonly before: Record<string, any> | null;
  readonly after: Record<string, any> | null;
  readonly entry: number;
  readonly stream: string;
  readonly event: string;
  readonly actor: string;
  readonly command: string;
  readonly reason: string | null;
};

const readExample = (name: string): { command: string; data: object }[] =>
  readFileSync(join(projectRoot, 'examples/csto', `${name}.ndjson`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { command: string; data: object });

/** One second apart. */
const getRecordedTime = (entry: number): string =>
  new Date(Date.UTC(2020, 0, 1) + entry * 1_000).toISOString();

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  const { results } = await book.sendLines(
    [...readExample('minsk-2011'), ...readExample('history')].map((line, n) => ({
      ...line,
      recordedAt: getRecordedTime(n + 1),
    })),
  );
  expect([results.length, results.filter(({ status }) => status !== 201)]).toEqual([93, []]);
}, 60_000);
afterAll(cleanUp);

const getChanges = (query: string): Promise<Row[]> => readAllPages(book, `/audit/changes?${query}`);
const getTrail = (stream: string): Promise<any[]> => readAllPages(book, `/audit/trail/${stream}`);
const getSortKey = ({ entry, projection, table, key }: Row) => [entry, projection, table, key];
const getStatusAndCode = ({ status, json }: TestResponse) => [status, json.code as string];

describe('who said that Uzbekistan was a member in 2000?', () => {
  const member = async (asOf: number) =>
    (await book.get(`/organizations/csto/members?on=2000-01-01&asOf=${asOf}`)).json.items.find(
      ({ member }: { member: string }) => member === 'uzbekistan',
    );

  it('the book did until it was told of the end, as the trail of the membership shows', async () => {
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
    // As it was recorded, and what became of it.
    expect(first).toMatchObject({
      actor: 'admin',
      command: 'admit-member',
      recordedAt: getRecordedTime(30),
      data: { effective: '[..2011-05-31]', sources: [{ source: 'mfa-kz-2011-05-31' }] },
      correctedBy: { id: correction.id, entry: 81 },
      retractedBy: null,
      disputedBy: [],
    });
    expect(correction).toMatchObject({
      data: { checkedAgainst: 'treaty-1992', reason: 'The treaty gives the date of signature.' },
      correctedBy: null,
    });
    const stay = (changes: Row[]) =>
      changes
        .filter(({ projection, table }) => projection === 'membership' && table === 'tenures')
        .map(({ key, before, after, reason }) => [key['n'], before?.['since'], after?.['since'], after?.['end_reason'], reason]); // prettier-ignore
    expect(stay(first.changes as Row[])).toEqual([[0, undefined, '[..2011-05-31]', null, null]]);
    expect(stay(correction.changes as Row[])).toEqual([
      [0, '[..2011-05-31]', '1992-05-15', null, 'The treaty gives the date of signature.'],
    ]);
    expect(stay(end.changes as Row[])).toEqual([
      [0, '1992-05-15', '1992-05-15', 'not-renewed', 'not-renewed'],
    ]);
  });
});

describe('what changed', () => {
  it('between entries 64 and 93 is told row by row, in one order', async () => {
    const rows = await getChanges('from=64&to=93');
    expect(rows.length).toBeGreaterThan(60);
    expect(new Set(rows.map(({ entry }) => entry)).size).toBeGreaterThan(20);
    const events = new Map(
      (await readAllPages(book, '/events')).map((event) => [event.entry as number, event]),
    );
    for (const row of rows) {
      expect(row.entry > 64 && row.entry <= 93).toBe(true);
      const { id, stream, data, metadata } = events.get(row.entry);
      expect(row).toMatchObject({
        event: id,
        stream,
        recordedAt: getRecordedTime(row.entry),
        actor: metadata.actor,
        command: metadata.command,
        reason: data.reason ?? null,
      });
      expect(row.before ?? row.after).not.toBeNull();
      expect(row.before).not.toEqual(row.after);
      for (const columns of [row.before, row.after]) if (columns) expect(columns).toMatchObject(row.key);
    }
    const order = rows.map((row) => JSON.stringify(getSortKey(row)));
    expect(new Set(order).size).toBe(order.length);
    const entryAndProjection = rows.map(({ entry, projection }) => `${entry} ${projection}`);
    expect(entryAndProjection).toEqual([...entryAndProjection].sort());
  });

  it('names what all read models have in common in each of them', async () => {
    const rows = await getChanges('from=0&to=93');
    const named = rows.filter(({ entry, table }) => entry === 2 && table === 'names');
    expect(named.length).toBeGreaterThan(3);
    expect(new Set(named.map(({ after }) => JSON.stringify(after))).size).toBe(1);
    const projections = new Set(rows.map(({ projection }) => projection));
    const statuses = (await book.get('/projections')).json.items as { name: string }[];
    expect([...projections].sort()).toEqual(statuses.map(({ name }) => name).sort());
    for (const { name } of statuses)
      expect(await getChanges(`projection=${name}`)).toEqual(
        rows.filter(({ projection }) => projection === name),
      );
  });

  it('comes in pages of any size that stay put while the book grows', async () => {
    const whole = await getChanges('from=64&to=93');
    for (const limit of [1, 7, 100]) {
      const found: Row[] = [];
      for (let next: string | null = `/audit/changes?from=64&to=93&limit=${limit}`; next !== null;) {
        const answer = await book.get(next);
        const { items, entry } = answer.json;
        expect([answer.headers.get('ledger-entry'), entry]).toEqual(['93', 93]);
        expect(items.length <= limit && items.length > 0).toBe(true);
        found.push(...(items as Row[]));
        next = answer.json.next as string | null;
        const link = answer.headers.get('link');
        expect(link === null ? null : getLink(parseLinks(link), 'next').to).toBe(next);
      }
      expect(found).toEqual(whole);
    }
    const grown = await startTestServer();
    await grown.recordCommands(...cstoCommands);
    const before = await readAllPages(grown, '/audit/changes');
    const first = (await grown.get('/audit/changes?limit=5')).json;
    await grown.recordCommands(registerState('later', 'Later'), admitMember('later', '2001'));
    const seen = first.items as Row[];
    for (let { next } = first; next !== null;) {
      const { json } = await grown.get(next as string);
      seen.push(...(json.items as Row[]));
      next = json.next;
    }
    expect(seen).toEqual(before);
    expect((await readAllPages(grown, '/audit/changes')).length).toBeGreaterThan(before.length);
  });

  it('adds up, from any entry to any other, and is what the trails tell', async () => {
    const whole = await getChanges('from=0&to=93');
    for (const cut of [0, 1, 40, 64, 92, 93])
      expect([...(await getChanges(`from=0&to=${cut}`)), ...(await getChanges(`from=${cut}`))]).toEqual(
        whole,
      );
    const streams = new Set((await readAllPages(book, '/events')).map(({ stream }) => stream as string));
    const traced = (await Promise.all([...streams].map(getTrail))).flat().sort((a, b) => a.entry - b.entry);
    expect(traced.map(({ entry }) => entry as number)).toEqual(Array.from({ length: 93 }, (_, n) => n + 1));
    expect(traced.flatMap((fact) => fact.changes as Row[])).toEqual(whole);
    expect(whole.length).toBeGreaterThan(200);
  });

  it('is asked for between times, too', async () => {
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

  it('need not be sent again', async () => {
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

  itEmbedded(REPLICATION_IS_AWAITED, 'beyond the book is not yet', async () => {
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

  it('does not take the cursor of another list', async () => {
    const cursorOf = ({ json }: TestResponse) =>
      new URLSearchParams((json.next as string).split('?')[1]).get('cursor');
    const pages = ['/audit/changes?from=0&to=80&limit=300', '/audit/trail/membership-csto:uzbekistan?limit=1', '/organizations?limit=1']; // prettier-ignore
    const [rows, facts, list] = (await Promise.all(pages.map((page) => book.get(page)))).map(cursorOf);
    for (const path of [
      `/audit/changes?from=0&to=79&cursor=${rows}`,
      `/audit/changes?projection=sources&to=80&cursor=${cursorOf(await book.get('/audit/changes?projection=topics&to=80&limit=1'))}`,
      `/audit/changes?cursor=${facts}`,
      `/audit/changes?cursor=${list}`,
      `/audit/trail/membership-csto:uzbekistan?cursor=${rows}`,
      `/audit/trail/membership-csto:uzbekistan?cursor=${list}`,
      `/audit/trail/membership-csto:uzbekistan?asOf=92&cursor=${facts}`,
    ])
      expect([path, ...getStatusAndCode(await book.get(path))]).toEqual([path, 422, 'invalid-cursor']);
  });
});

describe('a trail', () => {
  const JAPAN = 'membership-csto:japan';
  let young: TestServer;
  const facts = async (asOf = young.headEntry): Promise<any[]> =>
    readAllPages(young, `/audit/trail/${JAPAN}?asOf=${asOf}`, 2);
  const amend = (command: string, revision: number, more: object) =>
    young.recordCommands([command, { fact: `${JAPAN}@${revision}`, ...more }]);
  beforeAll(async () => {
    young = await startTestServer();
    await young.recordCommands(...cstoCommands, registerState('japan', 'Japan'));
  });

  it('knows of corrections, also of those that were corrected, withdrawn or disputed themselves', async () => {
    const said = async () =>
      (await facts()).map(({ revision, correctedBy, retractedBy, disputedBy }) => [
        revision,
        correctedBy?.entry ?? null,
        retractedBy?.entry ?? null,
        disputedBy.map(({ entry }: { entry: number }) => entry),
      ]);
    const joined = await young.recordCommands(admitMember('japan', '1990'));
    const words = (effective: string) => ({
      with: admitMember('japan', effective)[1],
      reason: `because ${effective}`,
    });
    expect(await said()).toEqual([[0, null, null, []]]);
    const first = await amend('correct-fact', 0, words('1991'));
    expect(await said()).toEqual([[0, first, null, []], [1, null, null, []]]); // prettier-ignore
    const { id } = (await facts())[1];
    const second = await young.recordCommands([
      'correct-fact',
      { fact: id, with: { fact: `${JAPAN}@0`, ...words('1992') }, reason: 'misread again' },
    ]);
    // The first correction has other words now, and is still the one that stands.
    expect(await said()).toEqual([[0, first, null, []], [1, second, null, []], [2, null, null, []]]); // prettier-ignore
    const dispute = await amend('dispute-fact', 0, { claim: 'never', sources: [{ source: 'treaty' }] });
    const third = await amend('correct-fact', 0, words('1993'));
    const withdrawn = await amend('retract-fact', 4, { reason: 'was right before' });
    expect(await said()).toEqual([
      [0, first, null, [dispute]],
      [1, second, null, []],
      [2, null, null, []],
      [3, null, null, []],
      [4, null, withdrawn, []],
      [5, null, null, []],
    ]);
    const retraction = await amend('retract-fact', 0, { reason: 'never was' });
    expect((await said())[0]).toEqual([0, first, retraction, [dispute]]);
    expect((await facts()).map(({ entry }) => entry as number)).toEqual([joined, first, second, dispute, third, withdrawn, retraction]); // prettier-ignore
    // As of an entry it knows nothing of what came later, and keeps the words it was recorded with.
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

  it('shows what facts recorded together changed at the last of them', async () => {
    const { json } = await young.sendGroup([
      admitMember('azerbaijan', '1993-09-24'),
      endMembership('azerbaijan', '1999-04-02'),
    ]);
    const last = json.entry as number;
    const items = await readAllPages(young, '/audit/trail/membership-csto:azerbaijan');
    expect(items.map(({ entry, group }) => [entry, group])).toEqual([
      [last - 1, { index: 0, of: 2, entry: last }],
      [last, { index: 1, of: 2, entry: last }],
    ]);
    expect(items[0].changes).toEqual([]);
    expect(items[1].changes.length).toBeGreaterThan(0);
    for (const { entry, event, actor } of items[1].changes)
      expect([entry, event, actor]).toEqual([last, items[1].id, 'admin']);
    // Inside the group nothing of it is to be read yet.
    expect((await young.get(`/audit/changes?from=${last - 2}&to=${last - 1}`)).json.items).toEqual([]);
    expect(await readAllPages(young, `/audit/changes?from=${last - 1}`)).toEqual(items[1].changes);
    const inside = (await young.get(`/audit/trail/membership-csto:azerbaijan?asOf=${last - 1}`)).json;
    expect(inside.items.map(({ entry }: { entry: number }) => entry)).toEqual([last - 1]);
  });

  it('is of a stream that the book has', async () => {
    for (const path of [
      '/audit/trail/nothing-here',
      `/audit/trail/${JAPAN}?asOf=3`,
      '/audit/trail/__proto__',
    ])
      expect([path, ...getStatusAndCode(await young.get(path))]).toEqual([path, 404, 'unknown-id']);
  });
});

describe('what a read model could not digest', () => {
  it('is missing, and that is said', async () => {
    const hurt = await startTestServer();
    await hurt.recordCommands(...cstoCommands);
    const before = hurt.headEntry;
    const { book: node } = hurt.server;
    const bad = { id: '00000000-0000-5000-8000-000000000001', type: 'MemberJoined', data: '{"effective":"soon","member":"armenia","organization":"csto"}', metadata: '{"actor":"x","command":"x","correlationId":"x","salt":"00"}', requestKey: null }; // prettier-ignore
    await node.sequencer.append({ stream: 'membership-csto:armenia', expectedRevision: 0, events: [bad], requires: [] }); // prettier-ignore
    await node.readModels.waitForEntry(before + 1, { timeoutMs: 5_000 });
    const degraded = async (path: string) => {
      const { headers } = await hurt.get(path);
      return [headers.get('degraded'), headers.get('cache-control')];
    };
    const parked = (await hurt.get('/projections')).json.items.filter(
      ({ parked }: { parked: object[] }) => parked.length > 0,
    );
    expect(parked.length).toBeGreaterThan(0);
    const told = [String(parked.length), 'no-store'];
    expect(await degraded('/audit/changes')).toEqual(told);
    expect(await degraded('/audit/changes?projection=membership')).toEqual(['1', 'no-store']);
    expect(await degraded('/audit/trail/membership-csto:armenia')).toEqual(told);
    expect(await degraded(`/audit/changes?to=${before}`)).toEqual([null, 'no-cache']);
    expect(await degraded('/audit/changes?projection=organizations')).toEqual([null, 'no-cache']);
    expect(await degraded('/audit/trail/membership-csto:uzbekistan')).toEqual([null, 'no-cache']);
  });
});

describe('who may audit', () => {
  it('is who may read', async () => {
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
