// Which representation an answer has: by the suffix of the address, by Accept, or the first that the route offers.
import type { IncomingMessage } from 'node:http';
import type { Request } from '../../src/http/request.js';
import { ProblemError } from '../../src/problems/problem-error.js';
import {
  addSuffix,
  chooseRepresentation,
  getRepresentation,
  type Representation,
  type RepresentationConfiguration,
  takeSuffix,
} from '../../src/http/representation.js';

const EVENTS: readonly Representation[] = ['json', 'ndjson', 'csv', 'event-stream'];

type Preference = { readonly accept?: string; readonly suffix?: string; readonly method?: string };
/** Throws ProblemError. */
function choose(
  config: RepresentationConfiguration,
  { accept, suffix, method = 'GET' }: Preference,
): Representation {
  const raw = {} as IncomingMessage;
  if (suffix !== undefined) takeSuffix(raw, `/resource.${suffix}`);
  const request = { method, raw, headers: { accept }, routeOptions: { config } } as unknown as Request;
  chooseRepresentation(request);
  return getRepresentation(request);
}

/** The representation, or the code of the problem. */
function select(representations: readonly Representation[], preference: Preference): string {
  try {
    return choose({ representations }, preference);
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

describe('by Accept', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['text/*', 'csv'],
    ['application/x-ndjson', 'ndjson'],
    ['APPLICATION/X-NDJSON', 'ndjson'],
    ['application/x-ndjson; charset=utf-8', 'ndjson'],
    ['text/csv; header=present', 'csv'],
    ['text/event-stream', 'event-stream'],
    // The highest weight, whatever the order.
    ['application/json;q=0.5, application/x-ndjson', 'ndjson'],
    ['application/x-ndjson;q=0.5, application/json', 'json'],
    ['application/x-ndjson;q=0.1, */*;q=0.9', 'json'],
    ['text/event-stream;q=0.2, application/x-ndjson;q=0.3, application/json;q=0.1', 'ndjson'],
    ['application/x-ndjson;q=0, text/event-stream;q=0.001', 'event-stream'],
    // The weight of a type is that of the most specific range.
    ['text/csv;q=0, text/*', 'event-stream'],
    ['application/json;q=0.1, application/*;q=0.5', 'ndjson'],
    ['application/json;q=0, */*', 'ndjson'],
    // With equal weights the more specific one, then the first.
    ['*/*, application/x-ndjson', 'ndjson'],
    ['application/json, application/x-ndjson', 'json'],
    ['application/x-ndjson, application/json', 'ndjson'],
    ['text/event-stream, application/x-ndjson', 'event-stream'],
    // A browser.
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    // Nothing that is offered.
    ['image/png', 'not-acceptable'],
    ['text/html', 'not-acceptable'],
    ['application/x-ndjson-other', 'not-acceptable'],
    ['application/vnd.x+json; note="application/x-ndjson"', 'not-acceptable'],
    ['application/json;q=0, image/png', 'not-acceptable'],
    // What accepts nothing at all, or is malformed, is as good as no header.
    ['application/x-ndjson;q=0', 'json'],
    ['x-ndjson', 'json'],
    [',;q==,', 'json'],
  ])('%s selects %s', (accept, expected) =>
    expect(select(EVENTS, accept === undefined ? {} : { accept })).toBe(expected),
  );

  it.each([
    [undefined, 'html'],
    ['*/*', 'html'],
    ['application/json', 'json'],
    ['application/json, */*;q=0.1', 'json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
  ])('%s selects %s where the page comes first', (accept, expected) =>
    expect(select(['html', 'json'], accept === undefined ? {} : { accept })).toBe(expected),
  );

  it('an event stream is for GET alone', () => {
    const accept = 'text/event-stream, application/x-ndjson;q=0.5';
    expect(select(EVENTS, { accept })).toBe('event-stream');
    expect(select(EVENTS, { accept, method: 'HEAD' })).toBe('json');
  });

  it('is ignored where a route says so', () => {
    expect(choose({ ignoresAccept: true }, { accept: 'image/png' })).toBe('json');
  });
});

describe('by suffix', () => {
  it.each([
    ['json', 'json'],
    ['csv', 'csv'],
    ['ics', 'not-found'],
    ['popolo.json', 'not-found'],
    ['html', 'not-acceptable'],
  ])('.%s selects %s, whatever is accepted', (suffix, expected) =>
    expect(select(EVENTS, { suffix, accept: 'image/png' })).toBe(expected),
  );

  it('.html selects the page where there is one', () =>
    expect(select(['json', 'html'], { suffix: 'html' })).toBe('html'));

  it('a problem names the media types that there are', () => {
    expect(() => choose({ representations: EVENTS }, { accept: 'image/png' })).toThrow(
      'There is only application/json, application/x-ndjson, text/csv, text/event-stream here.',
    );
  });
});

describe('the suffix of an address', () => {
  it.each([
    ['/a.json', '/a'],
    ['/a.popolo.json', '/a'],
    ['/a.akn.xml?b=c.csv', '/a?b=c.csv'],
    ['/a.ics.json', '/a.ics'],
    ['/a.b', '/a.b'],
    ['/a.xml', '/a.xml'],
    ['/a.JSON', '/a.JSON'],
    ['/.json', '/.json'],
    ['/a/.json', '/a/.json'],
    ['/openapi.json', '/openapi.json'],
    ['/assets/1/page.json', '/assets/1/page.json'],
    ['/docs/admit-member.json', '/docs/admit-member'],
    ['/problems.html', '/problems'],
    ['/timemap/a.csv', '/timemap/a'],
    ['/proofs/inclusion/1.tlog-proof', '/proofs/inclusion/1'],
    ['/sources/a.tlog-proof', '/sources/a.tlog-proof'],
  ])('%s is taken off once: %s', (target, rest) =>
    expect(takeSuffix({} as IncomingMessage, target)).toBe(rest),
  );

  it('is added to the address of what is called like one', () => {
    expect(addSuffix('/sources/a')).toBe('/sources/a');
    expect(addSuffix('/sources/a.md')).toBe('/sources/a.md.json');
    expect(addSuffix('/sources/a.md', 'csv')).toBe('/sources/a.md.csv');
  });
});
