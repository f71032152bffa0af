// The idempotency keys of requests that recorded nothing. Those of the others are in the metadata of their events.

/** A request that changed nothing: its key, and the last event of its stream at that time, which is its answer. */
export type NoOpRequest = {
  /** `request.key` and `request.body`, as in the metadata of an event. */
  readonly key: string;
  readonly body: string;
  readonly stream: string;
  readonly revision: number;
  readonly entry: number;
};

/**
 * Stores such requests for ever, beside the ledger: no export has them. Every adapter must pass
 * test/ledger/no-op-requests.contract.ts.
 */
export interface NoOpRequests {
  /** The request with this key, as far as this node knows. */
  find(key: string): NoOpRequest | undefined;
  /**
   * Resolves once the key is durable, to the request that has it: this one, or the one by which another node was
   * earlier. Rejects with UnavailableError.
   */
  add(request: NoOpRequest): Promise<NoOpRequest>;
  close(): Promise<void>;
}
