import { selectByAccept, selectBySuffix } from '../../src/http/representation.js';
import type { Request } from '../../src/http/request.js';

const createRequest = (accept: string | undefined, method = 'GET'): Request =>
  ({ method, headers: { accept } }) as unknown as Request;

describe('the representation that Accept selects', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['text/*', 'event-stream'],
    ['application/x-ndjson', 'ndjson'],
    ['APPLICATION/X-NDJSON', 'ndjson'],
    ['application/x-ndjson; charset=utf-8', 'ndjson'],
    ['text/event-stream', 'event-stream'],
    // A weight counts, whatever the order.
    ['application/json;q=0.5, application/x-ndjson', 'ndjson'],
    ['application/x-ndjson;q=0.5, application/json', 'json'],
    ['application/x-ndjson;q=0.1, */*;q=0.9', 'json'],
    ['text/event-stream;q=0.2, application/x-ndjson;q=0.3, application/json;q=0.1', 'ndjson'],
    ['application/x-ndjson;q=0, text/event-stream;q=0.001', 'event-stream'],
    ['application/x-ndjson;q=0', 'json'],
    // With equal weights the more specific one, then the first.
    ['*/*, application/x-ndjson', 'ndjson'],
    ['application/json, application/x-ndjson', 'json'],
    ['application/x-ndjson, application/json', 'ndjson'],
    ['text/event-stream, application/x-ndjson', 'event-stream'],
    // A browser, and what is not offered or no media type.
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    ['image/png', 'json'],
    ['application/x-ndjson-other', 'json'],
    ['application/vnd.x+json; note="application/x-ndjson"', 'json'],
    ['x-ndjson', 'json'],
    [',;q==,', 'json'],
  ])('for %s is %s', (accept, expected) =>
    expect(selectByAccept(createRequest(accept), ['ndjson', 'event-stream'])).toBe(expected),
  );

  it('is one of those that are offered', () => {
    const request = createRequest('application/x-ndjson, text/event-stream;q=0.5');
    expect(selectByAccept(request, ['event-stream'])).toBe('event-stream');
    expect(selectByAccept(request, [])).toBe('json');
  });

  it('is an event stream for GET alone', () => {
    const accept = 'text/event-stream, application/x-ndjson;q=0.5';
    expect(selectByAccept(createRequest(accept, 'HEAD'), ['event-stream'])).toBe('json');
    expect(selectByAccept(createRequest(accept, 'HEAD'), ['event-stream', 'ndjson'])).toBe('ndjson');
  });
});

describe('the representation that a suffix selects', () => {
  it.each([
    ['a.tlog-proof', 'tlog-proof', 'a'],
    ['.tlog-proof', 'tlog-proof', ''],
    ['a.b.tlog-proof', 'tlog-proof', 'a.b'],
    ['a', 'json', 'a'],
    ['a.other', 'json', 'a.other'],
    ['atlog-proof', 'json', 'atlog-proof'],
    ['a.TLOG-PROOF', 'json', 'a.TLOG-PROOF'],
  ])('of %s is %s', (segment, representation, name) =>
    expect(selectBySuffix(segment, ['tlog-proof'])).toEqual({ representation, name }),
  );
});
