// One node: a gRPC server on its own port, which can be stopped, started again, and cut from its clients.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as TcpServer, type Socket } from 'node:net';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js';
import { createAppendService } from './append-service.js';
import type { Faults } from './faults.js';
import { createFeaturesService, createGossipService, type Member } from './gossip-service.js';
import type { TransactionLog, RecordedEvent } from './transaction-log.js';
import { createReadService } from './read-service.js';
import {
  createAccessDeniedError,
  createNotLeaderError,
  createNotReadyError,
  createTooBusyError,
} from './grpc-errors.js';
import type { Endpoint } from './endpoint.js';
import type { ServiceCall, ServiceContext } from './service-context.js';

const HOST = '127.0.0.1';
/** The version that the double reports. */
const VERSION = '25.0.0';
/** The size of the largest record in KurrentDB's log. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The cluster, as its nodes see it. */
export interface DoubleCluster {
  readonly log: TransactionLog;
  readonly faults: Faults;
  readonly maxAppendSize: number;
  readonly maxAppendEventSize: number;
  /** Undefined while there is no leader. */
  readonly leader: DoubleNode | undefined;
  readonly nodes: readonly DoubleNode[];
  /** A node has started or stopped. */
  onMembershipChanged(): void;
}

export class DoubleNode implements ServiceContext {
  readonly id = randomUUID();
  readonly host = HOST;
  readonly #cluster: DoubleCluster;
  #sockets = new Map<string, Socket>();
  #tcp: TcpServer | null = null;
  #server: Server | null = null;
  #port = 0;
  /** The last position that was replicated to this node while it lags behind. */
  #lastVisiblePosition: bigint | undefined;
  #isIsolated = false;
  #thaw: { readonly done: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(cluster: DoubleCluster) {
    this.#cluster = cluster;
  }

  get port(): number {
    return this.#port;
  }

  get connectionString(): string {
    return `esdb://${this.host}:${this.port}?tls=false`;
  }

  get isRunning(): boolean {
    return this.#tcp !== null;
  }

  get isLeader(): boolean {
    return this.#cluster.leader === this;
  }

  get log(): TransactionLog {
    return this.#cluster.log;
  }

  get faults(): Faults {
    return this.#cluster.faults;
  }

  get maxAppendSize(): number {
    return this.#cluster.maxAppendSize;
  }

  isVisible({ position }: RecordedEvent): boolean {
    return this.#lastVisiblePosition === undefined || position <= this.#lastVisiblePosition;
  }

  /** Events that are recorded from now on are not replicated to this node until the returned function is called. */
  lag(): () => void {
    this.#lastVisiblePosition = this.log.lastPosition;
    return () => {
      this.#lastVisiblePosition = undefined;
      this.log.events.emit('grown');
    };
  }

  get isIsolated(): boolean {
    return this.#isIsolated;
  }

  /** Whether the other nodes know that it works. */
  get isAlive(): boolean {
    return this.isRunning && !this.#isIsolated && this.#thaw === undefined;
  }

  /**
   * The other nodes cannot reach this one, and elect a leader without it. Its clients can: it serves local reads, lets
   * subscriptions wait, and forwards appends to nobody. Until the returned function is called.
   */
  isolate(): () => void {
    const catchUp = this.lag();
    this.#isIsolated = true;
    this.#cluster.onMembershipChanged();
    return () => {
      this.#isIsolated = false;
      this.#cluster.onMembershipChanged();
      catchUp();
    };
  }

  /** The process gets no more time, as after SIGSTOP: connections stay open, and no call is answered. */
  freeze(): () => void {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const catchUp = this.lag();
    this.#thaw = { done, resolve };
    this.#cluster.onMembershipChanged();
    return () => {
      this.#thaw = undefined;
      this.#cluster.onMembershipChanged();
      catchUp();
      resolve();
    };
  }

  async waitUntilThawed(): Promise<void> {
    await this.#thaw?.done;
  }

  /** How many connections of clients are open. */
  get connectionCount(): number {
    return this.#sockets.size;
  }

  get maxAppendEventSize(): number {
    return this.#cluster.maxAppendEventSize;
  }

  get leader(): Endpoint {
    return this.#cluster.leader ?? this;
  }

  /** Listens on a free port the first time, and on the same port after each restart. */
  async start(): Promise<void> {
    if (this.#tcp !== null) return;
    const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
    const unavailable = (): ServiceError | null => (this.faults.isUnavailable ? createTooBusyError() : null);
    server.addService(streams.StreamsService, { ...createAppendService(this), ...createReadService(this) });
    server.addService(
      gossip.GossipService,
      createGossipService(async () => {
        await this.waitUntilThawed();
        return this.#cluster.nodes.map((node) => this.#toMember(node));
      }, unavailable),
    );
    server.addService(
      features.ServerFeaturesService,
      createFeaturesService(VERSION, [streams.StreamsService, gossip.GossipService], unavailable),
    );
    const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
    const tcp = createServer((socket) => {
      const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
      this.#sockets.set(peer, socket);
      socket.on('close', () => this.#sockets.delete(peer));
      connections.injectConnection(socket);
    });
    tcp.listen(this.#port, HOST);
    await once(tcp, 'listening');
    this.#port = (tcp.address() as AddressInfo).port;
    this.#tcp = tcp;
    this.#server = server;
    this.#cluster.onMembershipChanged();
  }

  /** Stops at once, as if the machine had failed. Recorded events remain. */
  async stop(): Promise<void> {
    if (this.#tcp === null) return;
    const closed = once(this.#tcp, 'close');
    this.#tcp.close();
    this.#tcp = null;
    this.disconnect();
    this.#server?.forceShutdown();
    this.#server = null;
    this.#cluster.onMembershipChanged();
    await closed;
  }

  /** Cuts all connections; the node keeps running. */
  disconnect(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  dropConnection(call: ServiceCall): void {
    this.#sockets.get(call.getPeer())?.destroy();
  }

  getWriteError(call: ServiceCall): ServiceError | null {
    if (this.#cluster.leader === undefined) return createNotReadyError();
    return this.getReadError(call);
  }

  getReadError(call: ServiceCall): ServiceError | null {
    if (this.faults.isUnavailable) return createTooBusyError();
    if (this.faults.isAccessDenied) return createAccessDeniedError();
    const requiresLeader = call.metadata.get('requires-leader').includes('true');
    if (!requiresLeader || this.isLeader) return null;
    const { leader } = this.#cluster;
    // Without a leader, or cut off from it, it can name none.
    return leader === undefined || this.#isIsolated
      ? createNotReadyError()
      : createNotLeaderError(leader.host, leader.port);
  }

  /** A node as this one sees it. */
  #toMember(node: DoubleNode): Member {
    const { id, host, port } = node;
    const isAlive = node === this ? this.isRunning : node.isAlive && !this.#isIsolated;
    const isLeader = node.isLeader && !this.#isIsolated;
    return { id, host, port, isAlive, state: isLeader ? 'leader' : node.isIsolated ? 'unknown' : 'follower' };
  }
}
