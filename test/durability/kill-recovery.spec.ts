// A server is killed repeatedly while clients write to it. After each restart the ledger is read over HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertEqual, HistoryChecker } from './support/history-checker.js';
import { ServerProcess } from './support/killable-server.js';
import { createSeededRandom } from './support/seeded-random.js';
import { createFoundationRequests, WriteClients, type SentRequest } from './support/write-clients.js';

/** How often the server is killed: MINUTEBOOK_KILLS, by default 30. */
const KILLS = Number(process.env['MINUTEBOOK_KILLS'] || 30);
/** The seed of the requests and of the number of responses before a kill: MINUTEBOOK_SEED, by default random. */
const SEED = Number(process.env['MINUTEBOOK_SEED'] || Date.now() % 1_000_000);
const CLIENTS = 8;

/** Servers that are killed at the same time, so that one starts while the others are busy. */
const SERVERS = 3;

const directory = mkdtempSync(join(tmpdir(), 'minutebook-kills-'));
const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(directory, { recursive: true, force: true });
});

it(
  `after each of ${KILLS} kills the ledger has every acknowledged event, and none of a refused command`,
  () =>
    Promise.all(
      Array.from({ length: SERVERS }, (_, index) => runWithKills(index, Math.ceil(KILLS / SERVERS))),
    ),
  60_000 + KILLS * 10_000,
);

async function runWithKills(index: number, kills: number): Promise<void> {
  const random = createSeededRandom(SEED + index);
  const history = new HistoryChecker();
  let [count, recorded, resent] = [0, 0, 0];
  try {
    for (let kill = 0; kill <= kills; kill++) {
      const server = ServerProcess.start(join(directory, String(index)));
      servers[index] = server;
      if (kill > 0 && kill < kills && random(6) === 0) {
        // One in six is killed while it starts, after a random delay.
        await new Promise((resolve) => setTimeout(resolve, random(800)));
        await server.kill();
        continue;
      }
      const url = await server.waitUntilListening();
      await history.check(url);
      const clients = new WriteClients(random, url, server.adminKey, count);
      const resend = async (sent: SentRequest) => {
        const outcome = await clients.send(sent);
        history.outcomes.set(sent, outcome);
        if (outcome.is === 'unknown') throw new Error(`${sent.key} got no response from a running server`);
      };
      if (history.outcomes.size === 0) for (const sent of createFoundationRequests()) await resend(sent);
      // Requests without a response are sent again with the same key, some of them twice at once.
      for (const sent of history.unresolvedRequests) {
        resent++;
        await Promise.all(random(2) === 0 ? [resend(sent), resend(sent)] : [resend(sent)]);
      }
      assertEqual('the commands without a response', history.unresolvedRequests, []);
      if (kill === kills) {
        await history.check(url);
        break;
      }
      let left = 1 + random(120);
      await clients.run(CLIENTS, () => {
        // Other requests are in flight: received, decided, being committed or answered.
        if (--left === 0) void server.kill();
      });
      await server.kill();
      for (const [sent, outcome] of clients.outcomes) history.outcomes.set(sent, outcome);
      count = clients.count;
      recorded += [...clients.outcomes.values()].filter(({ is }) => is === 'recorded').length;
    }
  } catch (error) {
    const stderrText = servers[index]?.stderrText ?? '';
    throw new Error(`With MINUTEBOOK_SEED=${SEED}: ${String(error)}\n${stderrText}`, { cause: error });
  }
  expect(recorded).toBeGreaterThan(kills);
  expect(resent).toBeGreaterThan(0);
  expect(history.length).toBeGreaterThan(recorded / 2);
}
