// From a URL to a question that has one answer for ever: entry, day, languages and version written out.
import Negotiator from 'negotiator';
import { isCalendarDay } from '../../dates/edtf.js';
import { parseInstant } from '../../dates/instant.js';
import type { SqlValue } from '../../read-models/declaration/view.js';
import type { Route } from '../../read-models/declaration/route.js';
import { ProblemError } from '../../problems/problem-error.js';
import { getHeader, type Request } from '../../http/request.js';

export const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1_000;

/** What may stand in every query string; what else may, a route declares. */
export const COMMON_PARAMETERS = ['asOf', 'v'] as const;

/** `entry` undefined: the latest. An instant is looked up by whoever knows the ledger. */
export type AsOf = { readonly entry: number } | { readonly instant: string } | undefined;

export type ReadQuery = {
  readonly asOf: AsOf;
  readonly version: number | undefined;
  readonly path: { readonly [name: string]: string };
  readonly filters: { readonly [name: string]: string };
  readonly day: string;
  readonly languages: readonly string[];
  readonly limit: number;
  readonly cursor: Cursor | undefined;
  /** Whether the URL itself writes out all that the answer depends on. */
  readonly isPinned: boolean;
};

/** Where a page begins: after which item, as of which entry. Opaque to clients. */
export type Cursor = { readonly entry: number; readonly after: readonly SqlValue[] };

export const createParameterProblem = (
  parameter: string,
  detail: string,
  code = 'invalid-value',
): ProblemError => new ProblemError(code, detail, { errors: [{ parameter, detail, code }] });

/** What may stand in the query string of a route. */
export const getRouteParameters = ({ filters = {}, day, names, list }: Route): readonly string[] => [
  ...COMMON_PARAMETERS,
  ...Object.keys(filters),
  ...(day ? [day] : []),
  ...(names ? ['lang'] : []),
  ...(list ? ['limit', 'cursor'] : []),
];

/** `known` are the parameters that may stand there. Throws ProblemError with the first thing that is wrong. */
export function parseReadQuery(route: Route, request: Request, known = getRouteParameters(route)): ReadQuery {
  const given = parseParameters(request);
  const filters = route.filters ?? {};
  assertKnownParameters(given, known);

  const set: Record<string, string> = {};
  for (const [name, filter] of Object.entries(filters)) {
    const value = given.get(name);
    if (value === undefined) continue;
    if (filter.kind === 'day' && !isCalendarDay(value)) throw createInvalidDayProblem(name);
    if (filter.kind === 'one-of' && !filter.values.includes(value))
      throw createParameterProblem(name, `"${name}" must be one of ${filter.values.join(', ')}.`);
    if (value === '' || !value.isWellFormed())
      throw createParameterProblem(name, `"${name}" must be a text that is not empty.`);
    set[name] = value;
  }

  const asOf = parseAsOf(given.get('asOf'));
  const version = given.get('v');
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))
    throw createParameterProblem('v', '"v" is the version of a read model.');
  const languages = parseLanguages(route, given.get('lang'), getHeader(request, 'accept-language'));
  return {
    asOf,
    version: version === undefined ? undefined : Number(version),
    path: request.params as { readonly [name: string]: string },
    filters: set,
    day: parseDay(route.day, given),
    languages,
    limit: parseInteger('limit', given.get('limit'), LIMIT_DEFAULT, 1, LIMIT_MAX),
    cursor: decodeCursor(given.get('cursor')),
    isPinned:
      version !== undefined &&
      asOf !== undefined &&
      'entry' in asOf &&
      (route.day === undefined || given.has(route.day)) &&
      (!route.names || given.has('lang')),
  };
}

/** Every parameter once, in any order. */
export function parseParameters(request: Request): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(request.query as Record<string, string | string[]>)) {
    if (typeof value !== 'string') throw createParameterProblem(name, `"${name}" stands more than once.`);
    found.set(name, value);
  }
  return found;
}

/** Throws ProblemError if a parameter is not one of these. */
export function assertKnownParameters(given: ReadonlyMap<string, string>, known: readonly string[]): void {
  for (const name of given.keys())
    if (!known.includes(name))
      throw createParameterProblem(
        name,
        known.length === 0
          ? `"${name}" is not a parameter here; there are none.`
          : `"${name}" is not a parameter here; there are ${known.join(', ')}.`,
        'unknown-parameter',
      );
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

/** `parameter` is what says it. */
export function parseAsOf(text: string | undefined, parameter = 'asOf'): AsOf {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return { entry: Number(text) };
  const instant = parseInstant(text.replace(/ (?=\d\d:\d\d$)/, '+')); // an unescaped "+" arrives as a blank
  if (instant === undefined)
    throw createParameterProblem(
      parameter,
      `"${parameter}" must be an entry number or an RFC 3339 timestamp such as 2026-01-31T12:00:00Z.`,
    );
  return { instant };
}

function parseDay(name: 'on' | 'from' | undefined, given: ReadonlyMap<string, string>): string {
  const today = new Date().toISOString().slice(0, 10);
  if (name === undefined) return today;
  const day = given.get(name) ?? today;
  if (!isCalendarDay(day)) throw createInvalidDayProblem(name);
  return day;
}

const createInvalidDayProblem = (name: string): ProblemError =>
  createParameterProblem(name, `"${name}" must be a calendar day such as 2011-05-31.`, 'invalid-date');

/** A language tag that can stand in an address. */
const LANGUAGE_TAG = /^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;

function parseLanguages(
  route: Route,
  lang: string | undefined,
  accepted: string | undefined,
): readonly string[] {
  if (!route.names) return [];
  if (lang === undefined)
    return accepted === undefined
      ? []
      : new Negotiator({ headers: { 'accept-language': accepted } })
          .languages()
          .filter((tag) => LANGUAGE_TAG.test(tag))
          .slice(0, 10);
  const tags = lang.split(',');
  if (!tags.every((tag) => LANGUAGE_TAG.test(tag)) || tags.length > 10)
    throw createParameterProblem(
      'lang',
      '"lang" must be a language tag such as "en", or up to ten in the order of preference: "fr,de".',
    );
  return tags.filter((tag) => tag !== NO_LANGUAGE);
}

/** BCP 47's tag for an undetermined language: names as registered. */
export const NO_LANGUAGE = 'und';

export const encodeCursor = ({ entry, after }: Cursor): string =>
  Buffer.from(JSON.stringify([entry, ...after])).toString('base64url');

export function decodeCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [entry, ...after] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const isValue = (value: unknown): value is SqlValue =>
      value === null || ['string', 'number'].includes(typeof value);
    if (Number.isSafeInteger(entry) && (entry as number) >= 0 && after.length > 0 && after.every(isValue))
      return { entry: entry as number, after };
  } catch {
    // falls through: whatever it is, it is no cursor
  }
  throw createParameterProblem('cursor', '"cursor" is not one that this list gave.', 'invalid-cursor');
}
