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
      'read the ledger again, fold every read model from nothing, and compare: the book in the data directory, while no server has it; an exported file, which has nothing to be compared with; or with --url a running server',
    )
    .argument('[file]', 'an exported book; "-" is the standard input')
    .addOption(createDataOption())
    .option('--url [address]', 'let this server audit itself (also MINUTEBOOK_URL; http://127.0.0.1:3000)')
    .addOption(new Option('--key <secret>', 'of an auditor or admin, for --url (also MINUTEBOOK_KEY)'))
    .action(async (file: string | undefined, options: Options, command: Command) => {
      const isDataNamed = command.getOptionValueSource('data') === 'cli';
      if (file !== undefined && (isDataNamed || options.url !== undefined))
        throw new UsageError('A file is audited by itself: leave out --data and --url.');
      if (options.key !== undefined && options.url === undefined)
        throw new UsageError('A key is for a server: name it with --url.');
      printReport(await auditTarget(file, options));
    });
}

async function auditTarget(file: string | undefined, { data, url, key }: Options): Promise<AuditReport> {
  const [progress, signal] = [new ProgressLine(), abortOnSignal()];
  const { auditDirectory, auditExport, auditServer } = await import('./audit-targets.js'); // with all read models
  if (file !== undefined) return auditExport(file, progress, signal);
  if (url === undefined) return auditDirectory(data, progress, signal);
  const { ApiClient } = await import('../_shared/api-client.js');
  const reach = { data, ...(url !== true && { url }), ...(key !== undefined && { key }) };
  return auditServer(new ApiClient(reach), progress, signal);
}

/** Differences, one a line, then a sentence. Exit code 1 if there is a difference. */
function printReport({ entry, differences, differencesCount, compared }: AuditReport): void {
  for (const { detail } of differences) console.log(detail.replaceAll('\n', ' '));
  const behind = compared.filter((one) => one.entry !== null && one.entry < entry);
  for (const { projection, entry } of behind)
    console.log(`${projection} could be compared as of entry ${entry} only.`);
  for (const { projection, generation } of compared)
    if (generation === null) console.log(`${projection} has no file, and was not compared.`);
  const book = `The book up to entry ${entry}`;
  const served = compared.filter(({ generation }) => generation !== null).length;
  if (differencesCount > 0) {
    const [are, more] = [formatCount(differencesCount, 'difference'), differencesCount - differences.length];
    console.log(`${book}: ${are}${more > 0 ? `, of which ${more} are not shown` : ''}.`);
    process.exitCode = 1;
  } else if (compared.length === 0)
    console.log(`${book} is whole, and every read model can be folded from it.`);
  else
    console.log(`${book} is whole, and ${formatCount(served, 'read model')} are as a replay leads to them.`);
}

const formatCount = (count: number, aggregate: string): string =>
  `${count} ${aggregate}${count === 1 ? '' : 's'}`;
