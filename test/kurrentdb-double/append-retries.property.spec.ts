// The property that retries rely on: the same events at the same revision are recorded once, whatever the first
// attempt did.
import fc from 'fast-check';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { credentials } from '../support/kurrentdb/test-kurrentdb.js';
import {
  createClient,
  disposeClients,
  type TestEvent,
  createEvents,
  collectEvents,
} from './support/clients.js';

let double: KurrentDbDouble;
beforeAll(async () => {
  double = await KurrentDbDouble.start();
});
afterAll(async () => {
  await disposeClients();
  await double.stop();
});

const lossArbitrary = fc.constantFrom(
  'dropBeforeAppend',
  'dropAfterAppend',
  'timeoutBeforeAppend',
  'timeoutAfterAppend',
);
const sendingArbitrary = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  losses: fc.array(lossArbitrary, { maxLength: 3 }),
});

let runs = 0;

it('records each event once, in the order of the appends', () =>
  fc.assert(
    fc.asyncProperty(fc.array(sendingArbitrary, { minLength: 1, maxLength: 8 }), async (sendings) => {
      const stream = `retries/${++runs}`;
      const client = createClient(double.connectionString);
      const sent: TestEvent[] = [];
      for (const { count, losses } of sendings) {
        for (const lost of losses) double.faults[lost]();
        const events = createEvents(count);
        const expectedRevision = sent.length === 0 ? 'no_stream' : BigInt(sent.length - 1);
        const attempt = (): Promise<bigint | null> =>
          client.appendToStream(stream, events, { expectedRevision, credentials }).then(
            ({ nextExpectedRevision }) => nextExpectedRevision,
            (error: unknown) => {
              expect(error).toMatchObject({ type: expect.stringMatching(/^(?:unavailable|timeout)$/) });
              return null;
            },
          );
        let answered = await attempt();
        while (answered === null) answered = await attempt();
        sent.push(...events);
        expect(answered).toBe(BigInt(sent.length - 1));
      }
      const recorded = double.log.stream(stream)!;
      expect(recorded.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
      expect(recorded.map(({ revision }) => Number(revision))).toEqual([...sent.keys()]);
      expect(await collectEvents(client.readStream(stream))).toHaveLength(sent.length);
      await client.dispose();
    }),
    { numRuns: 30 },
  ));
