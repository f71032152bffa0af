// A server is killed again and again while clients write to it. After each restart the book is read over HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertEqual, HistoryChecker } from './support/history-checker.js';
import { ServerProcess } from './support/killable-server.js';
import { createSeededRandom } from './support/seeded-random.js';
import { createFoundationRequests, WriteClients, type SentRequest } from './support/write-clients.js';

/** How often the server is killed: 30 times, or as often as MINUTEBOOK_KILLS says. */
const KILLS = Number(process.env['MINUTEBOOK_KILLS'] || 30);
/** What is said, and after how many answers a kill comes, is drawn from MINUTEBOOK_SEED. */
const SEED = Number(process.env['MINUTEBOOK_SEED'] || Date.now() % 1_000_000);
const CLIENTS = 8;

/** Books that are killed at the same time, so that one starts while the other works. */
const BOOKS = 3;

const directory = mkdtempSync(join(tmpdir(), 'minutebook-kills-'));
const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(directory, { recursive: true, force: true });
});

it(
  `after each of ${KILLS} kills the book holds what was acknowledged, and nothing that was refused`,
  () => Promise.all(Array.from({ length: BOOKS }, (_, book) => runWithKills(book, Math.ceil(KILLS / BOOKS)))),
  60_000 + KILLS * 10_000,
);

async function runWithKills(book: number, kills: number): Promise<void> {
  const random = createSeededRandom(SEED + book);
  const history = new HistoryChecker();
  let [count, recorded, resent] = [0, 0, 0];
  try {
    for (let kill = 0; kill <= kills; kill++) {
      const server = ServerProcess.start(join(directory, String(book)));
      servers[book] = server;
      if (kill > 0 && kill < kills && random(6) === 0) {
        // One in six dies while it starts, at a moment that nothing announces.
        await new Promise((resolve) => setTimeout(resolve, random(800)));
        await server.kill();
        continue;
      }
      const url = await server.waitUntilListening();
      await history.check(url);
      const clients = new WriteClients(random, url, server.adminKey, count);
      const again = async (sent: SentRequest) => {
        const told = await clients.send(sent);
        history.outcomes.set(sent, told);
        if (told.is === 'unknown') throw new Error(`${sent.key} has no answer from a server that runs`);
      };
      if (history.outcomes.size === 0) for (const sent of createFoundationRequests()) await again(sent);
      // What has no answer yet is sent again, with the same key, and some of it twice at once.
      for (const sent of history.unresolvedRequests) {
        resent++;
        await Promise.all(random(2) === 0 ? [again(sent), again(sent)] : [again(sent)]);
      }
      assertEqual('the commands without an answer', history.unresolvedRequests, []);
      if (kill === kills) {
        await history.check(url);
        break;
      }
      let left = 1 + random(120);
      await clients.run(CLIENTS, () => {
        // The others are under way: asked for, decided, being committed or answered.
        if (--left === 0) void server.kill();
      });
      await server.kill();
      for (const [sent, told] of clients.outcomes) history.outcomes.set(sent, told);
      count = clients.count;
      recorded += [...clients.outcomes.values()].filter(({ is }) => is === 'recorded').length;
    }
  } catch (error) {
    const complaints = servers[book]?.stderrText ?? '';
    throw new Error(`With MINUTEBOOK_SEED=${SEED}: ${String(error)}\n${complaints}`, { cause: error });
  }
  expect(recorded).toBeGreaterThan(kills);
  expect(resent).toBeGreaterThan(0);
  expect(history.length).toBeGreaterThan(recorded / 2);
}
