import type { Role } from './authorization.js';

export type ApiKey = { readonly name: string; readonly role: Role; readonly createdAt: string };

/** A key as it is stored, without its secret. */
export type StoredApiKey = ApiKey & {
  /** SHA-256 of the secret, 32 bytes. */
  readonly hash: Buffer;
};

/** The keys that this node knows. */
export interface LocalKeys {
  /** Differs whenever the valid keys may have changed; cheap to read. */
  readonly version: unknown;
  /** Whether there has never been a key. */
  isEmpty(): boolean;
  /** The keys that are not revoked, in the order of creation. */
  listValid(): readonly StoredApiKey[];
}

/**
 * Stores keys, revoked ones included: a name is never used twice, also if several nodes add keys at the same time.
 * Every adapter must pass test/auth/key-store.contract.ts.
 */
export interface KeyStore {
  readonly known: LocalKeys;
  /** Why the known keys may not be the present ones, so that nobody may administer the node; undefined if they are. */
  readonly doubt: string | undefined;
  /** Milliseconds since the known keys were certainly the present ones; 0 if they always are. */
  getAgeMs(): number;
  /** Resolves to whether the key was added, and is then durable; false if the name was used. Rejects with UnavailableError. */
  add(key: StoredApiKey): Promise<boolean>;
  /** As `add`, but only if there has never been a key. */
  addFirst(key: StoredApiKey): Promise<boolean>;
  /** Resolves to whether a valid key had this name, which is then revoked for good. Rejects with UnavailableError. */
  revoke(name: string, revokedAt: string): Promise<boolean>;
  /** Resolves when this node knows all changes made before the call. Rejects with UnavailableError. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
