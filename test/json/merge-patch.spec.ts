import type { Json, JsonObject } from '../../src/json/json.js';
import { applyMergePatch } from '../../src/json/merge-patch.js';

// RFC 7396, appendix A: the examples whose target and patch are objects.
const examples: readonly (readonly [JsonObject, JsonObject, JsonObject])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe('a JSON Merge Patch', () => {
  it.each(examples)('makes of %j with %j %j', (target, patch, merged) =>
    expect(applyMergePatch(target, patch)).toEqual(merged),
  );

  it('takes members that objects inherit for members like others', () =>
    expect(applyMergePatch({}, { constructor: { name: 'x' } as Json, toString: 1 })).toEqual({
      constructor: { name: 'x' },
      toString: 1,
    }));
});
