import { type Command, InvalidArgumentError, Option } from 'commander';
import { abortOnSignal } from '../_shared/abort-on-signal.js';
import { ApiClient } from '../_shared/api-client.js';
import { UsageError } from '../_shared/errors.js';
import type { ConnectionOptions } from '../_shared/find-api-key.js';
import { openInput } from '../_shared/input-output.js';
import { addServerOrDirectoryOptions } from '../_shared/options.js';
import { importOverHttp } from './import-over-http.js';
import { ImportReport } from './import-report.js';
import type { ImportRequest } from './open-import-input.js';
import type { ColumnMapping } from './csv-row-mapper.js';

type Options = ConnectionOptions & {
  readonly onError: 'continue' | 'stop';
  readonly check?: true;
  readonly as?: string;
  readonly map?: ReadonlyMap<string, string>;
  readonly set?: ReadonlyMap<string, string>;
  readonly ignore?: readonly string[];
};

export function addImportCommand(program: Command): void {
  addServerOrDirectoryOptions(program.command('import'))
    .description(
      'record commands, one a line or one a row of a table, each on its own; or import a whole exported book into an empty one. Commands of a file can be sent again: what is recorded is not recorded twice',
    )
    .argument('<file>', 'NDJSON, or CSV with --as; "-" is the standard input')
    .addOption(
      new Option('--on-error <what>', 'when a command is refused')
        .choices(['continue', 'stop'])
        .default('continue'),
    )
    .option('--check', 'judge every line against the book and the lines before it, and record nothing')
    .option(
      '--as <command>',
      'the file is a table (CSV); each row is this command, each column a field of it',
    )
    .option(
      '--map <field=column,...>',
      'the columns of fields that are named otherwise; paths such as sources.0.source are fields, too',
      parseMap,
    )
    .option('--set <field=value>', 'a field that has the same value in every row', parseSet)
    .option('--ignore <column,...>', 'columns that are no fields', parseList)
    .action(async (file: string, options: Options) => {
      const report = new ImportReport({ isCheck: options.check ?? false });
      const signal = abortOnSignal();
      const request = createRequest(options);
      const source = openInput(file);
      try {
        await importInput({ ...request, file, source, report, signal }, options);
      } catch (error) {
        signal.throwIfAborted(); // an abort may cause any other failure
        throw error;
      } finally {
        source.destroy();
        report.clearProgress();
      }
      signal.throwIfAborted();
      report.printSummary();
    });
}

async function importInput(request: ImportRequest, { url, key, data }: Options): Promise<void> {
  if (data === undefined) {
    const target = { ...(url !== undefined && { url }), ...(key !== undefined && { key }) };
    return importOverHttp(new ApiClient(target), request);
  }
  const { importIntoDirectory } = await import('./import-into-directory.js'); // with the read models
  return importIntoDirectory(data, key, request);
}

function createRequest({ onError, check, as: command, map, set, ignore }: Options) {
  if (command === undefined && (map ?? set ?? ignore) !== undefined)
    throw new UsageError(
      '--map, --set and --ignore are about the columns of a table: name its command with --as.',
    );
  const mapping: ColumnMapping = {
    columnsByField: map ?? new Map(),
    constants: set ?? new Map(),
    ignoredColumns: new Set(ignore),
  };
  return {
    stopOnFailure: onError === 'stop',
    isCheck: check ?? false,
    ...(command !== undefined && { table: { command, mapping } }),
  };
}

type Pairs = ReadonlyMap<string, string>;

const parseMap = (text: string, earlier: Pairs = new Map()): Pairs =>
  text.split(',').reduce((pairs, pair) => parseSet(pair, pairs), earlier);

function parseSet(text: string, earlier: Pairs = new Map()): Pairs {
  const [, field, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined)
    throw new InvalidArgumentError('It must be a field, "=" and what it gets.');
  if (earlier.has(field)) throw new InvalidArgumentError(`The field "${field}" stands twice.`);
  return new Map([...earlier, [field, value]]);
}

const parseList = (text: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  ...text.split(','),
];
