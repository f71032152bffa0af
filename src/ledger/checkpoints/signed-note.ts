// Signed notes with one Ed25519 signature (C2SP signed-note), and keys in the texts that Go's package
// golang.org/x/mod/sumdb/note gives them.
import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto';

/** C2SP signed-note, "Signature types". */
const ED25519 = 0x01;
/** What stands before the 32 bytes of a key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_LENGTH = 32;

/** A text that is no key of the form `PRIVATE+KEY+<name>+<id>+<base64>`. The message says what is wrong with it. */
export class NotAKey extends Error {}

/** A name and an Ed25519 key, which together sign notes. */
export class NoteKey {
  readonly #private: KeyObject;
  readonly #seed: Buffer;
  readonly #public: Buffer;

  constructor(
    /** Non-empty, without spaces and plus signs. */
    readonly name: string,
    seed: Buffer,
  ) {
    this.#seed = seed;
    this.#private = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#private).export({ format: 'der', type: 'spki' });
    this.#public = spki.subarray(spki.length - SEED_LENGTH);
  }

  static generate(name: string): NoteKey {
    return new NoteKey(name, randomBytes(SEED_LENGTH));
  }

  /** Reads the text of `secret`. Throws NotAKey. */
  static of(text: string): NoteKey {
    const [, name, id, encoded] =
      /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/.exec(text) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (name === undefined || bytes[0] !== ED25519 || bytes.length !== 1 + SEED_LENGTH)
      throw new NotAKey('it has not the form PRIVATE+KEY+<name>+<id>+<base64> of an Ed25519 key');
    const key = new NoteKey(name, bytes.subarray(1));
    if (key.id.toString('hex') !== id) throw new NotAKey('its id does not belong to its name and key');
    return key;
  }

  /** Four bytes by which signatures name the key. */
  get id(): Buffer {
    return hash('sha256', Buffer.concat([Buffer.from(`${this.name}\n`), this.#typed]), 'buffer').subarray(
      0,
      4,
    );
  }

  /** The public key as verifiers are given it (a vkey). */
  get verifier(): string {
    return `${this.name}+${this.id.toString('hex')}+${this.#typed.toString('base64')}`;
  }

  /** The private key as it is kept. */
  get secret(): string {
    const typed = Buffer.concat([Buffer.of(ED25519), this.#seed]);
    return `PRIVATE+KEY+${this.name}+${this.id.toString('hex')}+${typed.toString('base64')}`;
  }

  /** The note of a text, which ends in a newline. */
  note(text: string): string {
    const signature = sign(null, Buffer.from(text), this.#private);
    return `${text}\n\u2014 ${this.name} ${Buffer.concat([this.id, signature]).toString('base64')}\n`;
  }

  get #typed(): Buffer {
    return Buffer.concat([Buffer.of(ED25519), this.#public]);
  }
}
