// Lines of commands, or of an export, taken into a book: any number, answered line by line.
import type { Ledger } from '../ledger/ledger.js';
import type { CommandHandler } from './command-handler.js';
import { importExportedEntries } from './import-export.js';
import type { CommandSender } from './command-recorder.js';
import type { Json, JsonObject } from '../json/json.js';
import {
  isExportHeaderLine,
  EXPORT_LINE_MAX,
  parseExportHeader,
  InvalidExportError,
  type NumberedLine,
} from '../ledger/export-line.js';
import { readExportPages } from '../ledger/export.js';
import type { Entry } from '../ledger/entry.js';
import {
  createBookNotEmptyError,
  ImportRefusedError,
  type Sequencer,
  UnavailableError,
} from '../ledger/sequencer.js';
import type { Role } from '../auth/authorization.js';
import type { NdjsonLine } from '../json/ndjson-lines.js';
import { getRecordedCommand } from './command-problems.js';
import { toProblem } from '../problems/to-problem.js';
import { ProblemError } from '../problems/problem-error.js';
import { parseInstant } from '../dates/instant.js';
import { assertIdempotencyKey, parseCommandEnvelope, parseExactJson } from './command-envelope.js';

/** What any line may hold, in bytes. */
export const LINE_MAX_BYTES = EXPORT_LINE_MAX;
/** What a line with a command may hold, in bytes: as much as a request with one command. */
const COMMAND_MAX_BYTES = 512 * 1024;
/** Lines that are decided but not yet answered. Fewer than the sequencer takes, so that others are served, too. */
const PENDING_MAX = 256;
/** Entries of an export between two lines that say how far it is. */
const PROGRESS_INTERVAL = 1_000;

export type ImportLineResult = {
  readonly line: number;
  readonly status: number;
  readonly entry?: number;
  readonly code?: string;
  readonly detail?: string;
};

/** The parts of a node that take an import. */
export type ImportTarget = {
  readonly ledger: Ledger;
  readonly sequencer: Sequencer;
  readonly commandHandler: CommandHandler;
};

/** What is done with lines. */
export type BulkImport = {
  readonly node: ImportTarget;
  readonly sender: CommandSender;
  readonly role: Role | null;
  readonly stopOnFailure: boolean;
  /** Told one result after the other; no further one until this one is taken. */
  readonly write: (result: ImportLineResult) => Promise<void>;
  /** Whether nobody wants any more results. */
  readonly isCancelled: () => boolean;
};

type LineIterator = AsyncGenerator<NdjsonLine, undefined>;

/** Takes lines whose first one was read already. Resolves to the last entry that became durable by them, 0 if none did. */
export const importLines = (
  first: IteratorResult<NdjsonLine, undefined>,
  others: LineIterator,
  importing: BulkImport,
): Promise<number> =>
  isExport(first)
    ? importExport(first.value, others, importing)
    : importCommands(prependLine(first, others), importing);

async function* prependLine(
  first: IteratorResult<NdjsonLine, undefined>,
  others: LineIterator,
): AsyncGenerator<NdjsonLine> {
  if (!first.done) yield first.value;
  yield* others;
}

/** Whether lines are an export, as the first of them tells. */
export const isExport = (
  first: IteratorResult<NdjsonLine, undefined>,
): first is IteratorYieldResult<NdjsonLine> =>
  !first.done && !first.value.tooLong && isExportHeaderLine(first.value.bytes.toString());

/** Throws ProblemError or NotTakenOver unless the book is empty and whoever asks may fill it. */
export function assertImportAllowed({ ledger }: ImportTarget, role: Role | null): void {
  if (role !== 'admin') throw new ProblemError('forbidden', 'Only an admin may import a whole book.');
  const { entry } = ledger.getHead();
  if (entry > 0) throw createBookNotEmptyError(entry);
}

