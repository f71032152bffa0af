// Parses an answer as `curl -i` writes it: status line, headers, an empty line, body.
import { readFileSync } from 'node:fs';
import { OperationFailedError, UsageError } from '../_shared/errors.js';

export type SavedAnswer = {
  /** The relative permalink of the answer. */
  readonly address: string;
  /** The path under which the server of the answer is reached, such as `/minutebook`; mostly empty. */
  readonly basePath: string;
  readonly entry: number;
  /** The root of the tree of `entry` entries, in base64. */
  readonly root: string;
  readonly projection: string;
  readonly version: number;
  readonly type: string;
  readonly body: Buffer;
};

/** Throws UsageError if there is no such file, OperationFailedError if it holds no answer of a read model. */
export function readSavedAnswer(file: string): SavedAnswer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new UsageError(`There is no file "${file}".`);
  }
  const refuse = (what: string): OperationFailedError =>
    new OperationFailedError(
      `${file} ${what}: save an answer of a read model with its headers, as curl -i does.`,
    );
  for (let from = 0; ;) {
    const end = findHeadEnd(bytes, from);
    if (end === undefined) throw refuse('is not an answer with its headers');
    const [first = '', ...lines] = bytes.toString('latin1', from, end.head).split(/\r?\n/);
    const [, status] = /^HTTP\/[\d.]+ (\d{3})/.exec(first) ?? [];
    if (status === undefined) throw refuse('is not an answer with its headers');
    from = end.body;
    if (status.startsWith('1')) continue; // an interim answer, such as 100 Continue
    if (status !== '200')
      throw refuse(`has the status ${status}, and only an answer with 200 can be replayed`);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const given = (name: string): string => {
      const value = headers.get(name);
      if (value === undefined) throw refuse(`has no header ${name}, which every answer of a read model has`);
      return value;
    };
    const [, projection, version] = /^([a-z-]+); version=(\d+)$/.exec(given('projection')) ?? [];
    const entry = /^\d{1,15}$/.exec(given('ledger-entry'))?.[0];
    const address = given('content-location');
    if (projection === undefined || version === undefined || entry === undefined || !address.startsWith('/'))
      throw refuse('has headers that no answer of a read model has');
    return {
      address,
      basePath: findBasePath(address, headers.get('link') ?? ''),
      entry: Number(entry),
      root: given('ledger-root'),
      projection,
      version: Number(version),
      type: headers.get('content-type') ?? 'application/json',
      body: bytes.subarray(from),
    };
  }
}

/** What the timemap of an answer has before `/timemap`, and its permalink has, too. */
function findBasePath(address: string, links: string): string {
  const [, timemap] = /<(?:https?:\/\/[^/>]+)?(\/[^>?]*)[^>]*>; rel="timemap"/.exec(links) ?? [];
  const [path = ''] = address.split('?', 1);
  const ends = [...path.matchAll(/\//g)].map(({ index }) => index);
  const end = ends.find((each) =>
    `${path.slice(0, each)}/timemap${path.slice(each)}`.startsWith(timemap ?? ' '),
  );
  return path.slice(0, end ?? 0);
}

/** The offsets at which the headers end and the body begins. */
function findHeadEnd(bytes: Buffer, from: number): { head: number; body: number } | undefined {
  for (const [blank, length] of [
    ['\r\n\r\n', 4],
    ['\n\n', 2],
  ] as const) {
    const head = bytes.indexOf(blank, from, 'latin1');
    if (head !== -1) return { head, body: head + length };
  }
  return undefined;
}
