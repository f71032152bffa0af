// The query of a read-model route: with entry, day, languages and version resolved it has one answer that never changes.
import Negotiator from 'negotiator';
import { isCalendarDay } from '../../dates/edtf.js';
import type { Route } from '../../read-models/declaration/route.js';
import { ProblemError } from '../../problems/problem-error.js';
import { getHeader, type Request } from '../../http/request.js';
import {
  type AsOf,
  assertKnownParameters,
  createParameterProblem,
  type Cursor,
  decodeCursor,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  parseAsOf,
  parseInteger,
  parseParameters,
} from './query-parameters.js';

/** Parameters of every read-model route; a route declares the others. */
const COMMON_PARAMETERS = ['asOf', 'v'] as const;

export type ReadQuery = {
  readonly asOf: AsOf;
  readonly version: number | undefined;
  readonly path: { readonly [name: string]: string };
  readonly filters: { readonly [name: string]: string };
  readonly day: string;
  readonly languages: readonly string[];
  readonly limit: number;
  readonly cursor: Cursor | undefined;
  /** Whether the URL states everything that the answer depends on. */
  readonly isPinned: boolean;
};

/** The names of the parameters of a route. */
export const getRouteParameters = ({ filters = {}, day, names, list }: Route): readonly string[] => [
  ...COMMON_PARAMETERS,
  ...Object.keys(filters),
  ...(day ? [day] : []),
  ...(names ? ['lang'] : []),
  ...(list ? ['limit', 'cursor'] : []),
];

/** `known` are the parameters of the route. Throws ProblemError for the first invalid one. */
export function parseReadQuery(route: Route, request: Request, known = getRouteParameters(route)): ReadQuery {
  const given = parseParameters(request.query);
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

function parseDay(name: 'on' | 'from' | undefined, given: ReadonlyMap<string, string>): string {
  const today = new Date().toISOString().slice(0, 10);
  if (name === undefined) return today;
  const day = given.get(name) ?? today;
  if (!isCalendarDay(day)) throw createInvalidDayProblem(name);
  return day;
}

const createInvalidDayProblem = (name: string): ProblemError =>
  createParameterProblem(name, `"${name}" must be a calendar day such as 2011-05-31.`, 'invalid-date');

/** The form of a BCP 47 language tag. */
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

/** The BCP 47 tag of an undetermined language: names are shown as they were registered. */
export const NO_LANGUAGE = 'und';
