import { describeSequencerContract, type OpenedLedger, type LedgerFixture } from '../sequencer.contract.js';
import { type ClusterNode, ClusterFixture } from '../support/cluster-fixture.js';

class KurrentDbFixture implements LedgerFixture {
  #node: ClusterNode | undefined;

  constructor(private readonly cluster: ClusterFixture) {}

  async open(): Promise<OpenedLedger> {
    const file = this.#node && (await this.cluster.closeNode(this.#node));
    this.#node = await this.cluster.openNode(file === undefined ? {} : { file });
    return this.#node;
  }

  remove(): Promise<void> {
    return this.cluster.removeAll();
  }
}

describeSequencerContract(
  'a KurrentDB cluster',
  async () => new KurrentDbFixture(await ClusterFixture.start()),
  {
    ordersWithinStreamsOnly:
      'they are in flight to the cluster at the same time, and it orders them as they arrive',
  },
);
