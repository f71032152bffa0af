// Sends the example history to a server as any client would: lines of commands over HTTP.
import { readFileSync } from 'node:fs';
import { isCommandSupported, type SupportedCommands } from './supported-commands.js';
import { ApplicationError } from '../../errors/application-error.js';

/** The demo cannot continue. The message is a sentence. */
export class DemoError extends ApplicationError {
  readonly code = 'demo-failed';
}

/** The files of examples/csto, in the order in which they were written. */
export const exampleFiles = ['minsk-2011', 'history'] as const;

type ExampleCommand = {
  readonly command: string;
  readonly data: { readonly fact?: string };
  /** The line number, counted from 1. */
  readonly number: number;
};
type CommandResult = {
  readonly line: number;
  readonly status: number;
  readonly entry?: number;
  readonly code?: string;
  readonly detail?: string;
};

export type PostedFile = {
  readonly recorded: number;
  /** Commands whose events were recorded before. */
  readonly alreadyRecorded: number;
  /** Lines whose commands the server does not have. */
  readonly skipped: number;
  /** The last entry that the file recorded. */
  readonly head: number;
};

/** Records a file. Each line has an idempotency key, so a file can be sent again. Throws DemoError if a line is refused. */
export async function postFile(
  url: string,
  key: string,
  file: string,
  server: SupportedCommands,
): Promise<PostedFile> {
  const lines = readExampleFile(file);
  const sent = lines.filter((line) => isCommandSupported(line, server));
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
    throw new DemoError(`The server does not accept ${file}.ndjson: ${await response.text()}`);
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
    skipped: lines.length - sent.length,
    head: Math.max(0, ...results.map(({ entry }) => entry ?? 0)),
  };
}

/** The path is relative to the compiled file in dist. */
const readExampleFile = (file: string): readonly ExampleCommand[] =>
  readFileSync(new URL(`../../../../examples/csto/${file}.ndjson`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text, n) => ({ ...(JSON.parse(text) as Omit<ExampleCommand, 'number'>), number: n + 1 }));
