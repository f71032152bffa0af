// The worked example of an event whose shape changes: recorded, stored, corrected and read by one release after
// another.
import type { RecordedEvent } from '../../src/eventsourcing/message.js';
import { upcast } from '../../src/eventsourcing/upcasters.js';
import { UnavailableError } from '../../src/ledger/sequencer.js';
import { motions, releases } from './support/sample-aggregate.js';
import { toRecordedEvents } from '../support/decider-specification.js';
import { UpgradableLedger, getStoredVersion } from './support/upgradable-ledger.js';

const [first, second, third] = releases;
let book: UpgradableLedger;
beforeEach(() => (book = new UpgradableLedger()));
afterEach(() => book.close());

const correct = (fact: string, words: object) =>
  ['correct-fact', { fact, with: words, reason: 'misread' }] as never;
const carry = (motion: string) => ['carry-motion', { motion }] as const;

describe('an event', () => {
  it('is stored in the newest shape of the release, with its version unless that is the first', async () => {
    const [old] = await book.record('a', ['table-motion', first.createMotionData('a', 'Dues', 'belarus')]);
    book.runRelease(2);
    const [newer] = await book.record('b', [
      'table-motion',
      second.createMotionData('b', 'Seat', 'belarus', 'armenia'),
    ]);
    book.runRelease(3);
    const [newest] = await book.record('c', ['table-motion', third.createMotionData('c', 'Flag', 'belarus')]);

    expect(old?.data).toBe('{"motion":"a","sponsor":"belarus","title":"Dues"}');
    expect(newer?.data).toBe('{"motion":"b","sponsors":["belarus","armenia"],"title":"Seat"}');
    expect([old, newer, newest].map(getStoredVersion)).toEqual([undefined, 2, 3]);
  });

  it('is read in the newest shape of the running release, whenever it was stored', async () => {
    await book.record('a', ['table-motion', first.createMotionData('a', 'Dues', 'belarus')]);
    const read = () => book.readFacts('a').map(({ data, metadata: { version } }) => ({ data, version }));

    expect(read()).toEqual([{ data: first.createMotionData('a', 'Dues', 'belarus'), version: undefined }]);
    book.runRelease(2);
    expect(read()).toEqual([{ data: second.createMotionData('a', 'Dues', 'belarus'), version: 2 }]);
    book.runRelease(3);
    expect(read()).toEqual([{ data: third.createMotionData('a', 'Dues', 'belarus'), version: 3 }]);
  });

  it('of a type with one shape has no version', async () => {
    book.runRelease(2);
    await book.record('a', ['table-motion', second.createMotionData('a', 'Dues', 'belarus', 'armenia')]);
    const [carried] = await book.record('a', carry('a'));
    expect(getStoredVersion(carried)).toBeUndefined();
  });
});

describe('a decision', () => {
  beforeEach(() => book.record('a', ['table-motion', first.createMotionData('a', 'Dues', 'belarus')]));

  it('is made on events of all shapes', async () => {
    book.runRelease(3);
    expect(await book.handle('a', carry('a'))).toMatchObject({ code: 'too-few-sponsors' });
    expect(
      await book.handle('a', ['table-motion', third.createMotionData('a', 'Dues', 'armenia')]),
    ).toMatchObject({
      code: 'id-taken',
    });
  });

  it('records nothing when the same event is stored in an older shape', async () => {
    book.runRelease(3);
    expect(await book.record('a', ['table-motion', third.createMotionData('a', 'Dues', 'belarus')])).toEqual(
      [],
    );
  });
});

