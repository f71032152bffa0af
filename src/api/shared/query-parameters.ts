// Query parameters: each at most once, known, and well-formed; anything else is a problem that names it.
import { parseInstant } from '../../dates/instant.js';
import { ProblemError } from '../../problems/problem-error.js';
import type { SqlValue } from '../../read-models/declaration/view.js';

export const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1_000;

/** A state in record time; undefined for the latest. AsOfResolver looks an instant up. */
export type AsOf = { readonly entry: number } | { readonly instant: string } | undefined;

/** Where a page begins: after this item, as of this entry. Opaque to clients. */
export type Cursor = { readonly entry: number; readonly after: readonly SqlValue[] };

/** Reads one parameter; `text` is undefined if it was left out. Throws ProblemError. */
export type ParameterReader<T> = (text: string | undefined, name: string) => T;

export const createParameterProblem = (
  parameter: string,
  detail: string,
  code = 'invalid-value',
): ProblemError => new ProblemError(code, detail, { errors: [{ parameter, detail, code }] });

/** The parameters of a query string, in the order in which they were given. Throws ProblemError if one is repeated. */
export function parseParameters(query: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(query as Record<string, string | string[]>)) {
    if (typeof value !== 'string') throw createParameterProblem(name, `"${name}" stands more than once.`);
    found.set(name, value);
  }
  return found;
}

/** The same. Throws ProblemError also if a parameter is not one of these. */
export function parseKnownParameters(query: unknown, known: readonly string[]): ReadonlyMap<string, string> {
  const given = parseParameters(query);
  for (const name of given.keys())
    if (!known.includes(name))
      throw createParameterProblem(
        name,
        known.length === 0
          ? `"${name}" is not a parameter here; there are none.`
          : `"${name}" is not a parameter here; there are ${known.join(', ')}.`,
        'unknown-parameter',
      );
  return given;
}

export function parseInteger(
  name: string,
  text: string | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw createParameterProblem(name, `"${name}" must be an integer from ${least} to ${most}.`);
  return value;
}

export const readText: ParameterReader<string | undefined> = (text) => text;

export const readBoolean: ParameterReader<boolean> = (text = 'false', name) => {
  if (text !== 'true' && text !== 'false')
    throw createParameterProblem(name, `"${name}" must be "true" or "false".`);
  return text === 'true';
};

export const readLimit: ParameterReader<number> = (text, name) =>
  parseInteger(name, text, LIMIT_DEFAULT, 1, LIMIT_MAX);

/** An entry number or a revision; undefined if it was left out. */
export const readNonNegativeInteger: ParameterReader<number | undefined> = (text, name) =>
  text === undefined ? undefined : parseInteger(name, text, 0, 0, Number.MAX_SAFE_INTEGER);

export const readAsOf: ParameterReader<AsOf> = (text, name) => {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return { entry: Number(text) };
  const instant = parseInstant(text.replaceAll(' ', '+')); // an unescaped "+" arrives as a blank
  if (instant === undefined)
    throw createParameterProblem(
      name,
      `"${name}" must be an entry number or an RFC 3339 timestamp such as 2026-01-31T12:00:00Z.`,
    );
  return { instant };
};

export const encodeCursor = ({ entry, after }: Cursor): string =>
  Buffer.from(JSON.stringify([entry, ...after])).toString('base64url');

/**
 * Throws ProblemError unless encodeCursor wrote the text: a permalink contains the cursor, so there must not be two
 * texts for one place, nor one text for two.
 */
export const readCursor: ParameterReader<Cursor | undefined> = (text, name) => {
  if (text === undefined) return undefined;
  const cursor = parseCursor(text);
  if (!cursor || encodeCursor(cursor) !== text)
    throw createParameterProblem(name, `"${name}" is not one that this list gave.`, 'invalid-cursor');
  return cursor;
};

function parseCursor(text: string): Cursor | undefined {
  try {
    const [entry, ...after] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const isValue = (value: unknown): value is SqlValue =>
      typeof value === 'string' ? value.isWellFormed() : Number.isSafeInteger(value);
    const isCursor =
      Number.isSafeInteger(entry) && (entry as number) >= 0 && after.length > 0 && after.every(isValue);
    return isCursor ? { entry: entry as number, after: after } : undefined;
  } catch {
    return undefined;
  }
}
