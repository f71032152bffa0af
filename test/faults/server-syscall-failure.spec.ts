// The same for a whole server, with random failures from a fixed seed: clients write over HTTP while a system call on
// the ledger's files fails or kills the server. After each restart the ledger has exactly the acknowledged events.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryChecker } from '../durability/support/history-checker.js';
import { ServerProcess } from '../durability/support/killable-server.js';
import { createSeededRandom } from '../durability/support/seeded-random.js';
import { createFoundationRequests, WriteClients } from '../durability/support/write-clients.js';
import { hasStrace } from '../support/strace.js';
import { createMemoryDirectory } from './support/memory-directory.js';

/** The number of failures: MINUTEBOOK_FAULTS, by default 8. */
const FAULT_COUNT = Number(process.env['MINUTEBOOK_FAULTS'] || 8);
const FAULT_KINDS = [
  ['fsync,fdatasync', 'error=EIO', 30],
  ['fsync,fdatasync', 'signal=KILL', 30],
  ['pwrite64', 'error=EIO', 200],
  ['pwrite64', 'error=ENOSPC', 200],
  ['pwrite64', 'signal=KILL', 200],
  ['fsync,fdatasync,pwrite64,ftruncate', 'error=EIO', 200],
] as const;
const CLIENT_COUNT = 4;
/** The number of responses after which a server that has survived its failure is killed. */
const RESPONSES_BEFORE_KILL = 40;

(hasStrace() ? it : it.skip)(
  `the outcomes that a server reports are true at each of ${FAULT_COUNT} failures`,
  async () => {
    const directory = join(createMemoryDirectory(), 'data');
    const random = createSeededRandom(1);
    const history = new HistoryChecker();
    const servers: ServerProcess[] = [];
    const start = (...under: readonly string[]): ServerProcess => {
      const server = ServerProcess.start(directory, ...under);
      servers.push(server);
      return server;
    };
    let count = 0;
    const keepOutcomes = (clients: WriteClients) => {
      for (const [sent, outcome] of clients.outcomes) history.outcomes.set(sent, outcome);
      count = Math.max(count, clients.count);
    };
    /** Restarts without faults and sends every request without a response again, with the same key. */
    const restartWithoutFaults = async () => {
      const server = start();
      const url = await server.waitUntilListening();
      await history.check(url);
      const clients = new WriteClients(random, url, server.adminKey, count);
      for (const sent of history.outcomes.size === 0
        ? createFoundationRequests()
        : history.unresolvedRequests)
        await clients.send(sent);
      keepOutcomes(clients);
      expect(history.unresolvedRequests).toEqual([]);
      await history.check(url);
      await server.kill();
    };
    try {
      await restartWithoutFaults();
      for (let number = 0; number < FAULT_COUNT; number++) {
        const [calls, fault, most] = FAULT_KINDS[number % FAULT_KINDS.length] ?? FAULT_KINDS[0];
        const paths = ['', '-wal'].flatMap((suffix) => ['-P', join(directory, `ledger.db${suffix}`)]);
        const nth = 1 + random(most);
        const server = start(
          ...['strace', '-D', '-f', '-qq', '-o', '/dev/null', ...paths, '-e', `trace=${calls}`],
          ...['-e', `inject=${calls}:${fault}:when=${nth}`],
        );
        const url = await server.waitUntilListening().catch(() => undefined);
        if (url !== undefined) {
          const clients = new WriteClients(random, url, server.adminKey, count);
          let left = RESPONSES_BEFORE_KILL;
          await clients.run(CLIENT_COUNT, () => {
            if (--left === 0) void server.kill();
          });
          keepOutcomes(clients);
        }
        await server.kill();
        // A failed start explains itself in a sentence.
        if (url === undefined && fault !== 'signal=KILL')
          expect(server.stderrText).toMatch(/^The disk under .* then start again\.$/m);
        await restartWithoutFaults();
      }
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
      rmSync(directory, { recursive: true, force: true });
    }
    expect(history.length).toBeGreaterThan(FAULT_COUNT);
  },
);
