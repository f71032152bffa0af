// What an import reads: an export, lines of commands, a JSON array of commands, or a table.
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { LINE_MAX_BYTES } from '../../commands/bulk-import.js';
import { isObject } from '../../json/is-object.js';
import type { Json } from '../../json/json.js';
import { type NdjsonLine, readLines } from '../../json/ndjson-lines.js';
import { parseJsonWithInexactNumbers } from '../../json/strict-json.js';
import { isExportHeaderLine } from '../../ledger/export-line.js';
import { UsageError } from '../_shared/errors.js';
import { addIdempotencyKeys } from './idempotency-keys.js';

/** Lines of which at least one must be a JSON object, or the file is not NDJSON at all. */
const HEAD_LINES_MAX = 5;
/** The largest JSON array that is read: it is held as a whole. */
const ARRAY_MAX_BYTES = 4 * 1024 * 1024;

/** A field as the person who wrote the file knows it: `pointer` is RFC 6901, in the data of the command. */
type DescribePlace = (line: number, pointer: string | undefined) => string;

/** The lines of an import, and what is known of them. */
export class ImportInput {
  /** Why the input could not be read to its end; undefined if it could. */
  failure: Error | undefined;

  constructor(
    /** How many entries an export has; undefined for commands. */
    readonly expectedEntries: number | undefined,
    readonly describePlace: DescribePlace,
    private readonly source: AsyncIterable<NdjsonLine>,
  ) {}

  /** The lines up to the first one that cannot be read: what was sent before it is answered all the same. */
  async *readLines(): AsyncGenerator<NdjsonLine, undefined> {
    try {
      yield* this.source;
    } catch (error) {
      this.failure = error as Error;
    }
  }
}

/** Finds out what the input is. Rejects with UsageError if it is no NDJSON, before anything is recorded. */
export async function openJsonInput(source: Readable, file: string): Promise<ImportInput> {
  const lines = readLines(source, LINE_MAX_BYTES);
  const head = await readHead(lines);
  const [first] = head;
  if (first && isArrayStart(first)) return openArray(head, lines, file);
  if (head.length > 0 && !head.some(isJsonObject)) throw createFormatError(file);
  const all = prependLines(head, lines);
  const header = first?.bytes.toString() ?? '';
  return isExportHeaderLine(header)
    ? new ImportInput(parseExpectedEntries(header), describeLine, all)
    : createCommandInput(all, file, describeLine);
}

/** Lines with commands. Those of a file get idempotency keys; the standard input has no name to make them of. */
export const createCommandInput = (
  lines: AsyncIterable<NdjsonLine>,
  file: string,
  describePlace: DescribePlace,
): ImportInput =>
  new ImportInput(undefined, describePlace, file === '-' ? lines : addIdempotencyKeys(lines, basename(file)));

const describeLine: DescribePlace = (line, pointer) => `Line ${line}${pointer ? `, ${pointer}` : ''}`;

/** The first lines up to one with a JSON object: a program that writes into a pipe may wait for the answer to it. */
async function readHead(lines: AsyncGenerator<NdjsonLine, undefined>): Promise<readonly NdjsonLine[]> {
  const head: NdjsonLine[] = [];
  while (head.length < HEAD_LINES_MAX) {
    const next = await lines.next();
    if (next.done) break;
    head.push(next.value);
    if (isJsonObject(next.value) || isArrayStart(next.value)) break;
  }
  return head;
}

async function* prependLines(
  head: readonly NdjsonLine[],
  lines: AsyncIterable<NdjsonLine>,
): AsyncGenerator<NdjsonLine> {
  yield* head;
  yield* lines;
}

/** A line that is too long was not kept; it is refused by its number, and may well be an object. */
function isJsonObject({ bytes, tooLong }: NdjsonLine): boolean {
  if (tooLong) return true;
  try {
    return isObject(JSON.parse(bytes.toString()) as Json);
  } catch {
    return false;
  }
}

const isArrayStart = ({ bytes }: NdjsonLine): boolean => bytes.toString('latin1').trimStart().startsWith('[');

/** The members of a JSON array, such as POST /commands takes as a group, each as a line of its own. */
async function openArray(
  head: readonly NdjsonLine[],
  lines: AsyncIterable<NdjsonLine>,
  file: string,
): Promise<ImportInput> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const { bytes, tooLong } of prependLines(head, lines)) {
    size += bytes.length + 1;
    if (tooLong || size > ARRAY_MAX_BYTES)
      throw new UsageError(
        `${formatInputName(file)} is a JSON array of more than ${ARRAY_MAX_BYTES} bytes: write one command a line instead.`,
      );
    parts.push(bytes, Buffer.from('\n'));
  }
  const members = parseArray(Buffer.concat(parts));
  if (!members) throw createFormatError(file);
  async function* toLines(): AsyncGenerator<NdjsonLine> {
    for (const [index, member] of (members as readonly Json[]).entries())
      yield await Promise.resolve({
        number: index + 1,
        bytes: Buffer.from(JSON.stringify(member)),
        tooLong: false,
      });
  }
  return createCommandInput(
    toLines(),
    file,
    (line, pointer) => `Command ${line}${pointer ? `, ${pointer}` : ''}`,
  );
}

function parseArray(bytes: Buffer): readonly Json[] | undefined {
  try {
    const { value, inexactNumbers } = parseJsonWithInexactNumbers(bytes);
    return Array.isArray(value) && inexactNumbers.length === 0 ? (value as readonly Json[]) : undefined;
  } catch {
    return undefined;
  }
}

const parseExpectedEntries = (header: string): number =>
  Number((JSON.parse(header) as { entries?: unknown }).entries) || 0;

const createFormatError = (file: string): UsageError =>
  new UsageError(
    `${formatInputName(file)} is not NDJSON, one { "command", "data" } a line: a table is imported with --as <command>.`,
  );

export const formatInputName = (file: string): string => (file === '-' ? 'The standard input' : `"${file}"`);
