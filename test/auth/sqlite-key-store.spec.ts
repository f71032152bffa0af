import { join } from 'node:path';
import { KeyFile } from '../../src/auth/sqlite-key-store.js';
import { folder } from '../ledger/support/temporary-directory.js';
import { keyStoreContract } from './key-store.contract.js';

keyStoreContract('one machine', () => {
  const file = join(folder(), 'keys.db');
  return Promise.resolve({ open: () => new KeyFile(file), remove: () => Promise.resolve() });
});
