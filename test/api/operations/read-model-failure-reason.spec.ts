import { afterAll, expect, it } from '@jest/globals';
import { cstoCommands } from '../../support/csto-commands.js';
import { cleanUp, startTestServer } from '../../support/test-server.js';

afterAll(cleanUp);

it('shows why a read model is not projected to an admin alone, since the reason may name files of the server', async () => {
  const book = await startTestServer();
  await book.recordCommands(...cstoCommands);
  const reason = `EACCES: permission denied, open '${book.directory}/read-models/sources-1-2.db'`;
  const { readModels } = book.server.node;
  const statuses = readModels.statuses.bind(readModels);
  readModels.statuses = () =>
    statuses().map((status) =>
      status.name === 'sources' ? { ...status, status: 'failed', reason } : status,
    );

  const find = async (headers = {}) =>
    (await book.get('/projections', headers)).json.items.find(
      ({ name }: { name: string }) => name === 'sources',
    );
  for (const role of ['reader', 'recorder', 'auditor'] as const) {
    const shown = await find({ authorization: `Bearer ${book.getKey(role)}` });
    expect([role, shown.reason]).toEqual([role, expect.stringContaining('The log of the server')]);
  }
  expect((await find()).reason).toContain('The log of the server');
  expect((await find({ authorization: `Bearer ${book.getKey()}` })).reason).toBe(reason);
  for (const path of ['/projections', '/health/ready', '/health/live'])
    expect((await book.get(path)).text).not.toContain(book.directory);
});
