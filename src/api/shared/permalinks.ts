// Addresses in answers. They are relative, so that they do not depend on how a client reaches the server.
import { addSuffix, type Suffix } from '../../http/representation.js';
import { formatQuery } from '../../http/request-target.js';
import type { Route } from '../../read-models/declaration/route.js';
import { encodeCursor, LIMIT_DEFAULT } from './query-parameters.js';
import { UNDETERMINED_LANGUAGE, type ReadModelQuery } from './read-model-query.js';

/** The address that always gets exactly this answer: entry, day, languages, page and version are in it. */
export function createPermalink(
  url: string,
  route: Route,
  query: ReadModelQuery,
  entry: number,
  version: number,
  suffix?: Suffix,
): string {
  const [path = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(query.filters);
  parameters.set('asOf', String(entry));
  if (route.day && query.day !== '') parameters.set(route.day, query.day);
  if (route.names) parameters.set('lang', query.languages.join(',') || UNDETERMINED_LANGUAGE);
  if (route.list) {
    if (query.limit !== LIMIT_DEFAULT) parameters.set('limit', String(query.limit));
    if (query.cursor) parameters.set('cursor', encodeCursor(query.cursor));
  }
  parameters.set('v', String(version));
  return formatAddress(addSuffix(path, suffix), parameters);
}

/** The same list from this cursor on. */
export function setCursor(address: string, cursor: string): string {
  const [path = '', query] = address.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return formatAddress(path, parameters);
}

export function formatAddress(path: string, parameters: URLSearchParams): string {
  return `${path}?${formatQuery(parameters)}`;
}

/** The address without these parameters; the others stay exactly as they were given. */
export function removeParameters(url: string, names: readonly string[]): string {
  const [path = '', ...query] = url.split('?');
  const kept = query
    .join('?')
    .split('&')
    .filter((part) => part !== '' && !names.includes([...new URLSearchParams(part).keys()][0] ?? ''));
  return kept.length > 0 ? `${path}?${kept.join('&')}` : path;
}
