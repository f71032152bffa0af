// minutebook commands: the commands, their fields and examples, and tables for them, without a server.
import { findCommandSchema, listRegisteredCommands } from '../../src/commands/command-schema.js';
import { CsvRowMapper } from '../../src/cli/import/csv-row-mapper.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import { SUCCESS, Shell } from './support/shell.js';

const shell = new Shell();
afterAll(() => shell.cleanUp());
const run = (...words: readonly string[]) => shell.runMinutebook(['commands', ...words]);
const getValue = (data: Json, path: string): Json =>
  path.split('.').reduce((value, step) => (value as JsonObject)[step]!, data);

it('lists every command with what it is for', async () => {
  const { stdout, ...result } = await run();
  expect(result).toEqual(SUCCESS);
  const commands = [...listRegisteredCommands().values()];
  expect(stdout.trimEnd().split('\n')).toEqual(
    commands.map(({ name, about }) => expect.stringMatching(new RegExp(`^${name} +${about}$`))),
  );
});

it('prints the fields of a command, and its example', async () => {
  const { stdout } = await run('close-meeting');
  expect(stdout).toMatch(/^close-meeting: Closes a meeting\.\n\nFields:\n/);
  expect(stdout).toMatch(/^ {2}at +required +string\. An RFC 3339 instant/m);
  expect(stdout).toMatch(/^ {2}note +optional +string$/m);
  expect(stdout).toContain('accepts, after the example of open-meeting;');
  const [, example = ''] =
    /^minutebook post close-meeting --check <<'END'\n(.*)\nEND\n$/ms.exec(stdout) ?? [];
  expect(JSON.parse(example)).toEqual(listRegisteredCommands().get('close-meeting')?.example);
});

it('names the command that was probably meant', async () => {
  expect(await run('admit-members')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'There is no command "admit-members"; did you mean admit-member?\n',
  });
  expect((await run('vote')).stderr).toBe('There is no command "vote"; "minutebook commands" lists them.\n');
});

describe('the header of a table', () => {
  const tables = [...listRegisteredCommands().values()].filter(({ name }) => name !== 'correct-fact');

  it('has the columns that make the example of the command', async () => {
    for (const { name, example } of tables.filter(({ name: each }) =>
      /^(admit|register|record)/.test(each),
    )) {
      const { stdout } = await run(name, '--csv');
      const header = stdout.trimEnd().split(',');
      const mapper = new CsvRowMapper(name, findCommandSchema(name) as JsonObject, header, {
        columnsByField: new Map(),
        constants: new Map(),
        ignoredColumns: new Set(),
      });
      expect(mapper.toData(header.map((path) => String(getValue(example, path))))).toEqual(example);
    }
  });

  it('is refused for a command that takes the data of another one, and for none', async () => {
    expect(await run('correct-fact', '--csv')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('--csv')).toMatchObject({ code: 2, stdout: '' });
  });
});
