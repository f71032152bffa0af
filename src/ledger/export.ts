// A whole book as lines of text. What is written here is imported, audited and replayed elsewhere.
import { ApplicationError } from '../errors/application-error.js';
import type { Json, JsonObject } from '../json/json.js';
import { isObject } from '../json/is-object.js';
import { canonicalJson } from '../json/canonical-json.js';
import type { Entry } from './entry.js';
import type { Ledger } from './ledger.js';

/** What a line of an export may hold, in bytes: an entry with the largest command that is taken, and its metadata. */
export const EXPORT_LINE_MAX = 1024 * 1024;
/** Entries read or handed on together. */
const PAGE_SIZE = 100;
/** And how much they may weigh together before they are handed on, in characters. */
const PAGE_TEXT_MAX = 1024 * 1024;
/** How deep data and metadata may be nested, as in what a client sends. */
const DEPTH_MAX = 32;

/** The first line of an export. */
export type ExportHeader = {
  readonly entries: number;
  /** The key that checkpoints of the book are verified with (C2SP vkey), if there is one. */
  readonly key: string | null;
  /** Of the RFC 6962 tree of all entries, in base64, if it is known. */
  readonly root: string | null;
};

/** A line of text, and where it stands. Lines count from 1. */
export type NumberedLine = { readonly number: number; readonly text: string };

/** What was given is not a whole export of a book. The message is a sentence about the line. */
export class InvalidExportError extends ApplicationError {
  readonly code = 'invalid-export';

  constructor(
    readonly line: number,
    what: string,
  ) {
    super(`The line ${what}.`);
  }
}

/**
 * The book up to an entry, as text: the header, then one line an entry, each of them canonical JSON (RFC 8785) that
 * ends in a newline. A hundred lines at a time, so that neither memory nor the time until others get a turn grows
 * with the book. Throws DamagedEntry.
 */
export function* generateExportLines(ledger: Ledger, header: ExportHeader): Generator<string> {
  const { entries, key, root } = header;
  yield `${canonicalJson({ entries, export: 'minutebook', key, root, v: 1 })}\n`;
  for (let entry = 0; entry < entries; entry += PAGE_SIZE) {
    const page = ledger.readAfter(entry, Math.min(PAGE_SIZE, entries - entry));
    yield page.map(formatExportLine).join('');
  }
}

/** The first line of the record of one stream. */
export type StreamExportHeader = Pick<ExportHeader, 'entries' | 'key'> & { readonly stream: string };

/**
 * The first entries of one stream in the same way, and in a last line the receipt (C2SP tlog-proof) of the last of
 * them: each names the leaf of the one before it, so that proves them all. Throws DamagedEntry.
 */
export function* generateStreamLines(
  ledger: Ledger,
  { entries, key, stream }: StreamExportHeader,
  receipt: string,
): Generator<string> {
  yield `${canonicalJson({ entries, export: 'minutebook-stream', key, stream, v: 1 })}\n`;
  for (let revision = 0; revision < entries; revision += PAGE_SIZE)
    yield ledger
      .readStream(stream, revision, Math.min(PAGE_SIZE, entries - revision))
      .map(formatExportLine)
      .join('');
  yield `${canonicalJson({ receipt })}\n`;
}

/** In the sorted order of the keys. Only data and metadata can hold a character that JSON escapes. */
export const formatExportLine = (entry: Entry): string => {
  const previous = entry.previous === null ? 'null' : `"${entry.previous.toString('hex')}"`;
  return `{"data":${entry.data},"entry":${entry.entry},"id":"${entry.id}","leaf":"${entry.leaf.toString('hex')}","metadata":${entry.metadata},"previous":${previous},"recordedAt":"${entry.recordedAt}","revision":${entry.revision},"stream":"${entry.stream}","type":"${entry.type}"}\n`;
};

/** Whether a first line is that of an export, be it a sound one, and not a command. */
export function isExportHeaderLine(text: string): boolean {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) && Object.hasOwn(value, 'export');
  } catch {
    return false;
  }
}

const isCount = (value: Json | undefined): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isStringOrNull = (value: Json | undefined): value is string | null =>
  value === null || typeof value === 'string';

/** Throws NotAnExport. */
export function parseExportHeader({ number, text }: NumberedLine): ExportHeader {
  const value = parseJsonObject(number, text);
  if (value['export'] === 'minutebook-stream')
    throw new InvalidExportError(
      number,
      'begins the record of one stream, and only the export of a whole book will do',
    );
  if (value['export'] !== 'minutebook')
    throw new InvalidExportError(number, 'does not begin the export of a book');
  if (value['v'] !== 1)
    throw new InvalidExportError(
      number,
      `says version ${JSON.stringify(value['v'])}, and this release reads version 1`,
    );
  const { entries, key, root } = value;
  if (!isCount(entries) || !isStringOrNull(key) || !isStringOrNull(root))
    throw new InvalidExportError(number, 'must have the members "entries", "export", "key", "root" and "v"');
  if (toCanonicalJson(number, { entries, export: 'minutebook', key, root, v: 1 }) !== text)
    throw new InvalidExportError(number, NOT_CANONICAL);
  return { entries, key, root };
}

