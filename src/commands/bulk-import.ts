// Imports NDJSON of any length, either commands or an export, with a result for each line.
import type { Ledger } from '../ledger/ledger.js';
import type { CommandHandler } from './command-handler.js';
import { importExportedEntries } from './import-exported-entries.js';
import type { CommandSender } from './command-recorder.js';
import type { Json, JsonObject } from '../json/json.js';
import {
  isExportHeaderLine,
  EXPORT_LINE_MAX_BYTES,
  parseExportHeader,
  InvalidExportError,
  type NumberedLine,
} from '../ledger/export-line.js';
import { parseExportPages } from '../ledger/export.js';
import type { Entry } from '../ledger/entry.js';
import {
  createLedgerNotEmptyError,
  ImportRefusedError,
  type Sequencer,
  UnavailableError,
} from '../ledger/sequencer.js';
import type { NdjsonLine } from '../json/ndjson-lines.js';
import { COMMAND_MAX_BYTES } from './command-validation.js';
import { getRecordedCommand } from './command-problems.js';
import { toProblem } from '../problems/to-problem.js';
import { ProblemError } from '../problems/problem-error.js';
import { parseInstant } from '../dates/instant.js';
import { assertIdempotencyKey, parseCommandEnvelope, parseLosslessJson } from './parse-command-envelope.js';

/** What any line may hold, in bytes. */
export const LINE_MAX_BYTES = EXPORT_LINE_MAX_BYTES;
/** Lines that are decided but not yet answered. Fewer than the sequencer queues, so that other clients are served, too. */
const PENDING_MAX = 256;
/** How many bytes these lines may have together, if they are more than one. */
const PENDING_BYTES_MAX = 4 * 1024 * 1024;
/** Entries of an export between two progress results. */
const PROGRESS_INTERVAL = 1_000;

export type ImportLineResult = {
  readonly line: number;
  readonly status: number;
  readonly entry?: number;
  readonly code?: string;
  readonly detail?: string;
  /** Of a refused line, if they are about its fields. */
  readonly errors?: unknown;
};

/** The parts of a node that take an import. */
type ImportTarget = {
  readonly ledger: Ledger;
  readonly sequencer: Sequencer;
  readonly commandHandler: CommandHandler;
};

/** How lines are imported. */
type BulkImport = {
  readonly node: ImportTarget;
  readonly sender: CommandSender;
  /** Only an admin may import an export or set `recordedAt`. */
  readonly isAdmin: boolean;
  /** Whether the handler records nothing, so that no result has an entry. */
  readonly isCheck: boolean;
  readonly stopOnFailure: boolean;
  /** Called with one result after the other, in the order of the lines; the next call waits for this one. */
  readonly write: (result: ImportLineResult) => Promise<void>;
  /** Whether the client has gone, so that no further line is decided. */
  readonly isCancelled: () => boolean;
  /** Throws ProblemError if the sender may not go on, before any line. */
  readonly assertAllowed: () => void;
  /** Counts a line after the first; left out without a limit. Rejects with ProblemError if the sender has sent too many. */
  readonly countLine?: () => Promise<void>;
  /** Does one piece of work when it is the turn of this import: a decision may take long, and a refused one waits for nothing. */
  readonly runTurn: <T>(work: () => T) => Promise<T>;
};

type LineIterator = AsyncIterableIterator<NdjsonLine, undefined>;

/**
 * Imports lines whose first one is being read. Resolves to the last entry that they made durable, 0 if none did. If the
 * lines reject with a ProblemError, it is the last result.
 */
export async function importLines(
  firstLine: Promise<IteratorResult<NdjsonLine, undefined>>,
  others: LineIterator,
  importing: BulkImport,
): Promise<number> {
  let first: IteratorResult<NdjsonLine, undefined>;
  try {
    first = await firstLine;
  } catch (error) {
    await importing.write(toInterruptedResult(error, 0));
    return 0;
  }
  return isExport(first)
    ? importExport(first.value, others, importing)
    : importCommands(prependLine(first, others), importing);
}

/** The result for the line that would have followed. Throws any other error than a ProblemError. */
function toInterruptedResult(error: unknown, lastLine: number): ImportLineResult {
  if (!(error instanceof ProblemError)) throw error;
  const { status, code, detail } = error;
  return { line: lastLine + 1, status, code, detail };
}

async function* prependLine(
  first: IteratorResult<NdjsonLine, undefined>,
  others: LineIterator,
): AsyncGenerator<NdjsonLine> {
  if (!first.done) yield first.value;
  yield* others;
}

/** Whether the lines are an export, by the first of them. */
export const isExport = (
  first: IteratorResult<NdjsonLine, undefined>,
): first is IteratorYieldResult<NdjsonLine> =>
  !first.done && !first.value.tooLong && isExportHeaderLine(first.value.bytes.toString());

/** Throws ProblemError or ImportRefusedError unless the ledger is empty and the client is an admin, who wants to record. */
export function assertExportImportAllowed({
  node,
  isAdmin,
  isCheck,
}: Pick<BulkImport, 'node' | 'isAdmin' | 'isCheck'>): void {
  if (!isAdmin) throw new ProblemError('forbidden', 'Only an admin may import a whole book.');
  if (isCheck)
    throw new ProblemError(
      'invalid-value',
      'Only commands are checked without being recorded; "minutebook audit <file>" checks an export.',
    );
  const { entry } = node.ledger.getHead();
  if (entry > 0) throw createLedgerNotEmptyError(entry);
}

