// npm run demo: starts a server, records a real history in it, and prints addresses to open.
import { readFileSync } from 'node:fs';
import { listRegisteredCommands } from '../../commands/command-schema.js';
import { exitWithMessage, serve } from '../../server/serve.js';
import { DemoError, exampleFiles, postFile, type PostedFile } from './example-history.js';
import { fetchSupportedCommands } from './supported-commands.js';
import { findAvailableLinks, createSuggestedLinks } from './suggested-links.js';

const server = await serve({
  ...process.env,
  DATA_DIR: process.env['DATA_DIR'] || './demo-data',
  READ_ACCESS: 'public',
});
const { url } = server;
const keyFile = server.node.directory.adminKeyFile;

/** Records the files in order and prints a summary. */
async function recordExampleHistory(): Promise<readonly PostedFile[]> {
  const key = readFileSync(keyFile, 'utf8').trim();
  const commands = await fetchSupportedCommands(url);
  const posted: PostedFile[] = [];
  for (const file of exampleFiles) posted.push(await postFile(url, key, file, commands));
  const sum = (count: (one: PostedFile) => number): number =>
    posted.reduce((all, one) => all + count(one), 0);
  console.log(
    `\nexamples/csto: ${sum(({ recorded }) => recorded)} events were recorded, ${sum(({ alreadyRecorded }) => alreadyRecorded)} were in the book already.`,
  );
  const skipped = sum((one) => one.skipped);
  if (skipped > 0) console.log(`${skipped} were skipped, because this server does not have their commands.`);
  return posted;
}

/** A command to paste into a shell; the path of the key is quoted. */
function formatCurlCommand(): string {
  const example = listRegisteredCommands().get('register-source')?.example;
  const path = keyFile.replaceAll("'", `'\\''`);
  return `curl -H "Authorization: Bearer $(cat '${path}')" -H 'Content-Type: application/json' -d '${JSON.stringify(example)}' ${url}/commands/register-source`;
}

try {
  const [article, ...others] = await recordExampleHistory();
  const head = Math.max(...[article, ...others].map((one) => one?.head ?? 0));
  console.log('\nAddresses to open:');
  for (const { description, path } of await findAvailableLinks(
    url,
    createSuggestedLinks(article?.head ?? 0),
    head,
  ))
    console.log(`\n  ${description}\n  ${url}${path}`);
  console.log(`\nRecord an event yourself, from another terminal:\n\n${formatCurlCommand()}\n`);
  console.log('Ctrl-C stops the server. The next start continues the same book and records nothing twice.');
} catch (error) {
  exitWithMessage(error instanceof DemoError ? error.message : String((error as Error).stack));
}
