import type { Role } from '../api/shared/access.guard.js';

export type ApiKey = { readonly name: string; readonly role: Role; readonly createdAt: string };

/** A key as it is kept: never its secret. */
export type StoredApiKey = ApiKey & {
  /** SHA-256 of the secret, 32 bytes. */
  readonly hash: Buffer;
};

/** The keys of a book, as far as they are known here. */
export interface KnownKeys {
  /** Something else whenever `valid` may have changed; cheap. */
  readonly version: unknown;
  /** Whether there has never been a key. */
  isEmpty(): boolean;
  /** Those that are not revoked, in the order in which they were made. */
  listValid(): readonly StoredApiKey[];
}

/**
 * Where the keys of a book are kept, the revoked ones, too: a name is used once, whoever else adds keys meanwhile.
 * Every adapter must pass test/auth/key-store.contract.ts.
 */
export interface KeyStore {
  readonly known: KnownKeys;
  /** Resolves to whether it was added, and is durable then; not if the name was used. Rejects with Unavailable. */
  add(key: StoredApiKey): Promise<boolean>;
  /** As `add`, but only if there has never been a key. */
  addFirst(key: StoredApiKey): Promise<boolean>;
  /** Resolves to whether a valid key had this name; it is revoked for ever then. Rejects with Unavailable. */
  revoke(name: string, revokedAt: string): Promise<boolean>;
  /** Resolves when what was changed before the call is known here. Rejects with Unavailable. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