async function importExport(first: NdjsonLine, others: LineIterator, importing: BulkImport): Promise<number> {
  const { node, write } = importing;
  let last = first.number;
  async function* numbered(): AsyncGenerator<NumberedLine> {
    for await (const line of others) {
      last = line.number;
      yield decodeLine(line);
    }
  }
  try {
    assertExportImportAllowed(importing);
    const header = parseExportHeader(decodeLine(first));
    const entries = await importExportedEntries(
      node.sequencer,
      reportProgress(parseExportPages(header, numbered()), importing),
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

/** Reports progress in entries read: none is recorded before all are. */
async function* reportProgress(
  pages: AsyncIterable<readonly Entry[]>,
  { write, isCancelled }: BulkImport,
): AsyncGenerator<readonly Entry[]> {
  let [entries, next] = [0, PROGRESS_INTERVAL];
  for await (const page of pages) {
    yield page;
    entries += page.length;
    if (isCancelled())
      throw new UnavailableError('stopping', 'The import was cancelled; none of it was recorded.');
    if (entries < next) continue;
    await write({ line: entries + 1, status: 202, entry: entries });
    next = entries + PROGRESS_INTERVAL;
  }
}

/** The line at which an export is refused. */
const getFailedLine = (error: unknown): number | undefined =>
  error instanceof InvalidExportError
    ? error.line
    : error instanceof ImportRefusedError
      ? error.entry + 1
      : undefined;

/** Memory does not grow with the number of lines: few are decided ahead of the results that were written. */
async function importCommands(lines: AsyncIterable<NdjsonLine>, importing: BulkImport): Promise<number> {
  const { stopOnFailure, isCancelled, assertAllowed, countLine, runTurn } = importing;
  let [head, failed, number] = [0, false, 0];
  const write = async (pending: Promise<ImportLineResult>): Promise<void> => {
    const result = await pending;
    head = Math.max(head, result.entry ?? 0);
    failed ||= result.code !== undefined;
    await importing.write(result);
  };
  /** Pending results, each written after the previous one. */
  const inFlight: { readonly written: Promise<void>; readonly bytes: number }[] = [];
  let inFlightBytes = 0;
  const waitForFirst = async (): Promise<void> => {
    const first = inFlight.shift();
    inFlightBytes -= first?.bytes ?? 0;
    await first?.written;
  };
  try {
    for await (const line of lines) {
      number = line.number - 1;
      if (countLine && number > 0) await countLine();
      const { pending } = await runTurn(() => {
        assertAllowed();
        return { pending: importCommand(line, importing) };
      });
      number = line.number;
      const before = inFlight.at(-1)?.written;
      inFlight.push({
        written: before ? before.then(() => write(pending)) : write(pending),
        bytes: line.bytes.length,
      });
      inFlightBytes += line.bytes.length;
      // To stop at the first failure, no line may be decided before the result of the line before it is known.
      while (inFlight.length >= (stopOnFailure ? 1 : PENDING_MAX) || inFlightBytes > PENDING_BYTES_MAX)
        await waitForFirst();
      if (isCancelled() || (failed && stopOnFailure)) break;
    }
    await inFlight.at(-1)?.written;
  } catch (error) {
    await inFlight.at(-1)?.written;
    await importing.write(toInterruptedResult(error, number));
  }
  return head;
}

/** Decides one line: the decision is made before this returns, the result comes when it is durable. */
async function importCommand(
  { number, bytes, tooLong }: NdjsonLine,
  { node, sender, isAdmin, isCheck }: BulkImport,
): Promise<ImportLineResult> {
  try {
    if (tooLong || bytes.length > COMMAND_MAX_BYTES)
      throw new ProblemError('too-large', `A line with a command holds at most ${COMMAND_MAX_BYTES} bytes.`);
    const value = parseLosslessJson(bytes);
    const envelope = parseCommandEnvelope(value, '', ['command', 'data', 'idempotencyKey', 'recordedAt']);
    const { idempotencyKey, recordedAt } = value as JsonObject;
    if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
    const { entry, events, replayed } = getRecordedCommand(
      await node.commandHandler.handle(envelope, {
        ...sender,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(recordedAt !== undefined && { recordedAt: parseRecordedAt(recordedAt, isAdmin) }),
      }),
    );
    const status = events.length > 0 && !replayed ? 201 : 200;
    return { line: number, status, ...(!isCheck && { entry }) };
  } catch (error) {
    const { code, status, detail, extensions } = toProblem(error);
    const { errors } = extensions;
    return { line: number, status, code, detail, ...(errors !== undefined && { errors }) };
  }
}

function parseRecordedAt(recordedAt: Json, isAdmin: boolean): string {
  if (!isAdmin) throw new ProblemError('forbidden', 'Only an admin may set "recordedAt".');
  const instant = typeof recordedAt === 'string' ? parseInstant(recordedAt) : undefined;
  if (instant === undefined)
    throw new ProblemError(
      'invalid-value',
      '"recordedAt" must be an RFC 3339 timestamp such as 2011-05-31T12:00:00Z.',
    );
  return instant;
}
