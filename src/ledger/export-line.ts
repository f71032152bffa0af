// One line of an export: its canonical form, and the strict reading of it.
import { ApplicationError } from '../errors/application-error.js';
import { canonicalJson } from '../json/canonical-json.js';
import { isObject } from '../json/is-object.js';
import type { Json, JsonObject } from '../json/json.js';
import { isRecordedTime } from './recorded-time.js';
import type { Entry } from './entry.js';

/** The longest line that an export may have, in bytes: an entry of the largest accepted command, with its metadata. */
export const EXPORT_LINE_MAX_BYTES = 1024 * 1024;
/** How deep data and metadata may be nested: the limit of a request body. */
const DEPTH_MAX = 32;

/** The first line of an export. */
export type ExportHeader = {
  readonly entries: number;
  /** The key that verifies the checkpoints of the ledger (C2SP vkey); null if there is none. */
  readonly key: string | null;
  /** The root of the RFC 6962 tree of all entries, in base64; null if it is not known. */
  readonly root: string | null;
};

/** A line of text and its number, counted from 1. */
export type NumberedLine = { readonly number: number; readonly text: string };

/** The input is not a complete export. The message is a sentence about the line. */
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
 * The canonical JSON of an entry, as a template: keys in sorted order. Only data and metadata, which are canonical
 * already, can hold a character that JSON escapes.
 */
export const formatExportLine = (entry: Entry): string => {
  const previous = entry.previous === null ? 'null' : `"${entry.previous.toString('hex')}"`;
  return `{"data":${entry.data},"entry":${entry.entry},"id":"${entry.id}","leaf":"${entry.leaf.toString('hex')}","metadata":${entry.metadata},"previous":${previous},"recordedAt":"${entry.recordedAt}","revision":${entry.revision},"stream":"${entry.stream}","type":"${entry.type}"}\n`;
};

/** Whether a first line is intended as the header of an export, valid or not, rather than as a command. */
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

/** Throws InvalidExportError. */
export function parseExportHeader({ number, text }: NumberedLine): ExportHeader {
  const value = parseJsonObject(number, text);
  if (value['export'] === 'minutebook-stream')
    throw new InvalidExportError(
      number,
      'is the header of the record of one stream, but the export of a whole book is required',
    );
  if (value['export'] !== 'minutebook')
    throw new InvalidExportError(number, 'is not the header of an export');
  if (value['v'] !== 1)
    throw new InvalidExportError(
      number,
      `has version ${JSON.stringify(value['v'])}, but this release reads version 1`,
    );
  const { entries, key, root } = value;
  if (!isCount(entries) || !isStringOrNull(key) || !isStringOrNull(root))
    throw new InvalidExportError(number, 'must have the members "entries", "export", "key", "root" and "v"');
  if (toCanonicalJson(number, { entries, export: 'minutebook', key, root, v: 1 }) !== text)
    throw new InvalidExportError(number, NOT_CANONICAL);
  return { entries, key, root };
}

const NOT_CANONICAL = 'is not canonical JSON (RFC 8785) with exactly the members that an export has';

/** The pattern of each text member. None allows a character that JSON escapes, which `encodeLeaf` relies on. */
const TEXT_PATTERNS = {
  id: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  leaf: /^[0-9a-f]{64}$/,
  stream: /^[a-z]+-[a-z0-9.:-]{1,400}$/,
  type: /^[A-Z][A-Za-z0-9]{0,99}$/,
} as const;

/**
 * The entry of a line, checked as far as one line allows: whether it follows the entry before it, and whether its leaf
 * hash is that of its content, is checked on import. Throws InvalidExportError.
 */
export function parseExportLine({ number, text }: NumberedLine): Entry {
  const value = parseJsonObject(number, text);
  const invalid = (name: string): InvalidExportError =>
    new InvalidExportError(number, `has no valid "${name}"`);
  const member = (name: keyof typeof TEXT_PATTERNS): string => {
    const given = value[name];
    if (typeof given !== 'string' || !TEXT_PATTERNS[name].test(given)) throw invalid(name);
    return given;
  };
  const count = (name: string): number => {
    const given = value[name];
    if (!isCount(given)) throw invalid(name);
    return given;
  };
  const content = (name: string): string => {
    const given = value[name];
    if (!isObject(given) || !isNestedAtMost(given, DEPTH_MAX)) throw invalid(name);
    return toCanonicalJson(number, given);
  };
  const { previous } = value;
  if (previous !== null && (typeof previous !== 'string' || !TEXT_PATTERNS.leaf.test(previous)))
    throw invalid('previous');
  const { recordedAt } = value;
  if (typeof recordedAt !== 'string' || !isRecordedTime(recordedAt)) throw invalid('recordedAt');
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
  // Inside a string the quotes would be escaped, so a match is the name of a member.
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
