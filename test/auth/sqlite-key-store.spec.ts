import { join } from 'node:path';
import { SqliteKeyStore } from '../../src/auth/sqlite-key-store.js';
import { createTemporaryDirectory } from '../ledger/support/temporary-directory.js';
import { describeKeyStore } from './key-store.contract.js';

describeKeyStore('one machine', () => {
  const file = join(createTemporaryDirectory(), 'keys.db');
  return Promise.resolve({ open: () => new SqliteKeyStore(file), remove: () => Promise.resolve() });
});
