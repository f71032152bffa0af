// The services that a client calls first: server features (the available methods) and gossip (the nodes).
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ServiceDefinition, ServiceError } from '@grpc/grpc-js';
import type { Endpoint } from './endpoint.js';

export type Member = Endpoint & {
  readonly id: string;
  readonly isAlive: boolean;
  readonly state: 'leader' | 'follower' | 'unknown';
};

const { FOLLOWER, LEADER, UNKNOWN } = gossip.MemberInfo.VNodeState;
const STATES = { leader: LEADER, follower: FOLLOWER, unknown: UNKNOWN };

/** `refusal` returns the error of all calls while the node is unavailable. */
export const createGossipService = (
  getMembers: () => Promise<readonly Member[]>,
  refusal: () => ServiceError | null,
): IGossipServer => ({
  read(_call, callback) {
    const refused = refusal();
    if (refused !== null) {
      callback(refused);
      return;
    }
    void getMembers().then((members) => {
      const list = members.map(({ id, host, port, isAlive, state }) =>
        new gossip.MemberInfo()
          .setInstanceId(new shared.UUID().setString(id))
          .setTimeStamp(String(Date.now()))
          .setState(STATES[state])
          .setIsAlive(isAlive)
          .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port)),
      );
      callback(null, new gossip.ClusterInfo().setMembersList(list));
    });
  },
});

export const createFeaturesService = (
  version: string,
  services: readonly ServiceDefinition[],
  refusal: () => ServiceError | null,
): IServerFeaturesServer => ({
  getSupportedMethods(_call, callback) {
    const refused = refusal();
    if (refused !== null) {
      callback(refused);
      return;
    }
    const methods = services.flatMap((service) =>
      Object.values(service).map(({ path }) => {
        const [, serviceName = '', methodName = ''] = path.toLowerCase().split('/');
        return new features.SupportedMethod().setServiceName(serviceName).setMethodName(methodName);
      }),
    );
    callback(
      null,
      new features.SupportedMethods().setEventStoreServerVersion(version).setMethodsList(methods),
    );
  },
});
