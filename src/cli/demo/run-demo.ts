// npm run demo: a server with a real history in it, and where to look.
import { readFileSync } from 'node:fs';
import { end, serve } from '../../server/serve.js';
import { DemoFailed, heard, history, post, type Posted } from './example-history.js';
import { open, tour } from './suggested-links.js';

const server = await serve({
  ...process.env,
  DATA_DIR: process.env['DATA_DIR'] || './demo-data',
  READ_ACCESS: 'public',
});
const { url } = server;
const keyFile = server.book.directory.adminKey;

/** Records the files one after the other; says what became of them. */
async function record(): Promise<readonly Posted[]> {
  const key = readFileSync(keyFile, 'utf8').trim();
  const commands = await heard(url);
  const posted: Posted[] = [];
  for (const file of history) posted.push(await post(url, key, file, commands));
  const sum = (count: (one: Posted) => number): number => posted.reduce((all, one) => all + count(one), 0);
  console.log(
    `\nexamples/csto: ${sum(({ recorded }) => recorded)} facts were recorded, ${sum(({ known }) => known)} stood in the book already.`,
  );
  const leftOut = sum((one) => one.leftOut);
  if (leftOut > 0)
    console.log(`${leftOut} were left out, since this server does not have their commands yet.`);
  return posted;
}

/** A command to paste into a shell, whatever the path of the key. */
function curl(): string {
  const source = {
    source: 'csto-charter',
    title: 'Charter of the Collective Security Treaty Organization, Chisinau, 7 October 2002',
    published: '2002-10-07',
  };
  const path = keyFile.replaceAll("'", `'\\''`);
  return `curl -H "Authorization: Bearer $(cat '${path}')" -H 'Content-Type: application/json' -d '${JSON.stringify(source)}' ${url}/commands/register-source`;
}

try {
  const [article, ...others] = await record();
  const head = Math.max(...[article, ...others].map((one) => one?.head ?? 0));
  console.log('\nWorth opening:');
  for (const { about, path } of await open(url, tour(article?.head ?? 0), head))
    console.log(`\n  ${about}\n  ${url}${path}`);
  console.log(`\nRecord a fact yourself, from another terminal:\n\n${curl()}\n`);
  console.log('Ctrl-C ends it. The next start goes on with the same book and records nothing twice.');
} catch (error) {
  end(error instanceof DemoFailed ? error.message : String((error as Error).stack));
}
