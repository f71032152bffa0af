// The API keys. A secret is returned once, when its key is created; only its hash is stored.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rmSync } from 'node:fs';
import { ApplicationError } from '../errors/application-error.js';
import { writeDurableFile } from '../ledger/durable-file.js';
import { UnavailableError } from '../ledger/sequencer.js';
import type { Policy, Role } from './authorization.js';
import type { StoredApiKey, ApiKey, KeyStore } from './key-store.js';

/** A key cannot be added or revoked. The message says why. */
export class ApiKeyError extends ApplicationError {
  readonly code = 'api-key-refused';
}

const NAME_PATTERN = /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/;

export class ApiKeys {
  #byHash = new Map<string, StoredApiKey>();
  #loadedVersion: unknown;
  #isVersionChecked = false;

  constructor(
    private readonly store: KeyStore,
    /** For how long keys are trusted that may have been revoked since. */
    private readonly trustMs = Infinity,
  ) {
    this.#load();
  }

  /** Why the keys may not be the present ones, so that nobody may administer the node; undefined if they are. */
  get doubt(): string | undefined {
    return this.store.doubt;
  }

  /** Milliseconds since the known keys were certainly the present ones; 0 if they always are. */
  getAgeMs(): number {
    return this.store.getAgeMs();
  }

  /**
   * Why no key is accepted now, since one may have been revoked that this node does not know of; or, with the code
   * keys-in-doubt, why none may administer the node. Undefined if all are accepted.
   */
  findFault(): UnavailableError | undefined {
    const ageMs = this.getAgeMs();
    if (ageMs > this.trustMs)
      return new UnavailableError(
        'cut-off',
        `For ${Math.floor(ageMs / 1_000)} s this node has not known whether it has the present API keys of the cluster. One of them may have been revoked since, so it accepts none (KEYS_TRUST): try again later, or on another node.`,
      );
    const { doubt } = this;
    return doubt === undefined ? undefined : new UnavailableError('keys-in-doubt', doubt);
  }

  /** Why no key is accepted now for what has this policy; undefined if one may be. */
  findTrustFault(policy: Policy): UnavailableError | undefined {
    const fault = this.findFault();
    return fault?.code === 'keys-in-doubt' && policy !== 'administer' ? undefined : fault;
  }

  /** Throws UnavailableError unless a key may be accepted for what has this policy. */
  assertTrusted(policy: Policy): void {
    const fault = this.findTrustFault(policy);
    if (fault) throw fault;
  }

  /** Whether there has never been a key, as far as this node knows. */
  isEmpty(): boolean {
    return this.store.known.isEmpty();
  }

  /**
   * Creates the first admin key if there has never been a key, and writes its secret to a file that only its owner may
   * read. Resolves to whether it did. Rejects with UnavailableError.
   */
  async ensureAdminKey(file: string): Promise<boolean> {
    if (!this.store.known.isEmpty()) return false;
    await this.refresh();
    if (!this.store.known.isEmpty()) return false;
    const [key, secret] = createKey('admin', 'admin');
    // The file is durable first: a crash in between leaves a secret that is not valid, and the next start makes another.
    await writeDurableFile(file, `${secret}\n`, { mode: 0o600 });
    const isFirst = await this.store.addFirst(key);
    if (!isFirst) rmSync(file);
    this.#load();
    return isFirst;
  }

  /**
   * Resolves to the secret, which is not stored. A name is never used twice, because events contain it. Rejects with
   * ApiKeyError or UnavailableError.
   */
  async add(name: string, role: Role): Promise<string> {
    if (!NAME_PATTERN.test(name))
      throw new ApiKeyError(`A key's name has 1 to 100 visible ASCII characters, unlike "${name}".`);
    if (/^https?:/i.test(name))
      throw new ApiKeyError(
        `"${name}" could be the name of somebody whom an OpenID Connect issuer authenticates: choose one that is no address.`,
      );
    const [key, secret] = createKey(name, role);
    if (!(await this.store.add(key)))
      throw new ApiKeyError(`There is or was a key named "${name}", and names are not used twice.`);
    this.#load();
    return secret;
  }

  list(): readonly ApiKey[] {
    return this.store.known.listValid().map(({ name, role, createdAt }) => ({ name, role, createdAt }));
  }

  /** Rejects with ApiKeyError if no valid key has this name, or with UnavailableError. */
  async revoke(name: string): Promise<void> {
    if (!(await this.store.revoke(name, new Date().toISOString())))
      throw new ApiKeyError(`There is no valid key named "${name}".`);
    this.#load();
  }

  find(secret: string): ApiKey | undefined {
    // The store is checked for changes once per turn of the event loop, not once per request.
    if (!this.#isVersionChecked) {
      this.#isVersionChecked = true;
      setImmediate(() => (this.#isVersionChecked = false));
      if (this.store.known.version !== this.#loadedVersion) this.#load();
    }
    const digest = hash('sha256', secret, 'buffer');
    const key = this.#byHash.get(digest.toString('hex'));
    return key && timingSafeEqual(key.hash, digest) ? key : undefined;
  }

  /** Resolves when this node knows the changes that other nodes made before. Rejects with UnavailableError. */
  async refresh(): Promise<void> {
    await this.store.refresh();
    this.#load();
  }

  close(): Promise<void> {
    return this.store.close();
  }

  #load(): void {
    this.#loadedVersion = this.store.known.version;
    this.#byHash = new Map(this.store.known.listValid().map((key) => [key.hash.toString('hex'), key]));
  }
}

function createKey(name: string, role: Role): [key: StoredApiKey, secret: string] {
  const secret = `mb_${randomBytes(32).toString('base64url')}`;
  const createdAt = new Date().toISOString();
  return [{ name, role, createdAt, hash: hash('sha256', secret, 'buffer') }, secret];
}
