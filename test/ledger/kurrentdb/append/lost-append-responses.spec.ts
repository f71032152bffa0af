// An append whose response is lost is neither recorded twice nor lost, nor refused although it was recorded.
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { AppendOutcome, UnavailableError } from '../../../../src/ledger/sequencer.js';
import type { KurrentDbDouble } from '../../../support/kurrentdb/kurrentdb-double.js';
import { isDouble } from '../../../support/kurrentdb/test-kurrentdb.js';
import { waitUntil } from '../../../support/wait-until.js';
import { createAppend } from '../../support/create-append.js';
import { type ClusterNode, ClusterFixture } from '../../support/cluster-fixture.js';
import { assertLedgerIntegrity } from '../../support/ledger-integrity.js';

/** Long enough for a slow machine to respond, short enough to wait for in a test. */
const timeouts = { attemptMs: 700 };

/** Of a command that came nearly a minute ago, and is decided again. */
const createOldRequest = () => ({ requestedAtMs: performance.now() - 59_900 });

(isDouble ? describe : describe.skip)('an append whose response is lost', () => {
  let place: ClusterFixture;
  let double: KurrentDbDouble;
  let node: ClusterNode;
  beforeEach(async () => {
    place = await ClusterFixture.start();
    double = place.double;
    node = await place.openNode({ timeouts });
  });
  afterEach(() => place.removeAll());

  const faults: [what: string, fault: (double: KurrentDbDouble) => void][] = [
    ['the connection breaks before it is recorded', ({ faults }) => faults.dropBeforeAppend()],
    ['the connection breaks after it was recorded', ({ faults }) => faults.dropAfterAppend()],
    ['nothing is recorded and there is no response', ({ faults }) => faults.muteBeforeAppend()],
    ['it is recorded and there is no response', ({ faults }) => faults.muteAfterAppend()],
    ['the server times out and records nothing', ({ faults }) => faults.timeoutBeforeAppend()],
    ['the server times out and records it nevertheless', ({ faults }) => faults.timeoutAfterAppend()],
    [
      'several times in a row',
      ({ faults }) => {
        faults.dropBeforeAppend();
        faults.timeoutBeforeAppend();
        faults.dropAfterAppend();
      },
    ],
  ];

  it.each(faults)('is recorded once and acknowledged, because %s', async (_, fault) => {
    await node.sequencer.append(createAppend('a-1', -1));
    fault(double);
    const outcomes = await Promise.all([
      node.sequencer.append(createAppend('a-1', 0, ['x', 'y'])),
      node.sequencer.append(createAppend('a-1', 2, ['z'])),
    ]);
    expect(outcomes).toMatchObject([
      { outcome: 'appended', entry: 2 },
      { outcome: 'appended', entry: 4 },
    ]);
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(4);
  });

  it('is recorded after a conflict with an event that was not replicated and has vanished', async () => {
    await node.sequencer.append(createAppend('a-1', -1));
    double.faults.unreplicatedConflict();
    expect(await node.sequencer.append(createAppend('a-1', 0))).toMatchObject({ entry: 2 });
  });

  it('is recorded once when its repetition is dropped until the first one is replicated', async () => {
    const patient = await place.openNode();
    await patient.sequencer.append(createAppend('a-1', -1));
    const release = double.faults.holdSubscriptions();
    double.faults.timeoutAfterAppend();
    double.faults.dropRepeats();
    const outcome = patient.sequencer.append(createAppend('a-1', 0));
    await waitUntil(() => !double.faults.hasDroppedRepeatsLeft);
    release();
    expect(await outcome).toMatchObject({ entry: 2 });
    expect(assertLedgerIntegrity(patient.ledger)).toHaveLength(2);
  });

  it('is sent again to a server that was not ready, and known as not written until then', async () => {
    double.faults.notReady(1_000);
    const hasty = await place.openNode({ timeouts: { outcomeMs: 300 } });
    await expect(hasty.sequencer.append(createAppend('a-1', -1))).rejects.toMatchObject({ code: 'cut-off' });
    double.faults.clear();
    expect(await hasty.sequencer.append(createAppend('a-1', -1))).toMatchObject({ entry: 1 });
  });

  it('is refused as too large also if it is gRPC that refuses its size', async () => {
    double.faults.messageTooLarge();
    await expect(node.sequencer.append(createAppend('a-1', -1))).rejects.toMatchObject({ code: 'too-large' });
    expect(await node.sequencer.append(createAppend('a-1', -1))).toMatchObject({ entry: 1 });
  });

  it('has an outcome when its time is over, although an attempt is still pending', async () => {
    const single = await place.openNode({ timeouts: { outcomeMs: 300, attemptMs: 60_000 } });
    const release = double.faults.holdAppends();
    await expect(single.sequencer.append(createAppend('a-1', -1))).rejects.toMatchObject({
      code: 'outcome-unknown',
    });
    release();
  });

  it('has an outcome when its time is over, also if it was written and is not delivered', async () => {
    const hasty = await place.openNode({ timeouts: { outcomeMs: 600 } });
    const release = double.faults.holdSubscriptions();
    const reported: string[] = [];
    const report = (stream: string): Promise<unknown> =>
      hasty.sequencer.append(createAppend(stream, -1)).catch((error: unknown) => {
        reported.push(`${stream}: ${(error as UnavailableError).code}`);
      });
    const written = report('a-1');
    await waitUntil(() => place.double.log.stream(place.toClusterStreamName('a-1')) !== undefined);
    await sleep(300);
    double.faults.muteAfterAppend();
    await Promise.all([written, report('a-2')]);
    // Each after the same time, in the order of the calls.
    expect(reported).toEqual(['a-1: outcome-unknown', 'a-2: outcome-unknown']);
    release();
  });

  it('has an outcome when the time of its request is over, while it waits for its turn', async () => {
    const single = await place.openNode({ timeouts: { outcomeMs: 60_000, attemptMs: 50_000 } });
    const release = double.faults.holdAppends();
    const first = single.sequencer.append(createAppend('a-1', -1));
    await new Promise(setImmediate); // so that the first one is sent alone
    const second = single.sequencer.append(createAppend('a-1', 0, ['x'], createOldRequest()));
    await expect(second).rejects.toMatchObject({ code: 'cut-off' });
    // Another one that takes its place does not pass the first one, which has no outcome yet.
    const third = single.sequencer.append(createAppend('a-1', 0, ['y']));
    release();
    expect(await Promise.all([first, third])).toMatchObject([{ entry: 1 }, { entry: 2 }]);
    expect(assertLedgerIntegrity(single.ledger)).toHaveLength(2);
  });

  it('has an outcome when the time of its request is over, and leaves those that are sent with it theirs', async () => {
    const single = await place.openNode({ timeouts: { outcomeMs: 60_000, attemptMs: 50_000 } });
    const release = double.faults.holdAppends();
    const first = single.sequencer.append(createAppend('a-1', -1, ['x'], createOldRequest()));
    const second = single.sequencer.append(createAppend('a-1', 0, ['y']));
    await expect(first).rejects.toMatchObject({ code: 'outcome-unknown' });
    release();
    expect(await second).toMatchObject({ entry: 2 });
    expect(assertLedgerIntegrity(single.ledger)).toHaveLength(2);
  });

  it('is acknowledged by the second attempt when subscriptions deliver nothing', async () => {
    const letGo = double.faults.holdSubscriptions();
    double.faults.timeoutAfterAppend();
    const outcome = node.sequencer.append(createAppend('a-1', -1, ['x', 'y']));
    while (double.faults.pendingFaults > 0 || node.sequencer.pendingAppends === 0)
      await new Promise(setImmediate);
    letGo();
    expect(await outcome).toMatchObject({ outcome: 'appended', entry: 1 });
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(2);
  });

  it('is refused if another client has written at its revision meanwhile', async () => {
    double.faults.timeoutBeforeAppend();
    const outcome = node.sequencer.append(createAppend('a-1', -1));
    while (double.faults.pendingFaults > 0) await new Promise(setImmediate);
    place.appendFromOtherClient('a-1', -1);
    expect(await outcome).toEqual({ outcome: 'stale' });
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(1);
  });

  it('is acknowledged once the subscription has delivered its events', async () => {
    const patient = await place.openNode({ timeouts: { attemptMs: 50_000, outcomeMs: 55_000 } });
    double.faults.muteAfterAppend();
    const outcome = await patient.sequencer.append(createAppend('a-1', -1, ['x', 'y']));
    expect(outcome).toMatchObject({ outcome: 'appended', entry: 1 });
    double.faults.muteBeforeAppend();
    const overtaken = patient.sequencer.append(createAppend('a-1', 1));
    while (double.faults.pendingFaults > 0) await new Promise(setImmediate);
    place.appendFromOtherClient('a-1', 1);
    expect(await overtaken).toEqual({ outcome: 'stale' });
  }, 20_000);

  it('is acknowledged although other clients appended after it', async () => {
    const letGo = double.faults.holdSubscriptions();
    double.faults.timeoutAfterAppend();
    const outcome = node.sequencer.append(createAppend('a-1', -1));
    while (double.faults.pendingFaults > 0) await new Promise(setImmediate);
    place.appendFromOtherClient('a-1', 0);
    letGo();
    expect(await outcome).toMatchObject({ outcome: 'appended', entry: 1 });
    expect(assertLedgerIntegrity(node.ledger)).toHaveLength(2);
  });

  it('has an unknown outcome after the timeout, and sending it again is safe', async () => {
    const hasty = await place.openNode({ timeouts: { attemptMs: 100, outcomeMs: 300 } });
    double.faults.muteAfterAppend(1, (stream) => stream.endsWith('a-1'));
    const letGo = double.faults.holdSubscriptions();
    const append = createAppend('a-1', -1, ['x', 'y']);
    await expect(hasty.sequencer.append(append)).rejects.toMatchObject({ code: 'outcome-unknown' });
    letGo();
    const again = await hasty.sequencer.append({ ...append });
    expect([again.outcome, hasty.ledger.getStreamRevision('a-1')]).toEqual([again.outcome, 1]);
    expect(hasty.ledger.readStream('a-1').map(({ id }) => id)).toEqual(append.events.map(({ id }) => id));
  });

  it('is distinguished from another command that has the same ids', async () => {
    const first = createAppend('a-1', -1);
    const [event] = first.events;
    const other = { ...first, events: [{ ...event!, data: '{"words":"something else"}' }] };
    const second = await place.openNode({ timeouts });
    const letGo = double.faults.holdSubscriptions();
    const outcomes = [node.sequencer.append(first)];
    while (double.log.stream(place.toClusterStreamName('a-1')) === null) await new Promise(setImmediate);
    outcomes.push(second.sequencer.append(other));
    letGo();
    expect((await Promise.all(outcomes)).map(({ outcome }) => outcome)).toEqual(['appended', 'stale']);
  });

  it('is recorded exactly once if it was acknowledged and not at all if not, whatever failures occur', async () => {
    const nodes = [node, await place.openNode({ timeouts })];
    const fault = fc.constantFrom(...faults.map(([, fault]) => fault), () => double.disconnect());
    const call = fc.record({ node: fc.nat(1), stream: fc.constantFrom('a-1', 'a-2'), words: fc.nat(2) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(call, fault), { maxLength: 25 }), async (steps) => {
        const before = node.ledger.getHead().entry;
        const sent: { ids: readonly string[]; outcome: Promise<AppendOutcome> }[] = [];
        run++;
        for (const step of steps) {
          if (typeof step === 'function') {
            step(double);
            continue;
          }
          const { sequencer, ledger } = nodes[step.node]!;
          const stream = `${step.stream}.${run}`;
          const words = Array.from({ length: step.words + 1 }, (_, index) => `${index}`);
          const append = createAppend(stream, ledger.getStreamRevision(stream), words);
          sent.push({ ids: append.events.map(({ id }) => id), outcome: sequencer.append(append) });
          if (step.words === 0) await Promise.allSettled(sent.map(({ outcome }) => outcome));
        }
        const settled = await Promise.allSettled(sent.map(({ outcome }) => outcome));
        double.faults.clear();
        await place.waitUntilCaughtUp(...nodes);
        const recorded = assertLedgerIntegrity(node.ledger)
          .slice(before)
          .map(({ id }) => id);
        const acknowledged = sent.flatMap(({ ids }, index) => {
          const outcome = settled[index]!;
          if (outcome.status === 'rejected') {
            expect((outcome.reason as { code: string }).code).toBe('cut-off');
            return [];
          }
          return outcome.value.outcome === 'appended' ? [{ ids, entry: outcome.value.entry }] : [];
        });
        expect([...recorded].sort()).toEqual(acknowledged.flatMap(({ ids }) => ids).sort());
        for (const { ids, entry } of acknowledged)
          expect(node.ledger.readAfter(entry - 1, ids.length).map(({ id }) => id)).toEqual(ids);
      }),
      { numRuns: 30, endOnFailure: true },
    );
    expect(assertLedgerIntegrity(nodes[0]!.ledger)).toEqual(assertLedgerIntegrity(nodes[1]!.ledger));
  });
});
