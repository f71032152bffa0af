// Lines of commands, or of an export, taken into a book: any number, answered line by line.
import type { Book, Sender } from '../node/open-node.js';
import type { Json, JsonObject } from '../eventsourcing/message.js';
import { Malformed } from '../eventsourcing/refusal.js';
import {
  beginsExport,
  EXPORT_LINE_MAX,
  headerOf,
  NotAnExport,
  type NumberedLine,
  pagesOf,
} from '../ledger/export.js';
import type { Entry } from '../ledger/entry.js';
import { notEmpty, NotTakenOver, TooLarge, Unavailable } from '../ledger/sequencer.js';
import type { Role } from '../api/shared/access.guard.js';
import type { Line } from '../json/ndjson-lines.js';
import { problemOf, recordingOf } from './command-problems.js';
import { HttpProblem } from '../problems/problems.js';
import { instantOf } from '../api/shared/read-query.js';
import { InvalidJson, parseStrictJson } from '../json/strict-json.js';
import { assertIdempotencyKey, wordingOf } from './command-envelope.js';

/** What any line may hold, in bytes. */
export const LINE_MAX = EXPORT_LINE_MAX;
/** What a line with a command may hold, in bytes: as much as a request with one command. */
const COMMAND_MAX = 512 * 1024;
/** Lines that are decided but not yet answered. Fewer than the sequencer takes, so that others are served, too. */
const UNDER_WAY_MAX = 256;
/** Entries of an export between two lines that say how far it is. */
const PROGRESS = 1_000;

export type Result = {
  readonly line: number;
  readonly status: number;
  readonly entry?: number;
  readonly code?: string;
  readonly detail?: string;
};

/** What is done with lines. */
export type Importing = {
  readonly book: Book;
  readonly sender: Sender;
  readonly role: Role | null;
  readonly stopsAtFailure: boolean;
  /** Told one result after the other; no further one until this one is taken. */
  readonly write: (result: Result) => Promise<void>;
  /** Whether nobody wants any more results. */
  readonly isOver: () => boolean;
};

type Lines = AsyncGenerator<Line, undefined>;

/** Takes lines whose first one was read already. Resolves to the last entry that became durable by them, 0 if none did. */
export const importLines = (
  first: IteratorResult<Line, undefined>,
  others: Lines,
  importing: Importing,
): Promise<number> =>
  isExport(first)
    ? importExport(first.value, others, importing)
    : importCommands(withFirst(first, others), importing);

async function* withFirst(first: IteratorResult<Line, undefined>, others: Lines): AsyncGenerator<Line> {
  if (!first.done) yield first.value;
  yield* others;
}

/** Whether lines are an export, as the first of them tells. */
export const isExport = (first: IteratorResult<Line, undefined>): first is IteratorYieldResult<Line> =>
  !first.done && !first.value.tooLong && beginsExport(first.value.bytes.toString());

/** Throws HttpProblem or NotTakenOver unless the book is empty and whoever asks may fill it. */
export function assertMayImport({ ledger }: Book, role: Role | null): void {
  if (role !== 'admin') throw new HttpProblem('forbidden', 'Only an admin may import a whole book.');
  const { entry } = ledger.head();
  if (entry > 0) throw notEmpty(entry);
}