describe('an event of a type that this release does not know', () => {
  const { MotionTabled } = releases[0].upcasters;
  it('is of a later release, and so is a correction of it', () => {
    const [tabled, corrected] = toRecordedEvents('motion-a', [
      { type: 'MotionTabled', data: { motion: 'a' } },
      { type: 'FactCorrected', data: { fact: 'motion-a@0', with: { motion: 'a' }, reason: 'r' } },
    ]) as [RecordedEvent, RecordedEvent];
    const known = { MotionTabled: MotionTabled ?? [] };
    expect(upcast(tabled, known, [])).toEqual(tabled);
    for (const [event, before] of [
      [tabled, []],
      [corrected, [tabled]],
    ] as const)
      expect(() => upcast(event, {}, before)).toThrow(
        expect.objectContaining({ code: 'later-release' }) as Error,
      );
    expect(upcast(corrected, known, [tabled])).toEqual(corrected);
  });
  it('makes its stream unreadable for commands, and no other', async () => {
    await book.record('a', ['table-motion', first.createMotionData('a', 'Dues', 'belarus')]);
    await book.appendUnknownEvent('a');
    await expect(book.handle('a', carry('a'))).rejects.toMatchObject({ code: 'later-release' });
    expect(await book.record('b', ['table-motion', first.createMotionData('b', 'Seat', 'x')])).toHaveLength(
      1,
    );
  });
});

describe('a correction', () => {
  beforeEach(() => book.record('a', ['table-motion', first.createMotionData('a', 'Dues', 'belarus')]));

  it('is stored with the version of the data it contains', async () => {
    const [old] = await book.record(
      'a',
      correct('motion-a@0', first.createMotionData('a', 'Dues', 'armenia')),
    );
    book.runRelease(2);
    const [newer] = await book.record(
      'a',
      correct('motion-a@0', second.createMotionData('a', 'Dues', 'a', 'b')),
    );
    book.runRelease(3);
    const words = third.createMotionData('a', 'Dues', 'c', 'd');
    const [deep] = await book.record(
      'a',
      correct('motion-a@2', { fact: 'motion-a@0', with: words, reason: 'misread again' }),
    );
    const [retracted] = await book.record('a', ['retract-fact', { fact: 'motion-a@1', reason: 'twice' }]);
    const [about] = await book.record(
      'a',
      correct('motion-a@4', { fact: 'motion-a@1', reason: 'a mistake' }),
    );

    expect([old, newer, deep, retracted, about].map(getStoredVersion)).toEqual([
      undefined,
      2,
      3,
      undefined,
      undefined,
    ]);
    expect(newer?.data).toContain('"with":{"motion":"a","sponsors":["a","b"],"title":"Dues"}');
    expect(await book.handle('a', carry('a'))).toMatchObject({ events: [{ type: 'MotionCarried' }] });
  });

  it('in a group with the event it corrects is stored with that version, too', async () => {
    book.runRelease(2);
    const stored = await book.record(
      'b',
      ['table-motion', second.createMotionData('b', 'Seat', 'belarus')],
      correct('motion-b@0', second.createMotionData('b', 'Seat', 'belarus', 'armenia')),
    );
    expect(stored.map(getStoredVersion)).toEqual([2, 2]);
    book.runRelease(3);
    expect(book.readFacts('b')[1]?.data['with']).toEqual(
      third.createMotionData('b', 'Seat', 'belarus', 'armenia'),
    );
  });

  it('of an older release is applied in the newest shape', async () => {
    book.runRelease(2);
    await book.record('a', correct('motion-a@0', second.createMotionData('a', 'Dues', 'belarus', 'armenia')));
    book.runRelease(3);
    expect(await book.handle('a', carry('a'))).toMatchObject({ events: [{ type: 'MotionCarried' }] });
  });

  it('records nothing when the same correction is stored in an older shape', async () => {
    await book.record('a', correct('motion-a@0', first.createMotionData('a', 'Dues', 'armenia')));
    book.runRelease(3);
    expect(
      await book.record('a', correct('motion-a@0', third.createMotionData('a', 'Dues', 'armenia'))),
    ).toEqual([]);
  });
});

