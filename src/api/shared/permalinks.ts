// The addresses that answers name: relative, so that they hold wherever the server is reached.
import type { Route } from '../../read-models/declaration/route.js';
import { encodeCursor, LIMIT_DEFAULT, NO_LANGUAGE, type ReadQuery } from './read-query.js';

/** The address at which this answer, and no other, will always be found. */
export function createPermalink(
  url: string,
  route: Route,
  question: ReadQuery,
  entry: number,
  version: number,
): string {
  const [path = ''] = url.split('?', 1);
  const parameters = new URLSearchParams(question.filters);
  parameters.set('asOf', String(entry));
  if (route.day) parameters.set(route.day, question.day);
  if (route.names) parameters.set('lang', question.languages.join(',') || NO_LANGUAGE);
  if (route.list) {
    if (question.limit !== LIMIT_DEFAULT) parameters.set('limit', String(question.limit));
    if (question.cursor) parameters.set('cursor', encodeCursor(question.cursor));
  }
  parameters.set('v', String(version));
  return formatAddress(path, parameters);
}

/** The same list from this cursor on. */
export function setCursor(address: string, cursor: string): string {
  const [path = '', query] = address.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return formatAddress(path, parameters);
}

export function formatAddress(path: string, parameters: URLSearchParams): string {
  return `${path}?${parameters.toString().replaceAll('%2C', ',')}`;
}

/** The address as it was given, but for these parameters. */
export function removeParameters(url: string, names: readonly string[]): string {
  const [path = '', ...query] = url.split('?');
  const kept = query
    .join('?')
    .split('&')
    .filter((part) => part !== '' && !names.includes([...new URLSearchParams(part).keys()][0] ?? ''));
  return kept.length > 0 ? `${path}?${kept.join('&')}` : path;
}
