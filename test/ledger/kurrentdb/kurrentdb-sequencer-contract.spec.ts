import { sequencerContract, type Opened, type Place } from '../sequencer.contract.js';
import { type ClusterNode, ClusterPlace } from '../support/cluster-fixture.js';

class KurrentPlace implements Place {
  #node: ClusterNode | undefined;

  constructor(private readonly place: ClusterPlace) {}

  async open(): Promise<Opened> {
    const file = this.#node && (await this.place.close(this.#node));
    this.#node = await this.place.node(file === undefined ? {} : { file });
    return this.#node;
  }

  remove(): Promise<void> {
    return this.place.remove();
  }
}

sequencerContract('a KurrentDB cluster', async () => new KurrentPlace(await ClusterPlace.start()), {
  ordersWithinStreamsOnly:
    'they are in flight to the cluster at the same time, and it orders them as they arrive',
});
