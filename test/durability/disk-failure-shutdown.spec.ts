// When a commit failed and the content of the disk cannot be determined, the server reports it and ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasStrace } from '../support/strace.js';
import { HistoryChecker } from './support/history-checker.js';
import { ServerProcess } from './support/killable-server.js';
import { createSeededRandom } from './support/seeded-random.js';
import { createFoundationRequests, WriteClients } from './support/write-clients.js';

(hasStrace() ? it : it.skip)(
  'a permanently failing disk ends the server, and all acknowledged entries are there',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'minutebook-failing-disk-'));
    const history = new HistoryChecker();
    const servers: ServerProcess[] = [];
    const start = async (...under: readonly string[]) => {
      const server = ServerProcess.start(directory, ...under);
      servers.push(server);
      const url = await server.waitUntilListening();
      return { server, url, clients: new WriteClients(createSeededRandom(1), url, server.adminKey, 0) };
    };
    const remember = ({ outcomes }: WriteClients) =>
      outcomes.forEach((each, sent) => history.outcomes.set(sent, each));
    try {
      const first = await start();
      for (const sent of createFoundationRequests()) await first.clients.send(sent);
      remember(first.clients);
      await first.server.kill();

      const calls = 'fdatasync,fsync,pwrite64,ftruncate';
      const paths = ['', '-wal'].flatMap((suffix) => ['-P', join(directory, `ledger.db${suffix}`)]);
      // -D: strace stands aside, so that the process that is started here is the server.
      const second = await start(
        ...['strace', '-D', '-f', '-qq', '-o', join(directory, 'trace'), ...paths],
        ...['-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO:when=150+`],
      );
      await second.clients.run(4, () => undefined);
      remember(second.clients);
      expect(await second.server.ended).toBe(1);
      expect(second.server.stderrText).toMatch(
        /^A commit failed \(.*\) and the ledger could not be brought to a known state .*: ?.*all acknowledged entries are safe\.$/m,
      );
      expect([...second.clients.outcomes.values()].some(({ is }) => is === 'recorded')).toBe(true);

      const third = await start();
      await history.check(third.url);
      for (const sent of history.unresolvedRequests) await third.clients.send(sent);
      remember(third.clients);
      expect(history.unresolvedRequests).toEqual([]);
      await history.check(third.url);
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
