// Texts as searches compare them. That what is found is right, test/projections/full-text-search.spec.ts shows.
import { jest } from '@jest/globals';
import fc from 'fast-check';
import {
  foldText,
  toSearchableText,
  toSearchExpression,
} from '../../src/read-models/declaration/search-text.js';

describe('a folded text', () => {
  it('is folded already', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        expect(foldText(foldText(text))).toBe(foldText(text)),
      ),
      { numRuns: 2_000 },
    ));
  it('is the same for all canonical and compatible forms of a text, in any case', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
          expect(foldText(text.normalize(form))).toBe(foldText(text));
        expect(foldText(text.toUpperCase())).toBe(foldText(foldText(text).toUpperCase()));
      }),
      { numRuns: 2_000 },
    ));
  it('gives the index and the query the same words', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expression = toSearchExpression(text);
        expect((expression ?? '').replaceAll('"', '')).toBe(toSearchableText(text));
      }),
      { numRuns: 2_000 },
    ));
});

describe('a text of combining marks', () => {
  const MARKS = 50_000;
  it.each([
    ['below after above', `a${'\u0301'.repeat(MARKS)}${'\u0323'.repeat(MARKS)}`],
    ['in turn', 'a' + '\u0301\u0323'.repeat(MARKS)],
    ['without a base', '\u0315\u0300\u0323'.repeat(MARKS)],
    ['that are two marks each', '\u0344'.repeat(MARKS)],
  ])('is normalized in pieces of at most 31 characters beside its letters: marks %s', (_, text) => {
    const normalized = jest.spyOn(String.prototype, 'normalize');
    try {
      toSearchableText(text);
      const runs = normalized.mock.contexts.map((piece) =>
        Math.max(0, ...(String(piece).match(/\p{M}+/gu) ?? []).map(({ length }) => length)),
      );
      expect(Math.max(...runs)).toBeLessThanOrEqual(30);
      // Every character is in one piece each of the two times that a text is normalized.
      expect(normalized.mock.contexts.join('').length).toBeLessThanOrEqual(4 * text.length);
    } finally {
      normalized.mockRestore();
    }
  });
  it('finds itself', () => {
    const text = `a${'\u0301'.repeat(100)}${'\u0323'.repeat(100)}`;
    expect(toSearchExpression(text)).toBe(`"${toSearchableText(text)}"`);
  });
});
