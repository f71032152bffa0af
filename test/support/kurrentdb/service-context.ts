// What the services know of the node that they run on.
import type { Metadata, ServiceError } from '@grpc/grpc-js';
import type { Faults } from './faults.js';
import type { Log, Recorded } from './transaction-log.js';

/** What is the same in all calls of gRPC. */
export type Call = { readonly metadata: Metadata; readonly cancelled: boolean; getPeer(): string };

export type Endpoint = { readonly host: string; readonly port: number };

export interface Serving extends Endpoint {
  readonly log: Log;
  readonly faults: Faults;
  /** Bytes. */
  readonly maxAppendSize: number;
  /** Bytes. */
  readonly maxAppendEventSize: number;
  readonly isRunning: boolean;
  /** Whether it has come to this node yet. */
  has(event: Recorded): boolean;
  /** Where writes go. */
  readonly leader: Endpoint;
  /** Why this node does not write now; null if it does. A node that does not lead passes writes on to the leader. */
  refusal(call: Call): ServiceError | null;
  /** Why this node does not read now; null if it does. */
  readRefusal(call: Call): ServiceError | null;
  /** Ends the connection that the call came on, with all other calls on it. */
  cut(call: Call): void;
}
