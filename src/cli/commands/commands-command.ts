import type { Command } from 'commander';
import { createCommandSchema, listRegisteredCommands } from '../../commands/command-schema.js';
import type { RegisteredCommand } from '../../commands/command-validation.js';
import type { JsonObject } from '../../json/json.js';
import { UsageError } from '../_shared/errors.js';
import { formatColumns } from '../_shared/format-columns.js';
import { formatTableHeader } from './table-header.js';

export function addCommandsCommand(program: Command): void {
  program
    .command('commands')
    .description('list the commands of this release; with a name: its fields, and an example to paste')
    .argument('[name]', 'for example admit-member')
    .option('--csv', 'print the header of a table whose rows "import --as" takes as this command')
    .action((name: string | undefined, { csv }: { readonly csv?: true }) => {
      if (name !== undefined)
        process.stdout.write(csv ? formatTableHeader(getCommand(name)) : formatCommand(getCommand(name)));
      else if (csv) throw new UsageError('--csv is about one command: name it, such as admit-member.');
      else process.stdout.write(formatList());
    });
}

function getCommand(name: string): RegisteredCommand {
  const commands = listRegisteredCommands();
  const command = commands.get(name);
  if (command) return command;
  const [first = ''] = name.split('-');
  const similar = [...commands.keys()].filter((each) => name.includes(each) || each.startsWith(`${first}-`));
  throw new UsageError(
    similar.length === 0
      ? `There is no command "${name}"; "minutebook commands" lists them.`
      : `There is no command "${name}"; did you mean ${similar.join(', ')}?`,
  );
}

const formatList = (): string =>
  `${formatColumns([...listRegisteredCommands().values()].map(({ name, about }) => [name, about]))}\n`;

function formatCommand(command: RegisteredCommand): string {
  const { name, about, example, exampleFollows } = command;
  const { properties, required } = createCommandSchema(command) as JsonObject & {
    readonly properties: { readonly [field: string]: JsonObject };
    readonly required: readonly string[];
  };
  const fields = Object.entries(properties).map(([field, schema]) => [
    `  ${field}`,
    required.includes(field) ? 'required' : 'optional',
    describeField(schema),
  ]);
  const condition = exampleFollows === undefined ? '' : `, after the example of ${exampleFollows}`;
  return `${name}: ${about}

Fields:
${formatColumns(fields)}

An example that the book of "minutebook demo" accepts${condition}; "--check" records nothing:

minutebook post ${name} --check <<'END'
${JSON.stringify(example, undefined, 2)}
END
`;
}

function describeField({ type, enum: values, description }: JsonObject): string {
  const kind = Array.isArray(values) ? values.join(' | ') : (type as string);
  return typeof description === 'string' ? `${kind}. ${description}` : kind;
}
