// What the services know of the node that they run on.
import type { Metadata, ServiceError } from '@grpc/grpc-js';
import type { Faults } from './faults.js';
import type { TransactionLog, RecordedEvent } from './transaction-log.js';

/** What is the same in all calls of gRPC. */
export type ServiceCall = { readonly metadata: Metadata; readonly cancelled: boolean; getPeer(): string };

export type Endpoint = { readonly host: string; readonly port: number };

export interface ServiceContext extends Endpoint {
  readonly log: TransactionLog;
  readonly faults: Faults;
  /** Bytes. */
  readonly maxAppendSize: number;
  /** Bytes. */
  readonly maxAppendEventSize: number;
  readonly isRunning: boolean;
  /** Whether it has come to this node yet. */
  isVisible(event: RecordedEvent): boolean;
  /** Where writes go. */
  readonly leader: Endpoint;
  /** Why this node does not write now; null if it does. A node that does not lead passes writes on to the leader. */
  getWriteError(call: ServiceCall): ServiceError | null;
  /** Why this node does not read now; null if it does. */
  getReadError(call: ServiceCall): ServiceError | null;
  /** Ends the connection that the call came on, with all other calls on it. */
  dropConnection(call: ServiceCall): void;
}
