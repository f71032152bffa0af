import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { AuditJob } from '../../../src/audit/audit-jobs.js';
import { admitMember, cstoCommands, registerState } from '../../support/csto-commands.js';
import { startServerProcess } from '../../support/server-process.js';
import {
  type TestResponse,
  cleanUp,
  startTestServer,
  createTemporaryDirectory,
  type TestServer,
} from '../../support/test-server.js';
import { readFileSync } from 'node:fs';
import { withoutTriggers } from '../../ledger/support/without-triggers.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const startAudit = (body = '', apiKey = book.getKey('auditor'), server = book): Promise<TestResponse> =>
  server.send('/audit/replays', body, { apiKey });
const getAudit = (id: string, server = book): Promise<TestResponse> =>
  server.get(`/audit/replays/${id}`, { authorization: `Bearer ${server.getKey('auditor')}` });

/** The states that a client receives until the stream ends. */
async function followAudit(id: string, server = book): Promise<readonly AuditJob[]> {
  const answer = await server.get(`/audit/replays/${id}`, {
    authorization: `Bearer ${server.getKey()}`,
    accept: 'text/event-stream',
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  return answer.text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as AuditJob);
}

/** Starts an audit and returns its final state. */
async function runAudit(body = '', server = book): Promise<AuditJob> {
  const answer = await startAudit(body, server.getKey(), server);
  expect(answer.status).toBe(202);
  return (await followAudit((answer.json as AuditJob).id, server)).at(-1) as AuditJob;
}

/** Runs SQL on the file of a read model while it is served. */
function alterReadModelFile(name: string, sql: string, server = book): void {
  const { generation, version } = server.server.node.readModels.statuses().find((one) => one.name === name)!;
  const db = new Database(join(server.directory, 'read-models', `${name}-${version}-${generation}.db`));
  db.exec(sql);
  db.close();
}

describe('an audit', () => {
  it('starts, streams its progress, and finds no differences in unaltered files', async () => {
    const answer = await startAudit();
    expect(answer.status).toBe(202);
    const { id } = answer.json as AuditJob;
    expect(answer.headers.get('location')).toBe(`/audit/replays/${id}`);
    expect(answer.json).toMatchObject({
      id,
      status: 'running',
      entry: book.headEntry,
      phase: 'files',
      progress: { done: 0 },
      differences: [],
      verifiedAt: null,
    });

    const states = await followAudit(id);
    expect(states.slice(0, -1).every(({ status }) => status === 'running')).toBe(true);
    const last = states.at(-1) as AuditJob;
    expect(last).toMatchObject({
      status: 'done',
      entry: book.headEntry,
      phase: 'compare',
      differences: [],
      differencesCount: 0,
    });
    expect(last.progress.done).toBe(last.progress.of);
    expect(last.compared).toHaveLength(book.server.node.readModels.statuses().length);
    for (const { entry } of last.compared) expect(entry).toBe(book.headEntry);
    expect(Date.parse(last.verifiedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(last.startedAt));
    expect((await getAudit(id)).json).toEqual(last);
    expect((await getAudit(id)).headers.get('cache-control')).toBe('no-store');
    expect(await followAudit(id)).toEqual([last]); // a late client receives the final state
    expect(existsSync(join(book.directory, 'audit'))).toBe(false);
  });

  it('covers the requested entry and read models only', async () => {
    const job = await runAudit(JSON.stringify({ entry: 5, projections: ['sources', 'membership'] }));
    expect(job).toMatchObject({
      entry: 5,
      projections: ['membership', 'sources'],
      compared: [
        { projection: 'membership', entry: 5 },
        { projection: 'sources', entry: 5 },
      ],
    });
  });

  it('reports a row that was altered in a served file', async () => {
    alterReadModelFile('organizations', `UPDATE names SET name = 'Armenien' WHERE name = 'Armenia'`);
    const { status, differences, differencesCount } = await runAudit();
    expect([status, differencesCount]).toEqual(['done', 1]);
    expect(differences).toMatchObject([
      {
        projection: 'organizations',
        table: 'names',
        key: { stream: 'organization-armenia' },
        live: { name: 'Armenien' },
        replayed: { name: 'Armenia' },
      },
    ]);
    await book.server.node.readModels.rebuild('organizations').finished;
    expect(await runAudit()).toMatchObject({ differencesCount: 0 });
  });

  it('finds no differences while commands and rebuilds continue', async () => {
    let isOver = false;
    let n = 0;
    const work = (async () => {
      while (!isOver) {
        n += 1;
        await book.recordCommands(registerState(`s${n}`, `State ${n}`), admitMember(`s${n}`, '1999'));
        if (n % 5 === 0) await book.server.node.readModels.rebuild('membership').finished;
      }
    })();
    try {
      for (let round = 0; round < 3; round++)
        expect(await runAudit()).toMatchObject({ status: 'done', differencesCount: 0 });
    } finally {
      isOver = true;
      await work;
    }
    expect(n).toBeGreaterThan(0);
  });

  it('that is running is returned when another one is requested', async () => {
    const [first, second] = [await startAudit(), await startAudit(JSON.stringify({ entry: 1 }))];
    expect([first.status, second.status]).toEqual([202, 200]);
    expect((second.json as AuditJob).id).toBe((first.json as AuditJob).id);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    await followAudit((first.json as AuditJob).id);
  });

  it('can be read until twenty later ones were started', async () => {
    const { id } = await runAudit(JSON.stringify({ entry: 0 }));
    for (let n = 0; n < 19; n++) await runAudit(JSON.stringify({ entry: 0, projections: ['sources'] }));
    expect((await getAudit(id)).status).toBe(200);
    await runAudit(JSON.stringify({ entry: 0, projections: ['sources'] }));
    expect(await getAudit(id)).toMatchObject({ status: 404 });
  });
});

describe('a refused audit request', () => {
  it.each([
    ['[]', '', 'invalid-value'],
    ['null', '', 'invalid-value'],
    ['{"entry":-1}', '/entry', 'invalid-value'],
    ['{"entry":1.5}', '/entry', 'invalid-value'],
    ['{"entry":"1"}', '/entry', 'invalid-value'],
    ['{"entry":1000000}', '/entry', 'not-yet'],
    ['{"projections":[]}', '/projections', 'invalid-value'],
    ['{"projections":"sources"}', '/projections', 'invalid-value'],
    ['{"projections":["sources","kings"]}', '/projections/1', 'invalid-value'],
    ['{"depth":3}', '/depth', 'unknown-field'],
  ])('%s', async (body, pointer, code) => {
    const { status, json } = await startAudit(body);
    expect({ status, code: json.code, pointer: json.errors[0].pointer }).toEqual({
      status: 422,
      code,
      pointer,
    });
  });

  it('answers 400 when the body is not JSON', async () => {
    expect((await startAudit('{')).json).toMatchObject({ status: 400, code: 'invalid-json' });
  });

  it('answers 401 or 403 to a client without the auditor role', async () => {
    for (const [role, status] of [
      ['', 401],
      [book.getKey('reader'), 403],
      [book.getKey('recorder'), 403],
    ] as const) {
      expect((await startAudit('', role)).status).toBe(status);
      const headers = role === '' ? undefined : { authorization: `Bearer ${role}` };
      expect((await book.get('/audit/replays/x', headers)).status).toBe(status);
    }
  });

  it('answers 404 for an unknown id', async () => {
    expect((await getAudit('x')).json).toMatchObject({ status: 404, code: 'unknown-id' });
  });
});

it('an audit reports damaged entries while the server runs', async () => {
  const damaged = await startTestServer();
  await damaged.recordCommands(...cstoCommands);
  const db = new Database(join(damaged.directory, 'ledger.db'));
  const replaceText = (before: string, after: string) =>
    withoutTriggers(db, () => db.prepare('UPDATE entries SET data = replace(data, ?, ?)').run(before, after));
  replaceText('2006-08-16', '2007-08-16'); // the last entry
  replaceText('Azerbaijan', 'Aserbaidschan');
  try {
    expect(await runAudit('', damaged)).toMatchObject({
      status: 'done',
      entry: cstoCommands.length,
      differencesCount: 2,
      differences: [
        { projection: null, table: 'entries', entry: 6 },
        { projection: null, table: 'entries', entry: cstoCommands.length },
      ],
    });
  } finally {
    replaceText('2007-08-16', '2006-08-16'); // a server does not close cleanly when it cannot read the head
    db.close();
  }
});

it('a server that stops ends the event stream, and the next audit resumes', async () => {
  const directory = createTemporaryDirectory();
  const large = await startTestServer({ directory });
  const lines = Array.from({ length: 6_000 }, (_, n) => ({
    command: 'register-source',
    data: { source: `s${n}`, title: `Source ${n}` },
  }));
  await large.sendLines(lines);
  await large.close();

  const { child, url, exit } = await startServerProcess({ DATA_DIR: directory });
  const headers = { authorization: `Bearer ${readFileSync(join(directory, 'admin.key'), 'utf8').trim()}` };
  const answer = await fetch(`${url}/audit/replays`, { method: 'POST', headers });
  const { id } = (await answer.json()) as AuditJob;
  const stream = await fetch(`${url}/audit/replays/${id}`, {
    headers: { ...headers, accept: 'text/event-stream' },
  });
  let received = '';
  for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
    received += chunk;
    if (/"phase":"refold"/.test(received) && !child.killed) child.kill('SIGTERM');
  }
  expect(await exit).toMatchObject({ code: 0, errors: '' });

  const again = await startTestServer({ directory });
  const job = await runAudit('', again);
  expect(job).toMatchObject({ status: 'done', entry: 6_000, differencesCount: 0 });
  // The audit may have finished just before the signal.
  expect(received.includes('"status":"done"') || (job.resumedFrom ?? 0) > 0).toBe(true);
});
