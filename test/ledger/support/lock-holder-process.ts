// A process that locks a data directory until it is ended.
import { DataDirectory } from '../../../src/ledger/data-directory.js';

const directory = DataDirectory.lock(process.argv[2] ?? '');
process.stdout.write('held\n');
setInterval(() => directory.path, 60_000);
