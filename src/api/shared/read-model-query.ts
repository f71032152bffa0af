// The query of a read-model route: with entry, day, languages and version resolved it has one answer that never changes.
import Negotiator from 'negotiator';
import { isCalendarDay } from '../../dates/edtf.js';
import { shortenText } from '../../errors/shorten-text.js';
import { ProblemError } from '../../problems/problem-error.js';
import type { FilterParameter, Route } from '../../read-models/declaration/route.js';
import { getHeader, type Request } from '../../http/request.js';
import { getToday } from './today.js';
import {
  type AsOf,
  createParameterProblem,
  type Cursor,
  type ParameterReader,
  parseKnownParameters,
  readAsOf,
  readCursor,
  readLimit,
} from './query-parameters.js';

/** Parameters of every read-model route; a route declares the others. */
const COMMON_PARAMETERS = ['asOf', 'v'] as const;

export type ReadModelQuery = {
  readonly asOf: AsOf;
  readonly version: number | undefined;
  readonly path: { readonly [name: string]: string };
  readonly filters: { readonly [name: string]: string };
  /** Empty if it is left to the query. */
  readonly day: string;
  readonly languages: readonly string[];
  readonly limit: number;
  readonly cursor: Cursor | undefined;
  /** Whether the URL states everything that the answer depends on. */
  readonly isPinned: boolean;
};

/** What of a route its parameters follow from. */
export type QueryRoute = Pick<Route, 'filters' | 'day' | 'isDayOptional' | 'names' | 'list'>;

/** The names of the parameters of a route. */
export const getQueryParameterNames = ({ filters = {}, day, names, list }: QueryRoute): readonly string[] => [
  ...COMMON_PARAMETERS,
  ...Object.keys(filters),
  ...(day ? [day] : []),
  ...(names ? ['lang'] : []),
  ...(list ? ['limit', 'cursor'] : []),
];

/** `known` are the parameters of the route. Throws ProblemError for the first invalid one. */
export function parseReadModelQuery(
  route: QueryRoute,
  request: Request,
  known = getQueryParameterNames(route),
): ReadModelQuery {
  const given = parseKnownParameters(request.query, known);
  const read = <T>(name: string, reader: ParameterReader<T>): T => reader(given.get(name), name);
  const filters = Object.entries(route.filters ?? {}).flatMap(([name, filter]) => {
    const value = read(name, createFilterReader(filter));
    return value === undefined ? [] : [[name, value] as const];
  });
  const asOf = read('asOf', readAsOf);
  const version = read('v', readVersion);
  const lang = read('lang', readLanguages);
  return {
    asOf,
    version,
    path: request.params as { readonly [name: string]: string },
    filters: Object.fromEntries(filters),
    day: (route.day && read(route.day, readDay)) ?? getDefaultDay(route),
    languages: route.names ? (lang ?? listAcceptedLanguages(request)) : [],
    limit: read('limit', readLimit),
    cursor: read('cursor', readCursor),
    isPinned:
      version !== undefined &&
      asOf !== undefined &&
      'entry' in asOf &&
      (route.day === undefined || route.isDayOptional === true || given.has(route.day)) &&
      (!route.names || lang !== undefined),
  };
}

const getDefaultDay = ({ isDayOptional }: QueryRoute): string => (isDayOptional ? '' : getToday());

const createFilterReader =
  (filter: FilterParameter): ParameterReader<string | undefined> =>
  (value, name) => {
    if (value === undefined) return undefined;
    if (filter.kind === 'day') return readDay(value, name);
    if (filter.kind === 'one-of' && !filter.values.includes(value))
      throw createParameterProblem(name, `"${name}" must be one of ${filter.values.join(', ')}.`);
    if (value === '' || !value.isWellFormed())
      throw createParameterProblem(name, `"${name}" must be a text that is not empty.`);
    return value;
  };

const readDay: ParameterReader<string | undefined> = (text, name) => {
  if (text === undefined || isCalendarDay(text)) return text;
  throw createParameterProblem(name, `"${name}" must be a calendar day such as 2011-05-31.`, 'invalid-date');
};

/** The version of a read model. */
const readVersion: ParameterReader<number | undefined> = (text, name) => {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw createParameterProblem(name, `"${name}" is the version of a read model.`);
};

/** A language of ISO 639 (two or three letters), with the subtags that BCP 47 permits after it. */
const LANGUAGE_TAG = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,8}$/;

function isLanguageTag(tag: string): boolean {
  if (!LANGUAGE_TAG.test(tag)) return false;
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const LANGUAGES_MAX = 10;

/** Language tags in the order of preference; none for names as they were registered. */
const readLanguages: ParameterReader<readonly string[] | undefined> = (text, name) => {
  if (text === undefined) return undefined;
  const tags = text.split(',');
  if (tags.length > LANGUAGES_MAX || !tags.every(isLanguageTag))
    throw createParameterProblem(
      name,
      `"${name}" must be a language tag such as "en", or up to ten in the order of preference: "fr,de".`,
    );
  return tags.filter((tag) => tag !== UNDETERMINED_LANGUAGE);
};

/** The languages that the header Accept-Language prefers; what is not a tag in it is ignored. */
function listAcceptedLanguages(request: Request): readonly string[] {
  const accepted = getHeader(request, 'accept-language');
  if (accepted === undefined) return [];
  return new Negotiator({ headers: { 'accept-language': accepted } })
    .languages()
    .filter(isLanguageTag)
    .slice(0, LANGUAGES_MAX);
}

/** The BCP 47 tag of an undetermined language: names are shown as they were registered. */
export const UNDETERMINED_LANGUAGE = 'und';

/** `query` is one whose path names something that the book did not have at the entry. */
export const createUnknownIdProblem = ({ path }: Pick<ReadModelQuery, 'path'>, entry: number): ProblemError =>
  new ProblemError(
    'unknown-id',
    `As of entry ${entry}, the book does not know ${Object.values(path)
      .map((id) => `"${shortenText(id)}"`)
      .join(', ')}.`,
  );
