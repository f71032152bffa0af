import { join } from 'node:path';
import { KeyFile } from '../../src/http/key-file.js';
import { folder } from '../ledger/support/folder.js';
import { keyStoreContract } from './key-store.contract.js';

keyStoreContract('one machine', () => {
  const file = join(folder(), 'keys.db');
  return Promise.resolve({ open: () => new KeyFile(file), remove: () => Promise.resolve() });
});
