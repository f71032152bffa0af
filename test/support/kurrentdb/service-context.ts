// What the services know of the node that they run on.
import type { Metadata, ServiceError } from '@grpc/grpc-js';
import type { Endpoint } from './endpoint.js';
import type { Faults } from './faults.js';
import type { TransactionLog, RecordedEvent } from './transaction-log.js';

/** What all gRPC calls have in common. */
export type ServiceCall = { readonly metadata: Metadata; readonly cancelled: boolean; getPeer(): string };

export interface ServiceContext extends Endpoint {
  readonly log: TransactionLog;
  readonly faults: Faults;
  /** Bytes. */
  readonly maxAppendSize: number;
  /** Bytes. */
  readonly maxAppendEventSize: number;
  readonly isRunning: boolean;
  /** Whether the node is cut off from the other nodes, but not from its clients. */
  readonly isIsolated: boolean;
  /** Resolves at once, or when the process of the node is no longer frozen. */
  waitUntilThawed(): Promise<void>;
  /** Whether the event was replicated to this node. */
  isVisible(event: RecordedEvent): boolean;
  /** The node that executes writes. */
  readonly leader: Endpoint;
  /** Why this node cannot write now; null if it can. A follower forwards writes to the leader. */
  getWriteError(call: ServiceCall): ServiceError | null;
  /** Why this node cannot serve reads now; null if it can. */
  getReadError(call: ServiceCall): ServiceError | null;
  /** Cuts the connection of the call, with all other calls on it. */
  dropConnection(call: ServiceCall): void;
}
