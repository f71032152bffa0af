// Nodes number the entries alike only while the log under them is whole, so a node that sees that it is not ends.
import { SqliteSequencer } from '../../../../src/ledger/sqlite/sqlite-sequencer.js';
import { LedgerUnusableError } from '../../../../src/ledger/sqlite/schema.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import {
  type ProposedEvent,
  createProposedEvent,
  type RecordedEvent,
} from '../../../support/kurrentdb/transaction-log.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

/** Long enough for two looks at what is missing. */
const timeouts = { missingEventMs: 200 };

(isDouble ? describe : describe.skip)('a log', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterFixture.start();
    double = place.double;
    node = await place.openNode({ timeouts });
    await node.sequencer.append(createAppend('a-1', -1, ['x', 'y', 'z']));
  });
  afterEach(() => place.removeAll());

  /** The sentence with which the running node ends. */
  const ended = async (): Promise<string> => {
    while (node.fatalMessages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(node.sequencer.append(createAppend('b-1', -1))).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    expect(node.fatalMessages).toHaveLength(1);
    return node.fatalMessages[0]!;
  };
  /** The sentence with which a node does not even start. */
  const refused = async (file?: string): Promise<string> => {
    const started: unknown = await place
      .openNode(file === undefined ? {} : { file, timeouts })
      .catch((error: unknown) => error);
    expect(started).toBeInstanceOf(LedgerUnusableError);
    return (started as LedgerUnusableError).message;
  };
  const last = (): RecordedEvent =>
    double.log.all.findLast(({ stream }) => stream === place.toClusterStreamName('a-1'))!;

  describe('that a node was connected to before', () => {
    const gone =
      /^Entry 3, the last of this node's ledger, is gone from test\w+\/a-1@2 in the cluster's log: .*\.$/;
    const another = /^Entry 3, the last of this node's ledger, is another one than that at test\w+\/a-1@2 /;

    it.each<[what: string, alter: () => void, sentence: RegExp]>([
      ['lacks its last event', () => double.log.delete(place.toClusterStreamName('a-1'), 'any'), gone],
      [
        'lacks the stream for ever',
        () => double.log.tombstone(place.toClusterStreamName('a-1'), 'any'),
        /is gone from|\$streamDeleted/,
      ],
      [
        'has another id there',
        () => double.log.replace(last(), { id: 'f5a26c8e-3f3b-4e28-9b0c-7d9d5b6f2f11' }),
        another,
      ],
      ['has another type there', () => double.log.replace(last(), { type: 'Unsaid' }), another],
      [
        'has other words there',
        () => double.log.replace(last(), { data: Buffer.from('{"words":"other"}') }),
        another,
      ],
      [
        'has it at another place',
        () => double.log.replace(last(), { position: last().position + 1n }),
        another,
      ],
    ])('and %s: the node ends when it connects again', async (_, alter, sentence) => {
      alter();
      double.disconnect();
      expect(await ended()).toMatch(sentence);
      expect(await refused(await place.closeNode(node))).toMatch(sentence);
    });

    it('and was restored from an older copy: the node ends', async () => {
      const backup = double.log.backup();
      await node.sequencer.append(createAppend('a-1', 2));
      await double.restore(backup);
      expect(await ended()).toMatch(/^Entry 4, .* is gone from /);
    });

    it('and was restored and written to by others: the node ends', async () => {
      const backup = double.log.backup();
      await node.sequencer.append(createAppend('a-1', 2));
      await double.stop();
      double.log.restore(backup);
      place.appendFromOtherClient('a-1', 2);
      await double.start();
      expect(await ended()).toMatch(/^Entry 4, .* is another one than that at /);
    });

    it('and is another one, by the prefix: the node does not start', async () => {
      const file = await place.closeNode(node);
      const started = place.openNode({ file, prefix: 'another', timeouts });
      await expect(started).rejects.toThrow(/is gone from another\/a-1@2/);
    });
  });

  describe('that a node follows', () => {
    const says = async (event: ProposedEvent, stream = 'b-1'): Promise<string> => {
      double.log.append(place.toClusterStreamName(stream), 'any', [event]);
      const sentence = await ended();
      expect(sentence).toMatch(
        /, where only Minutebook may write: choose another LEDGER_PREFIX, or restore the log/,
      );
      expect(assertLedgerIntegrity(node.ledger)).toHaveLength(3);
      return sentence;
    };
    const ours = { metadata: { actor: 'clerk' }, recordedAt: '2026-11-24T00:00:00.000Z' };
    const bytes = (text: string) => Buffer.from(text);

    it.each<[what: string, event: ProposedEvent, sentence: RegExp]>([
      [
        "the cluster's own type",
        createProposedEvent('$metadata', {}, ours),
        /own type \$metadata at test\w+\/b-1@0/,
      ],
      [
        'a type that nobody can write into a leaf',
        createProposedEvent('Sa"id', {}, ours),
        /an event type that Minutebook does not write/,
      ],
      ['no metadata', createProposedEvent('Said', {}), /metadata that Minutebook does not write/],
      [
        'metadata of another program',
        createProposedEvent('Said', {}, { $correlationId: '1' }),
        /metadata that Minutebook does not write/,
      ],
      [
        'more metadata than ours',
        createProposedEvent('Said', {}, { ...ours, more: 1 }),
        /metadata that Minutebook does not write/,
      ],
      [
        'metadata that are a list',
        createProposedEvent('Said', {}, { ...ours, metadata: [] }),
        /metadata that Minutebook does not write/,
      ],
      [
        'a time that is none',
        createProposedEvent('Said', {}, { ...ours, recordedAt: '2026-02-30T00:00:00.000Z' }),
        /metadata that Minutebook does not write/,
      ],
      [
        'metadata that are no JSON',
        { ...createProposedEvent('Said', {}), metadata: bytes('{') },
        /metadata that Minutebook does not write/,
      ],
      [
        'data that are no JSON',
        { ...createProposedEvent('Said', {}, ours), data: bytes('{') },
        /not a JSON object/,
      ],
      [
        'data that are bytes',
        { ...createProposedEvent('Said', {}, ours), isJson: false },
        /not a JSON object/,
      ],
      ['data that are a list', createProposedEvent('Said', [1], ours), /not a JSON object/],
      ['half a character', createProposedEvent('Said', { words: '\ud800' }, ours), /not well-formed Unicode/],
    ])('and has %s: the node ends', async (_, event, sentence) => {
      // JSON can spell what UTF-8 cannot.
      expect(await says({ ...event, data: event.data })).toMatch(sentence);
    });

    it('and has a stream with a name that is not ours: the node ends', async () => {
      expect(await says(createProposedEvent('Said', {}, ours), 'b 1')).toMatch(
        /a stream name that Minutebook does not write/,
      );
    });

    it('takes what is whole before what is not', async () => {
      double.log.append(place.toClusterStreamName('b-1'), 'any', [
        createProposedEvent('Said', {}, ours),
        createProposedEvent('Said', {}),
      ]);
      await ended();
      expect(assertLedgerIntegrity(node.ledger)).toHaveLength(4);
    });

    it.each<[what: string, instead: (event: RecordedEvent) => readonly RecordedEvent[], sentence: RegExp]>([
      [
        'skips a revision',
        (event) => [{ ...event, revision: event.revision + 1n }],
        /has b-1@1 where b-1@0 must follow/,
      ],
      ['repeats an event', (event) => [event, event], /has b-1@0 where b-1@1 must follow/],
      [
        'goes back',
        (event) => [{ ...event, position: 1n }],
        /has b-1@0 at position 1\/1, which is not after \d+\/\d+, where this node's ledger ends/,
      ],
      [
        'names a position that nobody can keep',
        (event) => [{ ...event, position: 2n ** 63n }],
        /an event without a position/,
      ],
    ])('and that %s: the node ends', async (_, instead, sentence) => {
      double.faults.replaceDeliveries(instead);
      place.appendFromOtherClient('b-1', -1);
      expect(await ended()).toMatch(sentence);
    });

    it('and whose stream was deleted and is written to again: once the deleted is cleared away, no new node starts', async () => {
      double.log.delete(place.toClusterStreamName('a-1'), 'any');
      await expect(node.sequencer.append(createAppend('a-1', 2))).resolves.toMatchObject({
        outcome: 'appended',
      });
      double.disconnect();
      await node.waitForState('live');
      const fresh = await place.openNode();
      expect(assertLedgerIntegrity(fresh.ledger)).toEqual(assertLedgerIntegrity(node.ledger)); // what was deleted is not gone yet
      double.log.scavenge();
      expect(await refused()).toMatch(/where a-1@0 must follow: events were removed from it/);
    });

    it('and whose stream was closed for ever: the append says so, and the node ends', async () => {
      const letGo = double.faults.holdSubscriptions();
      double.log.tombstone(place.toClusterStreamName('a-1'), 'any');
      await expect(node.sequencer.append(createAppend('a-1', 2))).rejects.toMatchObject({
        code: 'outcome-unknown',
      });
      expect(node.fatalMessages).toEqual([
        expect.stringMatching(/^The stream a-1 was deleted, truncated or restored/),
      ]);
      letGo();
    });
  });

  it('that lacks the beginning of a stream is nothing for a new node', async () => {
    double.log.append(`$$${place.toClusterStreamName('a-1')}`, 'any', [
      createProposedEvent('$metadata', { $tb: 1 }),
    ]);
    double.log.scavenge();
    expect(await refused()).toMatch(/^The cluster's log has a-1@1 where a-1@0 must follow/);
  });
});

(isDouble ? describe : describe.skip)('a data directory', () => {
  it('with a book of its own is not taken for the copy of a cluster, nor the copy for a book of its own', async () => {
    const place = await ClusterFixture.start();
    const copy = await place.openNode();
    const open = (file: string) => SqliteSequencer.open(file, () => undefined);
    await copy.sequencer.append(createAppend('a-1', -1));
    const file = await place.closeNode(copy);
    await expect(open(file)).rejects.toThrow(
      /is this node's copy of a cluster's book: set LEDGER to the cluster/,
    );

    const empty = await place.openNode({ prefix: 'empty' });
    const own = await place.closeNode(empty);
    const embedded = await open(own); // nothing is lost by it yet
    await embedded.append(createAppend('a-1', -1));
    await embedded.close();
    await expect(place.openNode({ file: own })).rejects.toThrow(
      /holds a book that was not recorded in a cluster/,
    );
    await place.removeAll();
  });
});