describe('a read model', () => {
  /** Records a motion with events of every release. */
  async function recordHistory(): Promise<void> {
    await book.record('a', ['table-motion', first.createMotionData('a', 'Dues', 'belarus')]);
    await book.record('a', correct('motion-a@0', first.createMotionData('a', 'Fees', 'belarus')));
    book.runRelease(2);
    await book.record('b', ['table-motion', second.createMotionData('b', 'Seat', 'belarus', 'armenia')]);
    await book.record('a', correct('motion-a@0', second.createMotionData('a', 'Fees', 'belarus', 'armenia')));
    book.runRelease(3);
    const again = {
      fact: 'motion-a@0',
      with: third.createMotionData('a', 'Fees', 'x', 'y', 'z'),
      reason: 'r',
    };
    await book.record('a', correct('motion-a@2', again));
    await book.record('a', carry('a'));
  }
  const a = (title: string, ...sponsors: string[]) => ({ motion: 'a', title, sponsors, carried: 0 });
  const b = { motion: 'b', title: 'Seat', sponsors: ['belarus', 'armenia'], first_said: null, carried: 0 };

  it('receives only the newest shape, as of every entry', async () => {
    await recordHistory();
    const models = await book.startReadModels();
    const at = (entry: number) => models.query(motions, 'all', {}, entry);

    expect(models.statuses()).toMatchObject([{ entry: 6, parked: [] }]);
    expect(at(1)).toEqual([{ ...a('Dues', 'belarus'), first_said: null }]);
    expect(at(2)).toMatchObject([a('Fees', 'belarus')]);
    expect(at(3)).toMatchObject([a('Fees', 'belarus'), b]);
    expect(at(4)).toMatchObject([a('Fees', 'belarus', 'armenia'), b]);
    expect(at(5)).toMatchObject([a('Fees', 'x', 'y', 'z'), b]);
    expect(at(6)).toMatchObject([
      { ...a('Fees', 'x', 'y', 'z'), first_said: third.createMotionData('a', 'Dues', 'belarus'), carried: 1 },
      b,
    ]);
  });

  it('that followed the ledger holds the same rows as one that is rebuilt', async () => {
    const following = await book.startReadModels();
    await recordHistory();
    following.notify(6);
    await following.waitForEntry(6, { timeoutMs: 30_000 });
    const anew = await book.startReadModels('sample-aggregate.js', 'anew');
    for (let entry = 0; entry <= 6; entry++)
      expect(await following.query(motions, 'all', {}, entry)).toEqual(
        await anew.query(motions, 'all', {}, entry),
      );
  });
});

describe('an event in the shape of a later release', () => {
  const tableMotion = () =>
    book.record('a', ['table-motion', third.createMotionData('a', 'Dues', 'belarus', 'armenia')]);
  beforeEach(() => void book.runRelease(3));

  it('parks its stream in a read model, with a reason', async () => {
    await tableMotion();
    const models = await book.startReadModels('sample-aggregate-release-2.js');
    expect(models.statuses()).toMatchObject([
      {
        status: 'live',
        entry: 1,
        parked: [
          {
            stream: 'motion-a',
            entry: 1,
            reason:
              'MotionTabled: motion-a@0 gives MotionTabled in shape 3, and this release knows the first 2: run a later one.',
          },
        ],
      },
    ]);
  });

  it('parks its stream also when only a correction contains the shape', async () => {
    book.runRelease(2);
    await book.record('a', ['table-motion', second.createMotionData('a', 'Dues', 'belarus')]);
    book.runRelease(3);
    await book.record('a', correct('motion-a@0', third.createMotionData('a', 'Fees', 'belarus')));
    const models = await book.startReadModels('sample-aggregate-release-2.js');
    expect(models.statuses()).toMatchObject([{ parked: [{ stream: 'motion-a', entry: 2 }] }]);
    expect(await models.query(motions, 'all', {}, 2)).toMatchObject([{ title: 'Dues' }]);
  });

  it('makes commands on its stream fail, and no others', async () => {
    await tableMotion();
    book.runRelease(2);
    await expect(book.handle('a', carry('a'))).rejects.toThrow(UnavailableError);
    await expect(book.handle('a', carry('a'))).rejects.toMatchObject({
      code: 'later-release',
      message:
        'motion-a@0 gives MotionTabled in shape 3, and this release knows the first 2: run a later one.',
    });
    expect(
      await book.record('b', ['table-motion', second.createMotionData('b', 'Seat', 'belarus')]),
    ).toHaveLength(1);
    book.runRelease(3);
    expect(await book.record('a', carry('a'))).toHaveLength(1);
  });
});
