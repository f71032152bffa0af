import { join } from 'node:path';
import { SqliteKeyStore } from '../../../src/auth/sqlite-key-store.js';
import { SqliteNoOpRequests } from '../../../src/ledger/sqlite/sqlite-no-op-requests.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';
import { describeNoOpRequests } from '../no-op-requests.contract.js';

describeNoOpRequests('one machine', () => {
  const file = join(createTemporaryDirectory(), 'keys.db');
  return Promise.resolve({
    open: () => new SqliteNoOpRequests(file),
    remove: () => Promise.resolve(),
  });
});

it('the requests are in the file of the API keys, which stay as they are', async () => {
  const file = join(createTemporaryDirectory(), 'keys.db');
  const key = {
    name: 'clerk',
    role: 'recorder',
    createdAt: '2026-01-01T00:00:00.000Z',
    hash: Buffer.alloc(32),
  } as const;
  const keys = new SqliteKeyStore(file);
  const requests = new SqliteNoOpRequests(file);
  await keys.add(key);
  await requests.add({ key: 'k', body: 'b', stream: 's-1', revision: 0, entry: 1 });
  expect(keys.known.listValid()).toEqual([key]);
  await requests.close();
  await keys.close();
});

it('what is added before the end is durable at the end', async () => {
  const file = join(createTemporaryDirectory(), 'keys.db');
  const requests = new SqliteNoOpRequests(file);
  const added = requests.add({ key: 'k', body: 'b', stream: 's-1', revision: 0, entry: 1 });
  await requests.close();
  expect(await added).toMatchObject({ key: 'k' });
  const reopened = new SqliteNoOpRequests(file);
  expect(reopened.find('k')).toMatchObject({ entry: 1 });
  await reopened.close();
});