async function importExport(first: Line, others: Lines, importing: Importing): Promise<number> {
  const { book, role, write } = importing;
  let last = first.number;
  async function* numbered(): AsyncGenerator<NumberedLine> {
    for await (const line of others) {
      last = line.number;
      yield textOf(line);
    }
  }
  try {
    assertMayImport(book, role);
    const header = headerOf(textOf(first));
    const entries = await book.takeOver(told(pagesOf(header, numbered()), importing), header.root);
    await write({ line: last, status: entries > 0 ? 201 : 200, entry: entries });
    return entries;
  } catch (error) {
    const { code, status, detail } = failureOf(error);
    if (code === 'internal-error') throw error;
    await write({ line: lineOf(error) ?? last, status, code, detail });
    return 0;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textOf({ number, bytes, tooLong }: Line): NumberedLine {
  if (tooLong) throw new NotAnExport(number, `is longer than ${LINE_MAX} bytes`);
  try {
    return { number, text: utf8.decode(bytes) };
  } catch {
    throw new NotAnExport(number, 'is not UTF-8');
  }
}

/** Says how far it is, in entries that were read: none is recorded before all are. */
async function* told(
  pages: AsyncIterable<readonly Entry[]>,
  { write, isOver }: Importing,
): AsyncGenerator<readonly Entry[]> {
  let [entries, next] = [0, PROGRESS];
  for await (const page of pages) {
    yield page;
    entries += page.length;
    if (isOver())
      throw new Unavailable('stopping', 'The import was broken off, and nothing of it was recorded.');
    if (entries < next) continue;
    await write({ line: entries + 1, status: 202, entry: entries });
    next = entries + PROGRESS;
  }
}

/** Where an export does not fit. */
const lineOf = (error: unknown): number | undefined =>
  error instanceof NotAnExport ? error.line : error instanceof NotTakenOver ? error.entry + 1 : undefined;

/** Memory does not grow with the number of lines: they are not decided far ahead of what was written of them. */
async function importCommands(lines: AsyncIterable<Line>, importing: Importing): Promise<number> {
  const { stopsAtFailure, isOver } = importing;
  let [head, failed] = [0, false];
  const write = async (taken: Promise<Result>): Promise<void> => {
    const result = await taken;
    head = Math.max(head, result.entry ?? 0);
    failed ||= result.code !== undefined;
    await importing.write(result);
  };
  /** The answers to come, each after the one before. */
  const underWay: Promise<void>[] = [];
  try {
    for await (const line of lines) {
      const taken = take(line, importing);
      const before = underWay.at(-1);
      underWay.push(before ? before.then(() => write(taken)) : write(taken));
      // To stop at the first error, nothing may be decided before the line before it is answered.
      while (underWay.length >= (stopsAtFailure ? 1 : UNDER_WAY_MAX)) await underWay.shift();
      if (isOver() || (failed && stopsAtFailure)) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  return head;
}

/** Decides one line: the decision is made before this returns, the result comes when it is durable. */
async function take({ number, bytes, tooLong }: Line, { book, sender, role }: Importing): Promise<Result> {
  try {
    if (tooLong || bytes.length > COMMAND_MAX)
      throw new HttpProblem('too-large', `A line with a command holds at most ${COMMAND_MAX} bytes.`);
    const { value, inexact } = parseStrictJson(bytes);
    const [first, ...others] = inexact;
    if (first) throw problemOf(new Malformed([first, ...others]));
    const wording = wordingOf(value, '', ['command', 'data', 'idempotencyKey', 'recordedAt']);
    const { idempotencyKey, recordedAt } = value as JsonObject;
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    const { entry, events, replayed } = recordingOf(
      await book.post(wording, {
        ...sender,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(recordedAt !== undefined && { recordedAt: migratedAt(recordedAt, role) }),
      }),
    );
    return { line: number, status: events.length > 0 && !replayed ? 201 : 200, entry };
  } catch (error) {
    const { code, status, detail } = failureOf(error);
    return { line: number, status, code, detail };
  }
}

function migratedAt(recordedAt: Json, role: Role | null): string {
  if (role !== 'admin')
    throw new HttpProblem('forbidden', 'Only an admin may say when an entry was recorded.');
  const instant = typeof recordedAt === 'string' ? instantOf(recordedAt) : undefined;
  if (instant === undefined)
    throw new HttpProblem(
      'invalid-value',
      '"recordedAt" must be an RFC 3339 timestamp such as 2011-05-31T12:00:00Z.',
    );
  return instant;
}

function failureOf(error: unknown): { code: string; status: number; detail: string } {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InvalidJson) return new HttpProblem('invalid-json', error.detail);
  if (error instanceof NotAnExport) return new HttpProblem('invalid-export', error.message);
  if (error instanceof TooLarge) return new HttpProblem('too-large', error.message);
  if (error instanceof Unavailable || error instanceof NotTakenOver)
    return new HttpProblem(error.code, error.message);
  return new HttpProblem('internal-error', 'Something went wrong with this line that should not.');
}
