import { type Command, Option } from 'commander';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { ProgressLine } from '../_shared/progress-line.js';
import { UsageError } from '../_shared/errors.js';
import type { AuditReport } from './audit-targets.js';
import { createDataOption, type DirectoryOptions } from '../_shared/options.js';

type Options = DirectoryOptions & { readonly url?: string | true; readonly key?: string };

export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .description(
      'verify the ledger, rebuild every read model from the first entry, and compare it with the one that serves: in the data directory of a stopped server, in an exported file (which has no read models to compare with), or with --url in a running server',
    )
    .argument('[file]', 'an exported book; "-" is the standard input')
    .addOption(createDataOption())
    .option('--url [address]', 'start the audit in this server (also MINUTEBOOK_URL; http://127.0.0.1:3000)')
    .addOption(
      new Option('--key <secret>', 'the API key of an auditor or admin, for --url (also MINUTEBOOK_KEY)'),
    )
    .action(async (file: string | undefined, options: Options, command: Command) => {
      const isDataNamed = command.getOptionValueSource('data') === 'cli';
      if (file !== undefined && (isDataNamed || options.url !== undefined))
        throw new UsageError('A file is audited on its own: leave out --data and --url.');
      if (options.key !== undefined && options.url === undefined)
        throw new UsageError('A key is for a server: name the server with --url.');
      printReport(await auditTarget(file, options));
    });
}

async function auditTarget(file: string | undefined, { data, url, key }: Options): Promise<AuditReport> {
  const [progress, signal] = [new ProgressLine(), abortOnSignal()];
  const { auditDirectory, auditExport, auditServer } = await import('./audit-targets.js'); // loads all read models
  if (file !== undefined) return auditExport(file, progress, signal);
  if (url === undefined) return auditDirectory(data, progress, signal);
  const { ApiClient } = await import('../_shared/api-client.js');
  const target = { data, ...(url !== true && { url }), ...(key !== undefined && { key }) };
  return auditServer(new ApiClient(target), progress, signal);
}

/** Prints the differences, one a line, then a summary. Exit code 1 if there is a difference. */
function printReport({ entry, differences, differencesCount, compared }: AuditReport): void {
  for (const { detail } of differences) console.log(detail.replaceAll('\n', ' '));
  const partial = compared.filter((one) => one.entry !== null && one.entry < entry);
  for (const { projection, entry } of partial)
    console.log(`${projection} could be compared as of entry ${entry} only.`);
  const subject = `The book up to entry ${entry}`;
  const absent = compared.filter(({ generation }) => generation === null);
  const served = compared.length - absent.length;
  if (served > 0)
    for (const { projection } of absent) console.log(`${projection} has no file, and was not compared.`);
  if (differencesCount > 0) {
    const more = differencesCount - differences.length;
    console.log(
      `${subject}: ${formatCount(differencesCount, 'difference')}${more > 0 ? `, of which ${more} are not shown` : ''}.`,
    );
    process.exitCode = 1;
  } else if (served === 0)
    console.log(
      `${subject} is intact, and every read model can be built from it${absent.length > 0 ? '; none of them has a file that could be compared' : ''}.`,
    );
  else console.log(`${subject} is intact, and ${formatCount(served, 'read model')} match a rebuild.`);
}

const formatCount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
