import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRequestTarget } from '../../src/http/request-target.js';

describe('a request target', () => {
  it.each([
    ['/organizations', '/organizations'],
    ['/organizations?', '/organizations'],
    ['/organizations?&&', '/organizations'],
    ['/organizations?limit=1&&on=2011-05-31&', '/organizations?limit=1&on=2011-05-31'],
    ['/organizations?limit=%31%30', '/organizations?limit=10'],
    ['/organizations?q=a%20b', '/organizations?q=a+b'],
    ['/organizations?q=%c3%a9', '/organizations?q=%C3%A9'],
    ['/organizations?q=a%2cb&q2=%7e', '/organizations?q=a,b&q2=~'],
    ['/organizations?q', '/organizations?q='],
    ['/organizations?q=a=b?/', '/organizations?q=a%3Db%3F%2F'],
    ['/%6frganizations/%63sto', '/organizations/csto'],
    ['/streams/membership-csto%3auzbekistan', '/streams/membership-csto:uzbekistan'],
    ['/organizations/%c3%a9%2fb', '/organizations/%C3%A9%2Fb'],
    ['/organizations/./csto/../csto', '/organizations/csto'],
    ['/organizations/%2E%2e/sources', '/sources'],
    ['/../../organizations', '/organizations'],
    ['/organizations/csto/.', '/organizations/csto/'],
    ['/organizations/csto/..', '/organizations/'],
    ['http://elsewhere.example/organizations?limit=1', '/organizations?limit=1'],
    ['HTTPS://user@elsewhere.example:8443/organizations', '/organizations'],
    ['http://elsewhere.example', '/'],
    ['http://elsewhere.example?limit=1', '/?limit=1'],
    ['http://elsewhere.example//other.example/x', '/.//other.example/x'],
    ['//elsewhere.example/organizations', '/.//elsewhere.example/organizations'],
  ])('%s is read as %s', (sent, url) => expect(parseRequestTarget(sent)).toEqual({ url }));

  it.each([
    ['/organizations#on=2011-05-31', 'fragment'],
    ['http://elsewhere.example/organizations#x', 'fragment'],
    ['http:///organizations', 'neither a path'],
    ['ftp://elsewhere.example/organizations', 'neither a path'],
    ['elsewhere.example:443', 'neither a path'],
    ['organizations', 'neither a path'],
    ['*', 'neither a path'],
    ['', 'neither a path'],
    ['/statements?q=caf%E9', 'UTF-8'],
    ['/statements?q=%E0%A4%A', 'UTF-8'],
    ['/statements?%=x', 'UTF-8'],
    ['/statements?%E9=x', 'UTF-8'],
    ['/statements?q=x=%E9', 'UTF-8'],
    ['/statements?q=%ED%A0%80', 'UTF-8'],
    ['/organizations/%E9', 'UTF-8'],
    ['/statements?q=caf\xc3\xa9', 'ASCII'],
    ['/organizations/caf\xe9', 'ASCII'],
  ])('%s is refused', (sent, reason) => {
    const { url, fault } = parseRequestTarget(sent);
    expect(fault).toContain(reason);
    expect(url).toMatch(/^\/(?!\/)/);
  });

  it.each([
    ['/organizations/%zz', '/organizations/%25zz'],
    ['/organizations/%E9/members', '/organizations/%25E9/members'],
    ['/a"<>|^`{}%', '/a%22%3C%3E%7C%5E%60%7B%7D%25'],
  ])('%s is refused as %s, which is a reference that RFC 3986 permits', (sent, url) => {
    expect(parseRequestTarget(sent)).toEqual({ url, fault: expect.stringContaining('UTF-8') });
  });

  it('has one spelling, which is that of all its spellings', () => {
    const segments = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 4 });
    const parameters = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })));
    const isWellFormed = (texts: readonly string[]) =>
      texts.every((text) => text.isWellFormed() && !['.', '..'].includes(text));
    /** Every byte percent-encoded, in upper or lower case. */
    const encodeAll = (text: string, upper: boolean) => {
      const hex = Buffer.from(text).toString('hex');
      return (upper ? hex.toUpperCase() : hex).replace(/../g, '%$&');
    };
    fc.assert(
      fc.property(segments, parameters, fc.boolean(), (path, query, upper) => {
        fc.pre(isWellFormed([...path, ...query.flat()]));
        const plain = `/${path.map(encodeURIComponent).join('/')}?${new URLSearchParams(query).toString()}`;
        const encode = (text: string) => encodeAll(text, upper);
        const other = `/${path.map(encode).join('/')}?&${query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&&')}`;
        const { url, fault } = parseRequestTarget(plain);
        expect(fault).toBeUndefined();
        expect(parseRequestTarget(other)).toEqual({ url });
        expect(parseRequestTarget(`http://elsewhere.example${other}`)).toEqual({ url });
        expect(parseRequestTarget(url)).toEqual({ url });
        const { pathname, searchParams } = new URL(url, 'http://localhost');
        expect(pathname.slice(1).split('/').map(decodeURIComponent)).toEqual(path);
        expect([...searchParams]).toEqual(query);
      }),
    );
  });

  it('never begins with an authority, whatever was sent', () => {
    const pieces = fc.constantFrom('/', '//', '.', '..', '%2f', '%2e', 'http:', '?', '#', '@', '\\', 'evil.example', 'a', '%', '*'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const { url } = parseRequestTarget(parts.join(''));
        expect(url).toMatch(/^\/(?!\/)/);
        expect(parseRequestTarget(url).url).toBe(url);
      }),
      { numRuns: 2_000 },
    );
  });
});
