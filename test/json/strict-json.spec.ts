import { parseJsonWithInexactNumbers } from '../../src/json/strict-json.js';

const parse = (text: string) => parseJsonWithInexactNumbers(Buffer.from(text));

describe('strict JSON', () => {
  it.each([
    ['0', []],
    ['-0', []],
    ['1.0', []],
    ['1e2', []],
    ['120e-1', []],
    ['9007199254740991', []],
    ['1.5', []],
    ['1.00000000000000000001', ['']],
    ['9007199254740991.4', ['']],
    ['{"a":[1,1.00000000000000000001],"b~/":{"c":9007199254740990.6}}', ['/a/1', '/b~0~1/c']],
  ])('finds the numbers that lose digits in %s', (text, pointers) =>
    expect(parse(text).inexactNumbers).toEqual(pointers),
  );

  it.each([
    ['zeros before the last digit', `1.${'0'.repeat(500_000)}1`],
    ['zeros alone', `1.${'0'.repeat(500_000)}`],
    ['digits', '1'.repeat(500_000)],
    ['zeros in the exponent', `1e-${'0'.repeat(500_000)}`],
  ])('reports a number of half a million characters as inexact: %s', (_, number) =>
    expect(parse(`{"n":${number}}`).inexactNumbers).toEqual(['/n']),
  );

  it('reads numbers of 40 characters', () =>
    expect(parse(`[1.${'0'.repeat(38)},1.${'0'.repeat(39)}]`).inexactNumbers).toEqual(['/1']));

  it('lists the first inexact numbers only', () =>
    expect(parse(`[${'1.00000000000000000001,'.repeat(2_000)}0]`).inexactNumbers).toHaveLength(101));

  it.each([
    ['a quote', '{"a\\"":1,"a":2}'],
    ['a backslash', '{"a\\\\":1,"a":2}'],
    ['a backslash and a quote', '{"\\\\\\"":1,"\\\\":[{"\\"":3}]}'],
  ])('finds the end of a name with %s', (_, text) =>
    expect(parse(text)).toEqual({ value: JSON.parse(text) as unknown, inexactNumbers: [] }),
  );

  it('accepts a text of half a million backslashes', () =>
    expect(parse(JSON.stringify('\\'.repeat(250_000))).inexactNumbers).toEqual([]));

  it.each([
    ['{"a', /^The body is not JSON: /],
    ['{"a\\"', /^The body is not JSON: /],
    ['"', /^The body is not JSON: /],
    ['[1,2', /^The body is not JSON: /],
    ['}]', /^The body is not JSON: /],
    [`[${'{},'.repeat(14_999)}{}]`, /^The body has more than 30000 values\.$/],
    [`[${'0,'.repeat(29_999)}0]`, /^The body has more than 30000 values\.$/],
    [`{${Array.from({ length: 30_000 }, (_, n) => `"f${n}":0`).join(',')}}`, /^The body has more than 30000/],
  ])('refuses %#', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('accepts as many values as the largest command has', () => {
    const list = Array.from({ length: 1_000 }, () => ({ a: '1,2', b: 2, c: 3, d: 4, e: 5 }));
    expect(parse(JSON.stringify({ l: list, m: list, n: list, o: list })).value).toEqual({
      l: list,
      m: list,
      n: list,
      o: list,
    });
  });

  it('quotes a long name that occurs twice in part only', () => {
    const name = JSON.stringify('n'.repeat(200_000));
    expect(() => parse(`{${name}:1,${name}:2}`)).toThrow(/^The member "n{99}… occurs twice in one object\.$/);
  });
});
