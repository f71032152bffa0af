// The contract of every adapter of the port src/ledger/sequencer.ts.
import fc from 'fast-check';
import type { Ledger } from '../../src/ledger/ledger.js';
import {
  type Append,
  type AppendOutcome,
  type Sequencer,
  UnavailableError,
} from '../../src/ledger/sequencer.js';
import { createAppend } from './support/create-append.js';
import { assertLedgerIntegrity } from './support/ledger-integrity.js';

export type OpenedLedger = { readonly sequencer: Sequencer; readonly ledger: Ledger };

/** A place for one ledger. */
export interface LedgerFixture {
  /** Opens the ledger: empty at first, later with everything that was recorded. */
  open(): Promise<OpenedLedger>;
  /** Closes what is open and removes the ledger. */
  remove(): Promise<void>;
}

/** Guarantees that the embedded ledger gives and this adapter does not, each with its reason. */
type ContractDeviations = {
  /** Why appends to different streams may be taken in another order than that of the calls. */
  readonly ordersWithinStreamsOnly?: string;
};

export function describeSequencerContract(
  adapter: string,
  newPlace: () => Promise<LedgerFixture>,
  { ordersWithinStreamsOnly }: ContractDeviations = {},
): void {
  describe(`the contract of a sequencer, of ${adapter}`, () => {
    let place: LedgerFixture;
    let opened: OpenedLedger;
    beforeEach(async () => {
      place = await newPlace();
      opened = await place.open();
    });
    afterEach(async () => {
      try {
        assertLedgerIntegrity(opened.ledger);
      } finally {
        await place.remove();
      }
    });
    const send = (...given: Parameters<typeof createAppend>) =>
      opened.sequencer.append(createAppend(...given));
    const head = () => opened.ledger.getHead().entry;

    describe('appending', () => {
      it('numbers the events of an append consecutively, and the ledger reads them at once', async () => {
        await send('a-1', -1);
        const append = createAppend('a-2', -1, ['first', 'second', 'third']);
        const outcome = await opened.sequencer.append(append);
        expect(outcome).toEqual({ outcome: 'appended', entry: 2, recordedAt: expect.any(String) as string });
        const read = opened.ledger.readAfter(1, 10);
        expect(read).toMatchObject(
          append.events.map(({ id, type, data, metadata }, index) => ({
            entry: 2 + index,
            stream: 'a-2',
            revision: index,
            id,
            type,
            data,
            metadata,
            recordedAt: (outcome as { recordedAt: string }).recordedAt,
          })),
        );
      });

      const interleaved = Array.from({ length: 60 }, (_, index) =>
        index % 2 === 0 ? createAppend('a-1', index / 2 - 1) : createAppend(`b-${index}`, -1),
      );
      const entriesOf = async (calls: readonly Append[]): Promise<number[]> => {
        const outcomes = await Promise.all(calls.map((call) => opened.sequencer.append(call)));
        return outcomes.map((outcome) => ('entry' in outcome ? outcome.entry : 0));
      };
      const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

      if (ordersWithinStreamsOnly === undefined)
        it('keeps the order of the calls, across streams and within one', async () => {
          const entries = await entriesOf(interleaved);
          expect(entries).toEqual(interleaved.map((_, index) => index + 1));
        });
      else
        it(`keeps the order of the calls within a stream, but not across: ${ordersWithinStreamsOnly}`, async () => {
          const entries = await entriesOf(interleaved);
          expect(ascending(entries)).toEqual(interleaved.map((_, index) => index + 1));
          const ofOne = entries.filter((_, index) => index % 2 === 0);
          expect(ofOne).toEqual(ascending(ofOne));
        });

      it('keeps the order of the calls around one with a recorded time', async () => {
        const recordedAt = '1992-05-15T00:00:00.000Z';
        const early = interleaved.slice(0, 10);
        await send('c-1', -1, ['x'], { recordedAt });
        const late = early.map((_, index) => createAppend(`d-${index}`, -1));
        const entries = await entriesOf([
          ...late.map((call) => ({ ...call, recordedAt })),
          createAppend('c-1', 0, ['x'], { recordedAt }),
          ...early,
        ]);
        expect(entries.slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, index) => index + 2));
        expect(Math.min(...entries.slice(11))).toBe(13);
      });

      it('never decreases the recorded time', async () => {
        const old = '1991-12-21T10:00:00.000Z';
        await send('a-1', -1, ['x'], { recordedAt: old });
        await send('a-1', 0, ['x'], { recordedAt: old });
        await send('a-1', 1);
        await send('a-1', 2);
        expect(assertLedgerIntegrity(opened.ledger).map(({ recordedAt }) => recordedAt === old)).toEqual([
          true,
          true,
          false,
          false,
        ]);
      });

      it('finds the entries of a command by its idempotency key', async () => {
        const append = createAppend('a-1', -1, ['x', 'y']);
        const events = append.events.map((each) => ({
          ...each,
          metadata: '{"request":{"body":"b0","key":"k1"}}',
          requestKey: 'k1',
        }));
        await opened.sequencer.append({ ...append, events });
        await send('a-1', 1);
        expect(opened.ledger.findByRequestKey('k1').map(({ entry }) => entry)).toEqual([1, 2]);
        expect(opened.ledger.findByRequestKey('k2')).toEqual([]);
      });

      it('finds the entries of a stream by their types', async () => {
        const append = createAppend('a-1', -1, ['x', 'y', 'z']);
        const events = append.events.map((each, n) => ({
          ...each,
          type: ['Said', 'Heard', 'Seen'][n] ?? '',
        }));
        await opened.sequencer.append({ ...append, events });
        await send('a-2', -1);
        const found = (...types: string[]) =>
          opened.ledger.readStreamByTypes('a-1', types).map(({ entry }) => entry);
        expect([found('Seen', 'Said'), found('Smelled'), found()]).toEqual([[1, 3], [], []]);
        expect(opened.ledger.readStreamByTypes('a-3', ['Said'])).toEqual([]);
      });
    });

    describe('a stale decision is refused:', () => {
      it.each([
        ['the stream exists but should not', 'a-1', -1],
        ['the stream does not exist but should', 'a-2', 0],
        ['the stream has a later revision', 'a-1', 0],
        ['the stream has an earlier revision', 'a-1', 2],
      ])('%s: nothing is written', async (_, stream, expectedRevision) => {
        await send('a-1', -1, ['x', 'y']);
        expect(await send(stream, expectedRevision, ['p', 'q'])).toEqual({ outcome: 'stale' });
        expect(head()).toBe(2);
      });

      it('of concurrent appends to one stream only the first is written', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) => send('a-1', -1, [`${index}`, 'more'])),
        );
        expect(outcomes.map(({ outcome }) => outcome)).toEqual([
          'appended',
          ...Array.from({ length: 19 }, () => 'stale'),
        ]);
        expect(assertLedgerIntegrity(opened.ledger).map(({ data }) => data)).toEqual([
          '{"words":"0"}',
          '{"words":"more"}',
        ]);
      });

      it('records nothing when the same append is sent twice', async () => {
        const append = createAppend('a-1', -1);
        await opened.sequencer.append(append);
        expect(await opened.sequencer.append(append)).toEqual({ outcome: 'stale' });
        expect(head()).toBe(1);
      });

      it('a required stream must exist, if only since the previous call', async () => {
        const outcomes = await Promise.all([
          send('a-1', -1, ['x'], { requires: ['a-2'] }),
          send('a-2', -1),
          send('a-1', -1, ['x'], { requires: ['a-2'] }),
          send('a-3', 5),
          send('a-4', -1, ['x'], { requires: ['a-2', 'a-3'] }),
        ]);
        expect(outcomes.map(({ outcome }) => outcome)).toEqual([
          'stale',
          'appended',
          'appended',
          'stale',
          'stale',
        ]);
        expect(head()).toBe(2);
      });
    });

    describe('a recorded time', () => {
      it('may be given from that of the last entry until now', async () => {
        const [before, at] = ['1992-05-14T23:59:59.999Z', '1992-05-15T00:00:00.000Z'];
        const future = new Date(Date.now() + 3_600_000).toISOString();
        expect(await send('a-1', -1, ['x'], { recordedAt: future })).toEqual({
          outcome: 'out-of-time',
          recordedAt: null,
        });
        expect(await send('a-1', -1, ['x'], { recordedAt: at })).toMatchObject({ recordedAt: at });
        expect(await send('a-1', 0, ['x'], { recordedAt: before })).toEqual({
          outcome: 'out-of-time',
          recordedAt: at,
        });
        expect(await send('a-1', 0, ['x'], { recordedAt: at })).toMatchObject({ outcome: 'appended' });
        expect(await send('a-1', 1, ['x'], { recordedAt: future })).toMatchObject({
          outcome: 'out-of-time',
        });
        expect(head()).toBe(2);
      });

      it.each([
        '+010000-01-01T00:59:59.000Z',
        '-000001-12-31T23:00:00.000Z',
        '2011-05-31T12:00:00Z',
        '2011-05-31T12:00:00.000+00:00',
        '2011-02-29T12:00:00.000Z',
        '2011-05-31T24:00:00.000Z',
        '2011-05-31',
        '',
      ])('is refused if the export of the entry could not be read: %j', async (recordedAt) => {
        expect(await send('a-1', -1, ['x'], { recordedAt })).toEqual({
          outcome: 'out-of-time',
          recordedAt: null,
        });
        expect(head()).toBe(0);
      });

      it('is checked after the revision of the stream', async () => {
        expect(await send('a-1', 3, ['x'], { recordedAt: '2999-01-01T00:00:00.000Z' })).toEqual({
          outcome: 'stale',
        });
      });
    });

    it('emits each new head before the append resolves', async () => {
      const heads: number[] = [];
      opened.sequencer.heads.subscribe((each) => heads.push(each));
      await Promise.all([
        send('a-1', -1, ['x', 'y']).then(() => expect(heads.at(-1)).toBeGreaterThanOrEqual(2)),
        send('a-2', -1),
      ]);
      await send('a-2', 7);
      await send('a-2', 0);
      expect(heads).toEqual([...new Set(heads)].sort((a, b) => a - b));
      expect(heads.at(-1)).toBe(4);
    });

    it('refuses appends beyond its capacity as busy, and continues', async () => {
      const { capacity } = opened.sequencer;
      const taken = Array.from({ length: capacity }, (_, index) => send(`a-${index}`, -1));
      expect(opened.sequencer.pendingAppends).toBe(capacity);
      await expect(send('b-1', -1)).rejects.toMatchObject({ code: 'busy' });
      await Promise.all(taken);
      expect(opened.sequencer.pendingAppends).toBe(0);
      expect(head()).toBe(capacity);
      expect(await send('b-1', -1)).toMatchObject({ entry: capacity + 1 });
    });

    describe('closing', () => {
      it('finishes accepted appends, then refuses others', async () => {
        const taken = [send('a-1', -1), send('a-1', 0), send('a-2', 4)];
        let completed = false;
        opened.sequencer.heads.subscribe({ complete: () => (completed = true) });
        const closing = opened.sequencer.close();
        const refused = send('a-1', 1);
        await expect(refused).rejects.toBeInstanceOf(UnavailableError);
        await expect(refused).rejects.toMatchObject({ code: 'stopping' });
        expect((await Promise.all(taken)).map(({ outcome }) => outcome)).toEqual([
          'appended',
          'appended',
          'stale',
        ]);
        await closing;
        expect(completed).toBe(true);
        await opened.sequencer.close();
        await expect(send('a-1', 1)).rejects.toMatchObject({ code: 'stopping' });
        expect(head()).toBe(2);
      });

      it('keeps all entries, and continues after them when it is opened again', async () => {
        await Promise.all([send('a-1', -1, ['x', 'y']), send('a-2', -1), send('a-1', 1)]);
        const before = assertLedgerIntegrity(opened.ledger);
        await opened.sequencer.close();
        opened = await place.open();
        expect(assertLedgerIntegrity(opened.ledger)).toEqual(before);
        expect(await send('a-1', 1)).toEqual({ outcome: 'stale' });
        expect(await send('a-1', 2)).toMatchObject({ outcome: 'appended', entry: 5 });
      });
    });

    it('behaves like a list of streams for any calls', async () => {
      const call = fc.record({
        stream: fc.constantFrom('a-1', 'a-2', 'a-3'),
        off: fc.constantFrom(0, 0, 0, 0, -1, 1),
        events: fc.integer({ min: 1, max: 3 }),
        requires: fc.subarray(['a-1', 'a-2', 'a-3']),
        waits: fc.boolean(),
      });
      const book = new Map<string, number>();
      let entry = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 30 }), fc.nat(), async (calls, run) => {
          // Each run has streams of its own, otherwise only the first would append anything.
          const named = (stream: string) => `${stream}.${run}`;
          const expected: unknown[] = [];
          const outcomes: Promise<AppendOutcome>[] = [];
          for (const { stream, off, events, requires, waits } of calls) {
            const append: Append = createAppend(
              named(stream),
              (book.get(named(stream)) ?? -1) + off,
              Array.from({ length: events }, (_, index) => `${index}`),
              { requires: requires.map(named) },
            );
            if (off === 0 && append.requires.every((each) => book.has(each))) {
              expected.push({
                outcome: 'appended',
                entry: ordersWithinStreamsOnly === undefined ? entry + 1 : expect.any(Number),
                recordedAt: expect.any(String),
              });
              entry += events;
              book.set(append.stream, append.expectedRevision + events);
            } else expected.push({ outcome: 'stale' });
            outcomes.push(opened.sequencer.append(append));
            if (waits) await outcomes.at(-1);
          }
          const found = await Promise.all(outcomes);
          expect(found).toEqual(expected);
          expect(head()).toBe(entry);
          for (const [index, outcome] of found.entries())
            if (outcome.outcome === 'appended')
              expect(opened.ledger.findByNumber(outcome.entry)?.stream).toBe(
                named(calls[index]?.stream ?? ''),
              );
        }),
        { numRuns: 30, endOnFailure: true },
      );
    });
  });
}