async function importExport(first: NdjsonLine, others: LineIterator, importing: BulkImport): Promise<number> {
  const { node, role, write } = importing;
  let last = first.number;
  async function* numbered(): AsyncGenerator<NumberedLine> {
    for await (const line of others) {
      last = line.number;
      yield decodeLine(line);
    }
  }
  try {
    assertImportAllowed(node, role);
    const header = parseExportHeader(decodeLine(first));
    const entries = await importExportedEntries(
      node.sequencer,
      reportProgress(readExportPages(header, numbered()), importing),
      header.root,
    );
    await write({ line: last, status: entries > 0 ? 201 : 200, entry: entries });
    return entries;
  } catch (error) {
    const { code, status, detail } = toProblem(error);
    if (code === 'internal-error') throw error;
    await write({ line: getFailedLine(error) ?? last, status, code, detail });
    return 0;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeLine({ number, bytes, tooLong }: NdjsonLine): NumberedLine {
  if (tooLong) throw new InvalidExportError(number, `is longer than ${LINE_MAX_BYTES} bytes`);
  try {
    return { number, text: utf8.decode(bytes) };
  } catch {
    throw new InvalidExportError(number, 'is not UTF-8');
  }
}

/** Says how far it is, in entries that were read: none is recorded before all are. */
async function* reportProgress(
  pages: AsyncIterable<readonly Entry[]>,
  { write, isCancelled }: BulkImport,
): AsyncGenerator<readonly Entry[]> {
  let [entries, next] = [0, PROGRESS_INTERVAL];
  for await (const page of pages) {
    yield page;
    entries += page.length;
    if (isCancelled())
      throw new UnavailableError('stopping', 'The import was broken off, and nothing of it was recorded.');
    if (entries < next) continue;
    await write({ line: entries + 1, status: 202, entry: entries });
    next = entries + PROGRESS_INTERVAL;
  }
}

/** Where an export does not fit. */
const getFailedLine = (error: unknown): number | undefined =>
  error instanceof InvalidExportError
    ? error.line
    : error instanceof ImportRefusedError
      ? error.entry + 1
      : undefined;

/** Memory does not grow with the number of lines: they are not decided far ahead of what was written of them. */
async function importCommands(lines: AsyncIterable<NdjsonLine>, importing: BulkImport): Promise<number> {
  const { stopOnFailure, isCancelled } = importing;
  let [head, failed] = [0, false];
  const write = async (taken: Promise<ImportLineResult>): Promise<void> => {
    const result = await taken;
    head = Math.max(head, result.entry ?? 0);
    failed ||= result.code !== undefined;
    await importing.write(result);
  };
  /** The answers to come, each after the one before. */
  const underWay: Promise<void>[] = [];
  try {
    for await (const line of lines) {
      const taken = importCommand(line, importing);
      const before = underWay.at(-1);
      underWay.push(before ? before.then(() => write(taken)) : write(taken));
      // To stop at the first error, nothing may be decided before the line before it is answered.
      while (underWay.length >= (stopOnFailure ? 1 : PENDING_MAX)) await underWay.shift();
      if (isCancelled() || (failed && stopOnFailure)) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  return head;
}

/** Decides one line: the decision is made before this returns, the result comes when it is durable. */
async function importCommand(
  { number, bytes, tooLong }: NdjsonLine,
  { node, sender, role }: BulkImport,
): Promise<ImportLineResult> {
  try {
    if (tooLong || bytes.length > COMMAND_MAX_BYTES)
      throw new ProblemError('too-large', `A line with a command holds at most ${COMMAND_MAX_BYTES} bytes.`);
    const value = parseExactJson(bytes);
    const wording = parseCommandEnvelope(value, '', ['command', 'data', 'idempotencyKey', 'recordedAt']);
    const { idempotencyKey, recordedAt } = value as JsonObject;
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    const { entry, events, replayed } = getRecordedCommand(
      await node.commandHandler.handle(wording, {
        ...sender,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(recordedAt !== undefined && { recordedAt: parseRecordedAt(recordedAt, role) }),
      }),
    );
    return { line: number, status: events.length > 0 && !replayed ? 201 : 200, entry };
  } catch (error) {
    const { code, status, detail } = toProblem(error);
    return { line: number, status, code, detail };
  }
}

function parseRecordedAt(recordedAt: Json, role: Role | null): string {
  if (role !== 'admin')
    throw new ProblemError('forbidden', 'Only an admin may say when an entry was recorded.');
  const instant = typeof recordedAt === 'string' ? parseInstant(recordedAt) : undefined;
  if (instant === undefined)
    throw new ProblemError(
      'invalid-value',
      '"recordedAt" must be an RFC 3339 timestamp such as 2011-05-31T12:00:00Z.',
    );
  return instant;
}
