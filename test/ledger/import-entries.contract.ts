// The contract of adapters that import whole ledgers (Sequencer.importEntries).
import { setImmediate as turn } from 'node:timers/promises';
import type { Entry } from '../../src/ledger/entry.js';
import { ImportRefusedError, UnavailableError } from '../../src/ledger/sequencer.js';
import type { OpenedLedger, LedgerFixture } from './sequencer.contract.js';
import { createAppend } from './support/create-append.js';
import { computeLeafHash, assertLedgerIntegrity } from './support/ledger-integrity.js';

/** The entries in pages of any size. */
async function* paginateEntries(entries: readonly Entry[], size = 2): AsyncGenerator<readonly Entry[]> {
  for (let from = 0; from < entries.length; from += size) {
    await turn();
    yield entries.slice(from, from + size);
  }
}

export function describeImportEntriesContract(adapter: string, newPlace: () => Promise<LedgerFixture>): void {
  describe(`importing a whole ledger into ${adapter}`, () => {
    let places: LedgerFixture[];
    let opened: OpenedLedger;
    /** Another ledger, of three streams. */
    let book: readonly Entry[];
    let root: string;

    beforeEach(async () => {
      places = [await newPlace(), await newPlace()];
      const { sequencer, ledger } = await places[0]!.open();
      await sequencer.append(createAppend('a-1', -1, ['x', 'y'], { recordedAt: '1991-12-21T10:00:00.000Z' }));
      const append = createAppend('a-2', -1, ['z']);
      const [event] = append.events.map((each) => ({
        ...each,
        metadata: '{"actor":"clerk","request":{"body":"b0","key":"k1"}}',
        requestKey: 'k1',
      }));
      await sequencer.append({ ...append, events: [event!] });
      await sequencer.append(createAppend('a-1', 1, ['w']));
      await sequencer.append(createAppend('a-3', -1, ['v', 'u']));
      book = assertLedgerIntegrity(ledger);
      root = ledger.tree.getRoot(book.length).toString('base64');
      opened = await places[1]!.open();
    });
    afterEach(async () => {
      try {
        assertLedgerIntegrity(opened.ledger);
      } finally {
        for (const place of places) await place.remove();
      }
    });

    const nothingIsThere = async (): Promise<void> => {
      expect(opened.ledger.getHead().entry).toBe(0);
      expect(opened.ledger.findByRequestKey('k1')).toEqual([]);
      // Nothing of it is kept: the next append is recorded as in a ledger that was always empty.
      const outcome = await opened.sequencer.append(createAppend('a-1', -1));
      expect(outcome).toMatchObject({ outcome: 'appended', entry: 1 });
      expect(assertLedgerIntegrity(opened.ledger)).toMatchObject([
        { stream: 'a-1', revision: 0, previous: null },
      ]);
    };

    it.each([1, 2, 100])('stores the same entries, in pages of %i', async (size) => {
      const heads: number[] = [];
      opened.sequencer.heads.subscribe((head) => heads.push(head));
      expect(await opened.sequencer.importEntries(paginateEntries(book, size), root)).toBe(book.length);
      expect(assertLedgerIntegrity(opened.ledger)).toEqual(book);
      expect(opened.ledger.findByRequestKey('k1').map(({ entry }) => entry)).toEqual([3]);
      expect(opened.ledger.tree.getRoot(book.length).toString('base64')).toBe(root);
      expect(heads).toEqual([book.length]);
    });

    it('is durable, and later appends follow', async () => {
      await opened.sequencer.importEntries(paginateEntries(book), null);
      await opened.sequencer.close();
      opened = await places[1]!.open();
      expect(assertLedgerIntegrity(opened.ledger)).toEqual(book);
      expect(await opened.sequencer.append(createAppend('a-1', 1))).toEqual({ outcome: 'stale' });
      expect(await opened.sequencer.append(createAppend('a-1', 2))).toMatchObject({ entry: book.length + 1 });
      expect(opened.ledger.readStream('a-1').at(-1)?.previous).toEqual(book[3]?.leaf);
    });

    it('may have no entries', async () => {
      expect(await opened.sequencer.importEntries(paginateEntries([]), null)).toBe(0);
      await nothingIsThere();
    });

    it('is refused by a ledger that is not empty', async () => {
      await opened.sequencer.append(createAppend('b-1', -1));
      const before = assertLedgerIntegrity(opened.ledger);
      const refused = opened.sequencer.importEntries(paginateEntries(book), root);
      await expect(refused).rejects.toMatchObject({ code: 'book-not-empty' });
      await expect(refused).rejects.toBeInstanceOf(ImportRefusedError);
      expect(assertLedgerIntegrity(opened.ledger)).toEqual(before);
      expect(await opened.sequencer.append(createAppend('b-1', 0))).toMatchObject({ entry: 2 });
    });

    /** The entries with one changed. Its leaf is computed again unless the leaf itself is what is wrong. */
    const altered = (number: number, change: Partial<Entry>, isHashed = true): Entry[] =>
      book.map((entry) => {
        if (entry.entry !== number) return entry;
        const changed = { ...entry, ...change };
        return isHashed ? { ...changed, leaf: computeLeafHash(changed) } : changed;
      });
    const another = Buffer.alloc(32, 7);
    it.each<[what: string, entry: number, entries: () => Entry[]]>([
      ['the first is missing', 1, () => book.slice(1)],
      ['one in the middle is missing', 3, () => book.filter(({ entry }) => entry !== 3)],
      ['an entry is duplicated', 3, () => [...book.slice(0, 2), ...book.slice(1)]],
      ['a revision does not follow', 4, () => altered(4, { revision: 3 })],
      ['a stream begins with another revision than 0', 5, () => altered(5, { revision: 1 })],
      ['the previous leaf is another one', 4, () => altered(4, { previous: another })],
      ['the previous leaf is missing', 2, () => altered(2, { previous: null })],
      ['the first entry of a stream has a previous leaf', 5, () => altered(5, { previous: another })],
      ['the leaf is not that of the data', 5, () => altered(5, { data: '{"words":"V"}' }, false)],
      ['the leaf is another one', 6, () => altered(6, { leaf: another }, false)],
      ['the id was exchanged', 3, () => altered(3, { id: book[0]!.id }, false)],
      ['the time decreases', 4, () => altered(4, { recordedAt: '1990-01-01T00:00:00.000Z' })],
      [
        'the time has no year of four digits',
        1,
        () => altered(1, { recordedAt: '-000001-12-31T23:00:00.000Z' }),
      ],
      ['the time is not in milliseconds', 6, () => altered(6, { recordedAt: '2011-05-31T12:00:00Z' })],
    ])('is refused if %s: the error names entry %i, and nothing is stored', async (_, entry, entries) => {
      const refused = opened.sequencer.importEntries(paginateEntries(entries()), null);
      await expect(refused).rejects.toMatchObject({ code: 'invalid-export', entry });
      await expect(refused).rejects.toThrow(new RegExp(`^Entry ${entry} .*\\.$`));
      await nothingIsThere();
    });

    it('takes entries that are ahead of the clock, as a clock that was ahead left them', async () => {
      const ahead = altered(6, { recordedAt: '2999-01-01T00:00:00.000Z' });
      expect(await opened.sequencer.importEntries(paginateEntries(ahead), null)).toBe(6);
      const { stream, revision } = ahead[5]!;
      await expect(opened.sequencer.append(createAppend(stream, revision))).rejects.toMatchObject({
        code: 'clock',
      });
    });

    it('is refused if the tree of all entries has another root', async () => {
      const wrong = another.toString('base64');
      const refused = opened.sequencer.importEntries(paginateEntries(book), wrong);
      await expect(refused).rejects.toMatchObject({ code: 'invalid-export', entry: 0 });
      await expect(refused).rejects.toThrow(wrong);
      await nothingIsThere();
    });

    it('writes nothing if the pages fail, and rejects with their error', async () => {
      async function* broken(): AsyncGenerator<readonly Entry[]> {
        yield* paginateEntries(book);
        throw new Error('the cable was pulled');
      }
      await expect(opened.sequencer.importEntries(broken(), root)).rejects.toThrow('the cable was pulled');
      await nothingIsThere();
    });

    it('reports the first invalid entry, also if the pages fail after it', async () => {
      async function* broken(): AsyncGenerator<readonly Entry[]> {
        yield* paginateEntries(altered(4, { revision: 3 }), 100);
        throw new Error('the cable was pulled');
      }
      await expect(opened.sequencer.importEntries(broken(), root)).rejects.toMatchObject({ entry: 4 });
      await nothingIsThere();
    });

    it('shows no entry and refuses appends until it is committed', async () => {
      const gate = Promise.withResolvers<void>();
      async function* halting(): AsyncGenerator<readonly Entry[]> {
        yield book.slice(0, 2);
        yield book.slice(2, 4);
        await gate.promise;
        yield book.slice(4);
      }
      const done = opened.sequencer.importEntries(halting(), root);
      await turn();
      const busy = opened.sequencer.append(createAppend('b-1', -1));
      await expect(busy).rejects.toBeInstanceOf(UnavailableError);
      await expect(busy).rejects.toMatchObject({ code: 'busy' });
      await expect(opened.sequencer.importEntries(paginateEntries(book), root)).rejects.toMatchObject({
        code: 'busy',
      });
      expect(opened.ledger.getHead().entry).toBe(0);
      gate.resolve();
      expect(await done).toBe(book.length);
      expect(await opened.sequencer.append(createAppend('b-1', -1))).toMatchObject({
        entry: book.length + 1,
      });
    });

    it('is refused while appends are pending', async () => {
      const taken = opened.sequencer.append(createAppend('b-1', -1));
      await expect(opened.sequencer.importEntries(paginateEntries(book), root)).rejects.toMatchObject({
        code: 'busy',
      });
      expect(await taken).toMatchObject({ entry: 1 });
    });

    it('leaves an empty ledger if it is closed meanwhile', async () => {
      async function* endless(): AsyncGenerator<readonly Entry[]> {
        yield book;
        for (;;) {
          await turn();
          yield [];
        }
      }
      const abandoned = opened.sequencer.importEntries(endless(), root);
      const isOver = expect(abandoned).rejects.toMatchObject({ code: 'stopping' });
      await turn();
      await opened.sequencer.close();
      await isOver;
      await expect(opened.sequencer.importEntries(paginateEntries(book), root)).rejects.toMatchObject({
        code: 'stopping',
      });
      opened = await places[1]!.open();
      await nothingIsThere();
    });
  });
}
