// Three node processes over a cluster of three servers. While clients send commands to all nodes, nodes are killed,
// connections cut, leaders changed and responses lost. After each round the test reads the ledger of every node by HTTP.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertEqual, HistoryChecker } from '../durability/support/history-checker.js';
import { createSeededRandom } from '../durability/support/seeded-random.js';
import {
  createFoundationRequests,
  WriteClients,
  type SentRequest,
} from '../durability/support/write-clients.js';
import { isDouble } from '../support/kurrentdb/test-kurrentdb.js';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { stopAllPrograms } from '../support/child-program.js';
import { NodeProcess } from './support/node-process.js';

/** How many failures are injected: 12, or MINUTEBOOK_KILLS. */
const ROUNDS = Number(process.env['MINUTEBOOK_KILLS'] || 12);
/** The seed of all random choices: commands, failures and their targets. */
const SEED = Number(process.env['MINUTEBOOK_SEED'] || Date.now() % 1_000_000);
const NODES = 3;
/** Of each node. */
const CLIENTS = 3;

/** Resolves when the outage is over, if it lasts. */
type Failure = (
  double: KurrentDbDouble,
  nodes: readonly NodeProcess[],
  random: (below: number) => number,
) => Promise<void> | void;

const failures: { readonly [what: string]: Failure } = {
  'a node is killed': async (_, nodes, random) => {
    await nodes[random(NODES)]?.kill();
  },
  'all nodes but one are killed': async (_, nodes, random) => {
    const survivor = random(NODES);
    await Promise.all(nodes.map((node, index) => (index === survivor ? undefined : node.kill())));
  },
  'all connections are cut': (double) => {
    double.disconnect();
  },
  'the leader changes': (double, _, random) => {
    double.elect(double.nodes[random(NODES)]!);
  },
  'the leader is down for a while': async (double, _, random) => {
    const { leader } = double;
    await leader?.stop();
    await sleep(random(400));
    await leader?.start();
  },
  'the cluster is down for a while': async (double, _, random) => {
    await double.stop();
    await sleep(random(400));
    await double.start();
  },
  'responses are lost': ({ faults }, _, random) => {
    faults.dropAfterAppend(1 + random(3));
    faults.timeoutAfterAppend(random(3));
  },
  'appends are lost': ({ faults }, _, random) => {
    faults.dropBeforeAppend(1 + random(3));
    faults.timeoutBeforeAppend(random(3));
    faults.notLeader(random(3));
  },
  'subscriptions break': async ({ faults }, _, random) => {
    for (let times = 0; times < 5; times++) {
      faults.disconnectAfterEvents(1 + random(7));
      await sleep(20);
    }
  },
};

(isDouble ? it : it.skip)(
  `after ${ROUNDS} failures all nodes have one ledger, with every acknowledged event and none of a refused command`,
  async () => {
    const random = createSeededRandom(SEED);
    const double = await KurrentDbDouble.start({ nodes: NODES });
    const settings = { LEDGER: double.connectionString, LEDGER_PREFIX: `t${randomBytes(4).toString('hex')}` };
    const nodes = Array.from({ length: NODES }, () => new NodeProcess(settings));
    const history = new HistoryChecker();
    const injected: string[] = [];
    let [count, recorded] = [0, 0];
    try {
      await nodes[0]!.start(); // which creates the key
      const secret = nodes[0]!.readAdminKey();
      const createClients = () =>
        nodes.map(({ url }, index) => new WriteClients(random, url, secret, count + index, NODES));
      /** Sends the command to one node after the other until the outcome is known. */
      const send = async (sent: SentRequest) => {
        for (let outcome = history.outcomes.get(sent); !outcome || outcome.is === 'unknown';) {
          outcome = await new WriteClients(random, nodes[random(NODES)]!.url, secret, 0).send(sent);
          history.outcomes.set(sent, outcome);
        }
      };
      for (let round = 0; round <= ROUNDS; round++) {
        await Promise.all(nodes.map((node) => node.start()));
        if (round === 0) for (const sent of createFoundationRequests()) await send(sent);
        await Promise.all(
          history.unresolvedRequests.flatMap((sent) => (random(2) === 0 ? [sent] : [sent, sent])).map(send),
        );
        const head = Math.max(...(await Promise.all(nodes.map((node) => node.readHead()))));
        const roots = await Promise.all(nodes.map((node) => node.waitForRoot(head)));
        assertEqual('the roots', new Set(roots).size, 1);
        for (const { url } of round === ROUNDS ? nodes : [nodes[random(NODES)]!]) await history.check(url);
        if (round === ROUNDS) break;

        const clients = createClients();
        let left = 1 + random(60);
        const [name, failure] = Object.entries(failures)[random(Object.keys(failures).length)]!;
        injected.push(name);
        let failureEnd: Promise<void> | void = undefined;
        const onResponse = () => {
          if (--left === 0) failureEnd = failure(double, nodes, random);
          if (left === -40) for (const each of clients) each.stop();
        };
        await Promise.all(clients.map((each) => each.run(CLIENTS, onResponse)));
        await failureEnd;
        double.faults.clear();
        for (const each of clients) {
          for (const [sent, outcome] of each.outcomes) history.outcomes.set(sent, outcome);
          recorded += [...each.outcomes.values()].filter(({ is }) => is === 'recorded').length;
        }
        count += NODES * Math.ceil((Math.max(...clients.map((each) => each.count)) - count) / NODES);
      }
    } catch (error) {
      const stderrText = nodes.map(({ program }) => program?.stderr ?? '').join('');
      throw new Error(
        `With MINUTEBOOK_SEED=${SEED}, ${injected.join('; ')}: ${String(error)}\n${stderrText}`,
        {
          cause: error,
        },
      );
    } finally {
      await stopAllPrograms();
      await double.stop();
    }
    expect(recorded).toBeGreaterThan(ROUNDS);
  },
  60_000 + ROUNDS * 20_000,
);
