import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Json } from '../../src/json/json.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import { findVectors } from '../support/test-vectors.js';

const jcs = findVectors('jcs');

(jcs === undefined ? describe.skip : describe)('the vectors of RFC 8785', () => {
  const names = jcs === undefined ? [] : readdirSync(join(jcs, 'testdata/input'));
  it.each(names)('%s', (name) => {
    const read = (folder: string) => readFileSync(join(jcs ?? '', 'testdata', folder, name), 'utf8');
    expect(canonicalJson(JSON.parse(read('input')) as Json)).toBe(read('output').trimEnd());
  });
});

describe('canonical JSON', () => {
  const members = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.jsonValue()), {
    selector: ([key]) => key,
  });

  it('does not depend on the order of the members', () =>
    fc.assert(
      fc.property(members, (pairs) => {
        const of = (given: typeof pairs) => canonicalJson(Object.fromEntries(given) as Json);
        expect(of(pairs.toReversed())).toBe(of(pairs));
      }),
    ));

  it('is JSON of the same value, and its own canonical form', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
    ));

  it.each([
    ['a lone surrogate', 'a\ud800'],
    ['one in a name', { '\udc00': 1 }],
    ['a value that is not a number', NaN],
    ['nothing', undefined],
  ])('refuses %s', (_, value) => expect(() => canonicalJson(value as Json)).toThrow());
});
