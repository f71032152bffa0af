// All nodes give the entries the same numbers only while the log is complete, so a node that finds it broken ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteSequencer } from '../../../../src/ledger/sqlite/sqlite-sequencer.js';
import { LedgerUnusableError } from '../../../../src/ledger/ledger-unusable-error.js';
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

/** Long enough for two reads of a missing event. */
const timeouts = { missingEventMs: 200 };

(isDouble ? describe : describe.skip)('a broken log', () => {
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

  /** The message with which the running node ends. */
  const waitForFatalMessage = async (): Promise<string> => {
    while (node.fatalMessages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(node.sequencer.append(createAppend('b-1', -1))).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    expect(node.fatalMessages).toHaveLength(1);
    return node.fatalMessages[0]!;
  };
  /** The message with which a node refuses to start. */
  const openRefused = async (file?: string): Promise<string> => {
    const started: unknown = await place
      .openNode(file === undefined ? {} : { file, timeouts })
      .catch((error: unknown) => error);
    expect(started).toBeInstanceOf(LedgerUnusableError);
    return (started as LedgerUnusableError).message;
  };
  const last = (): RecordedEvent =>
    double.log.all.findLast(({ stream }) => stream === place.toClusterStreamName('a-1'))!;

  describe('to which a node was connected before', () => {
    const gone =
      /^Entry 3, the last of this node's ledger, is gone from test\w+\/a-1@2 in the cluster's log: .*\.$/;
    const another = /^Entry 3, the last of this node's ledger, is another one than that at test\w+\/a-1@2 /;

    it.each<[what: string, alter: () => void, message: RegExp]>([
      ['lacks its last event', () => double.log.delete(place.toClusterStreamName('a-1'), 'any'), gone],
      [
        'lacks the stream permanently',
        () => double.log.tombstone(place.toClusterStreamName('a-1'), 'any'),
        /is gone from|\$streamDeleted/,
      ],
      [
        'has an event with another id there',
        () => double.log.replace(last(), { id: 'f5a26c8e-3f3b-4e28-9b0c-7d9d5b6f2f11' }),
        another,
      ],
      ['has another type there', () => double.log.replace(last(), { type: 'Unsaid' }), another],
      [
        'has other data there',
        () => double.log.replace(last(), { data: Buffer.from('{"words":"other"}') }),
        another,
      ],
      [
        'has it at another position',
        () => double.log.replace(last(), { position: last().position + 1n }),
        another,
      ],
    ])('ends the node when it connects again to a log that %s', async (_, alter, message) => {
      alter();
      double.disconnect();
      expect(await waitForFatalMessage()).toMatch(message);
      expect(await openRefused(await place.closeNode(node))).toMatch(message);
    });

    it('ends the node if it was restored from an older backup, once it goes past the last entry without it', async () => {
      const backup = double.log.backup();
      await node.sequencer.append(createAppend('a-1', 2));
      await double.restore(backup);
      // So far nobody can tell it from a server that has yet to catch up.
      await node.waitForState('cut-off');
      await sleep(5 * timeouts.missingEventMs);
      expect([node.sequencer.connectionState, node.fatalMessages]).toEqual(['cut-off', []]);
      const foreign = createProposedEvent('Said', { words: 'x'.repeat(2_000) });
      double.log.append('others/1', 'any', [foreign]);
      expect(await waitForFatalMessage()).toMatch(
        /^Entry 4, .* is gone from .* keep a copy of this data directory, .* and start with an empty one\.$/,
      );
    });

    it('ends the node if it was restored and other clients have written since', async () => {
      const backup = double.log.backup();
      await node.sequencer.append(createAppend('a-1', 2));
      await double.stop();
      double.log.restore(backup);
      place.appendFromOtherClient('a-1', 2);
      await double.start();
      expect(await waitForFatalMessage()).toMatch(/^Entry 4, .* is another one than that at /);
    });

    it('keeps the node from starting if the prefix names another ledger', async () => {
      const file = await place.closeNode(node);
      const started = place.openNode({ file, prefix: 'another', timeouts });
      await expect(started).rejects.toThrow(/is gone from another\/a-1@2/);
    });
  });

  describe('that a node replicates', () => {
    const appendAndWaitForFatal = async (event: ProposedEvent): Promise<string> => {
      double.log.append(place.toClusterStreamName('b-1'), 'any', [event]);
      const message = await waitForFatalMessage();
      expect(message).toMatch(
        /, where only Minutebook may write: choose another LEDGER_PREFIX, or restore the log/,
      );
      expect(assertLedgerIntegrity(node.ledger)).toHaveLength(3);
      return message;
    };
    const ours = { metadata: { actor: 'clerk' }, recordedAt: '2026-11-24T00:00:00.000Z' };
    const bytes = (text: string) => Buffer.from(text);

    it.each<[what: string, event: ProposedEvent, message: RegExp]>([
      [
        "the cluster's own type",
        createProposedEvent('$metadata', {}, ours),
        /own type \$metadata at test\w+\/b-1@0/,
      ],
      [
        'a type that no leaf can contain',
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
        'additional metadata',
        createProposedEvent('Said', {}, { ...ours, more: 1 }),
        /metadata that Minutebook does not write/,
      ],
      [
        'metadata that are a list',
        createProposedEvent('Said', {}, { ...ours, metadata: [] }),
        /metadata that Minutebook does not write/,
      ],
      [
        'an invalid time',
        createProposedEvent('Said', {}, { ...ours, recordedAt: '2026-02-30T00:00:00.000Z' }),
        /metadata that Minutebook does not write/,
      ],
      [
        'metadata that are not JSON',
        { ...createProposedEvent('Said', {}), metadata: bytes('{') },
        /metadata that Minutebook does not write/,
      ],
      [
        'data that are not JSON',
        { ...createProposedEvent('Said', {}, ours), data: bytes('{') },
        /not a JSON object/,
      ],
      [
        'data that are bytes',
        { ...createProposedEvent('Said', {}, ours), isJson: false },
        /not a JSON object/,
      ],
      ['data that are a list', createProposedEvent('Said', [1], ours), /not a JSON object/],
      ['a lone surrogate', createProposedEvent('Said', { words: '\ud800' }, ours), /not well-formed Unicode/],
    ])('ends the node if it has %s', async (_, event, message) => {
      // JSON can escape what UTF-8 cannot encode.
      expect(await appendAndWaitForFatal({ ...event, data: event.data })).toMatch(message);
    });

    it('is replicated up to the first broken event', async () => {
      double.log.append(place.toClusterStreamName('b-1'), 'any', [
        createProposedEvent('Said', {}, ours),
        createProposedEvent('Said', {}),
      ]);
      await waitForFatalMessage();
      expect(assertLedgerIntegrity(node.ledger)).toHaveLength(4);
    });

    it.each<[what: string, instead: (event: RecordedEvent) => readonly RecordedEvent[], message: RegExp]>([
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
        'has a position that SQLite cannot store',
        (event) => [{ ...event, position: 2n ** 63n }],
        /an event without a position/,
      ],
    ])('ends the node if the subscription %s', async (_, instead, message) => {
      double.faults.replaceDeliveries(instead);
      place.appendFromOtherClient('b-1', -1);
      expect(await waitForFatalMessage()).toMatch(message);
    });

    it('keeps new nodes from starting once a scavenge has removed a deleted stream that was written to again', async () => {
      double.log.delete(place.toClusterStreamName('a-1'), 'any');
      await expect(node.sequencer.append(createAppend('a-1', 2))).resolves.toMatchObject({
        outcome: 'appended',
      });
      double.disconnect();
      await node.waitForState('live');
      const fresh = await place.openNode();
      expect(assertLedgerIntegrity(fresh.ledger)).toEqual(assertLedgerIntegrity(node.ledger)); // the deleted events are still in the log
      double.log.scavenge();
      expect(await openRefused()).toMatch(/where a-1@0 must follow: events were removed from it/);
    });

    it('ends the node and leaves the outcome unknown if the stream of an append was tombstoned', async () => {
      const deliver = double.faults.holdSubscriptions();
      double.log.tombstone(place.toClusterStreamName('a-1'), 'any');
      await expect(node.sequencer.append(createAppend('a-1', 2))).rejects.toMatchObject({
        code: 'outcome-unknown',
      });
      expect(node.fatalMessages).toEqual([
        expect.stringMatching(/^The stream a-1 was deleted, truncated or restored/),
      ]);
      deliver();
    });
  });

  it('keeps a new node from starting if it lacks the beginning of a stream', async () => {
    double.log.append(`$$${place.toClusterStreamName('a-1')}`, 'any', [
      createProposedEvent('$metadata', { $tb: 1 }),
    ]);
    double.log.scavenge();
    expect(await openRefused()).toMatch(/^The cluster's log has a-1@1 where a-1@0 must follow/);
  });
});

(isDouble ? describe : describe.skip)('a data directory', () => {
  it('with an embedded ledger is refused by a cluster node, and that of a cluster node by an embedded ledger', async () => {
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
    const embedded = await open(own); // still, nothing is lost
    await embedded.append(createAppend('a-1', -1));
    await embedded.close();
    await expect(place.openNode({ file: own })).rejects.toThrow(
      /holds a book that was not recorded in a cluster/,
    );
    await place.removeAll();
  });
});
