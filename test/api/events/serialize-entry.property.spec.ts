import * as fc from 'fast-check';
import { serializeEntry, serializeEntryPage } from '../../../src/api/events/serialize-entry.js';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { Json } from '../../../src/json/json.js';
import { type Entry, toRecordedEvent } from '../../../src/ledger/entry.js';

const canonicalObject = fc
  .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false }), { maxKeys: 5 })
  .filter((value) => JSON.stringify(value).isWellFormed() && !JSON.stringify(value).includes('\\ud'))
  .map((value) => canonicalJson(value as Json));

const anyEntry: fc.Arbitrary<Entry> = fc
  .record({
    data: canonicalObject,
    metadata: canonicalObject,
    entry: fc.integer({ min: 1, max: 2 ** 50 }),
    revision: fc.nat(),
  })
  .map((given) => ({
    ...given,
    id: '0190b5a0-0000-7000-8000-000000000000',
    stream: 'membership-un-ga:person:jane-doe',
    type: 'MemberJoined',
    recordedAt: '2026-11-26T12:00:00.000Z',
    previous: null,
    leaf: Buffer.alloc(32, 7),
  }));

const toValue = (entry: Entry): Json =>
  ({ ...toRecordedEvent(entry), leaf: entry.leaf.toString('hex') }) as unknown as Json;

describe('an entry as text', () => {
  it('is the canonical JSON of what it says', () => {
    fc.assert(fc.property(anyEntry, (entry) => serializeEntry(entry) === canonicalJson(toValue(entry))));
  });

  it.each(['/events?after=2', null])('is part of a page that is canonical, too, with next %p', (next) => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 3 }), (items) => {
        const value = { entry: 9, items: items.map(toValue), next };
        expect(serializeEntryPage(9, items, next)).toBe(canonicalJson(value));
      }),
    );
  });
});