const NOT_CANONICAL =
  'is not spelled as an export is: canonical JSON (RFC 8785) with all of its members and no others';

/** What each text member looks like. None has a character that JSON escapes, on which the leaf's form relies. */
const TEXT_PATTERNS = {
  id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  leaf: /^[0-9a-f]{64}$/,
  recordedAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  stream: /^[a-z]+-[a-z0-9.:-]{1,400}$/,
  type: /^[A-Z][A-Za-z0-9]{0,99}$/,
} as const;

/**
 * The entry of a line, as far as the line alone can tell: whether it follows the one before it, and whether its leaf
 * is that of its content, is another question. Throws NotAnExport.
 */
export function parseExportLine({ number, text }: NumberedLine): Entry {
  const value = parseJsonObject(number, text);
  const wrong = (name: string): InvalidExportError =>
    new InvalidExportError(number, `has no "${name}" such as an entry must have`);
  const member = (name: keyof typeof TEXT_PATTERNS): string => {
    const given = value[name];
    if (typeof given !== 'string' || !TEXT_PATTERNS[name].test(given)) throw wrong(name);
    return given;
  };
  const count = (name: string): number => {
    const given = value[name];
    if (!isCount(given)) throw wrong(name);
    return given;
  };
  const content = (name: string): string => {
    const given = value[name];
    if (!isObject(given) || !isNestedAtMost(given, DEPTH_MAX)) throw wrong(name);
    return toCanonicalJson(number, given);
  };
  const { previous } = value;
  if (previous !== null && (typeof previous !== 'string' || !TEXT_PATTERNS.leaf.test(previous)))
    throw wrong('previous');
  const recordedAt = member('recordedAt');
  if (Number.isNaN(Date.parse(recordedAt)) || new Date(recordedAt).toISOString() !== recordedAt)
    throw wrong('recordedAt');
  const entry = {
    entry: count('entry'),
    id: member('id'),
    stream: member('stream'),
    revision: count('revision'),
    type: member('type'),
    recordedAt,
    data: content('data'),
    metadata: content('metadata'),
    previous: previous === null ? null : Buffer.from(previous, 'hex'),
    leaf: Buffer.from(member('leaf'), 'hex'),
  };
  if (formatExportLine(entry) !== `${text}\n`) throw new InvalidExportError(number, NOT_CANONICAL);
  return entry;
}

function parseJsonObject(number: number, text: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new InvalidExportError(number, 'is not JSON');
  }
  // Inside of a text its quotes would be escaped, so what is found here is the name of a member.
  if (!isObject(value) || text.includes('"__proto__":')) throw new InvalidExportError(number, NOT_CANONICAL);
  return value;
}

function toCanonicalJson(number: number, value: JsonObject): string {
  try {
    return canonicalJson(value);
  } catch {
    throw new InvalidExportError(number, NOT_CANONICAL); // a lone surrogate
  }
}

const isNestedAtMost = (value: Json, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((each: Json) => isNestedAtMost(each, levels - 1)));

/**
 * The entries of an export, a page at a time, each line checked by itself. Throws NotAnExport, at the end also if
 * there are not as many as the header says.
 */
export async function* readExportPages(
  header: ExportHeader,
  lines: AsyncIterable<NumberedLine>,
): AsyncGenerator<readonly Entry[]> {
  let [page, weight, expected]: [Entry[], number, number] = [[], 0, 2];
  let failure: Error | undefined;
  try {
    for await (const line of lines) {
      if (line.number !== expected)
        throw new InvalidExportError(expected, 'is blank, which no line of an export is');
      if (expected++ > header.entries + 1)
        throw new InvalidExportError(
          line.number,
          `comes after the ${header.entries} entries that line 1 promises`,
        );
      page.push(parseExportLine(line));
      weight += line.text.length;
      if (page.length < PAGE_SIZE && weight < PAGE_TEXT_MAX) continue;
      yield page;
      [page, weight] = [[], 0];
    }
    if (expected < header.entries + 2)
      throw new InvalidExportError(expected, `is missing: line 1 promises ${header.entries} entries`);
  } catch (error) {
    failure = error as Error;
  }
  if (page.length > 0) yield page; // first, since one of them may not fit, and the first that does not is to be named
  if (failure) throw failure;
}
