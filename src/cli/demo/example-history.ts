// The example history, sent to a server as anybody would send it: lines of commands over HTTP.
import { readFileSync } from 'node:fs';
import { ApplicationError } from '../../errors/application-error.js';

/** The demo cannot go on. The message is a sentence. */
export class DemoError extends ApplicationError {
  readonly code = 'demo-failed';
}

/** The files of examples/csto, in the order in which they were written. */
export const exampleFiles = ['minsk-2011', 'history'] as const;

type ExampleCommand = {
  readonly command: string;
  readonly data: { readonly fact?: string };
  /** Counts from 1 in its file. */
  readonly number: number;
};
type CommandResult = {
  readonly line: number;
  readonly status: number;
  readonly entry?: number;
  readonly code?: string;
  readonly detail?: string;
};

/** What a server can be told: its commands, and the kinds of streams that they speak of. */
export type ServerCapabilities = {
  readonly commands: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
};

export type PostedFile = {
  readonly recorded: number;
  /** Facts that stood already. */
  readonly alreadyRecorded: number;
  /** Lines whose commands the server does not have. */
  readonly leftOut: number;
  /** The last entry of the file. */
  readonly head: number;
};

export async function fetchCapabilities(url: string): Promise<ServerCapabilities> {
  const response = await fetch(`${url}/commands`);
  const { items } = (await response.json()) as {
    items: readonly { readonly name: string; readonly stream: string | null }[];
  };
  return {
    commands: new Set(items.map(({ name }) => name)),
    categories: new Set(items.flatMap(({ stream }) => stream ?? [])),
  };
}

/** Whether a server can be told this: a correction also needs the kind of the stream that it corrects. */
export const isSupported = (
  { command, data: { fact } }: Pick<ExampleCommand, 'command' | 'data'>,
  { commands, categories }: ServerCapabilities,
): boolean =>
  commands.has(command) &&
  (fact === undefined || !fact.includes('@') || categories.has(fact.split('-', 1)[0] ?? ''));

/** Records a file. The key of each line makes it safe to send again. Throws DemoFailed if a line is refused. */
export async function postFile(
  url: string,
  key: string,
  file: string,
  server: ServerCapabilities,
): Promise<PostedFile> {
  const lines = readExampleFile(file);
  const sent = lines.filter((line) => isSupported(line, server));
  const response = await fetch(`${url}/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: sent
      .map(({ command, data, number }) =>
        JSON.stringify({ command, data, idempotencyKey: `examples/csto/${file}:${number}` }),
      )
      .join('\n'),
  });
  if (response.status !== 200)
    throw new DemoError(`The server does not take ${file}.ndjson: ${await response.text()}`);
  const results = (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as CommandResult);
  const refused = results.find(({ code }) => code !== undefined);
  if (refused) {
    const line = sent[refused.line - 1];
    throw new DemoError(
      `Line ${line?.number} of ${file}.ndjson (${line?.command}) was refused with ${refused.status} ${refused.code}: ${refused.detail}`,
    );
  }
  if (results.length < sent.length)
    throw new DemoError(`The server answered ${results.length} of ${sent.length} lines of ${file}.ndjson.`);
  return {
    recorded: results.filter(({ status }) => status === 201).length,
    alreadyRecorded: results.filter(({ status }) => status === 200).length,
    leftOut: lines.length - sent.length,
    head: Math.max(0, ...results.map(({ entry }) => entry ?? 0)),
  };
}

/** Compiled code lies two folders deeper than its source. */
const readExampleFile = (file: string): readonly ExampleCommand[] =>
  readFileSync(new URL(`../../../../examples/csto/${file}.ndjson`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text, n) => ({ ...(JSON.parse(text) as Omit<ExampleCommand, 'number'>), number: n + 1 }));
