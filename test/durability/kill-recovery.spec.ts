// A server is killed again and again while clients write to it. After each restart the book is read over HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, History } from './support/history-checker.js';
import { ServerProcess } from './support/server-process.js';
import { randomFrom } from './support/seeded-random.js';
import { foundations, Secretaries, type Sent } from './support/write-clients.js';

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
  () => Promise.all(Array.from({ length: BOOKS }, (_, book) => killed(book, Math.ceil(KILLS / BOOKS)))),
  60_000 + KILLS * 10_000,
);

async function killed(book: number, kills: number): Promise<void> {
  const random = randomFrom(SEED + book);
  const history = new History();
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
      const url = await server.open();
      await history.check(url);
      const clients = new Secretaries(random, url, server.adminKey, count);
      const again = async (sent: Sent) => {
        const told = await clients.send(sent);
        history.told.set(sent, told);
        if (told.is === 'unknown') throw new Error(`${sent.key} has no answer from a server that runs`);
      };
      if (history.told.size === 0) for (const sent of foundations()) await again(sent);
      // What has no answer yet is sent again, with the same key, and some of it twice at once.
      for (const sent of history.unknown) {
        resent++;
        await Promise.all(random(2) === 0 ? [again(sent), again(sent)] : [again(sent)]);
      }
      equal('the commands without an answer', history.unknown, []);
      if (kill === kills) {
        await history.check(url);
        break;
      }
      let left = 1 + random(120);
      await clients.work(CLIENTS, () => {
        // The others are under way: asked for, decided, being committed or answered.
        if (--left === 0) void server.kill();
      });
      await server.kill();
      for (const [sent, told] of clients.told) history.told.set(sent, told);
      count = clients.count;
      recorded += [...clients.told.values()].filter(({ is }) => is === 'recorded').length;
    }
  } catch (error) {
    const complaints = servers[book]?.complaints ?? '';
    throw new Error(`With MINUTEBOOK_SEED=${SEED}: ${String(error)}\n${complaints}`, { cause: error });
  }
  expect(recorded).toBeGreaterThan(kills);
  expect(resent).toBeGreaterThan(0);
  expect(history.length).toBeGreaterThan(recorded / 2);
}
