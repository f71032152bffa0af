// Signed notes with one Ed25519 signature (C2SP signed-note), and keys in the texts that Go's package
// golang.org/x/mod/sumdb/note gives them.
import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { ApplicationError } from '../../errors/application-error.js';

/** C2SP signed-note, "Signature types". */
const ED25519_SIGNATURE_TYPE = 0x01;
/** What stands before the 32 bytes of a private key in PKCS #8, and of a public one in its info (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_LENGTH = 32;

/** A text that is no key of the form that it must have. The message says what is wrong with it. */
export class InvalidKeyError extends ApplicationError {
  readonly code = 'invalid-signing-key';
}

/** A name and a public Ed25519 key, which together tell whether a note was signed with them. */
export class NoteVerifierKey {
  readonly #typedKey: Buffer;
  readonly #key: KeyObject;

  constructor(
    /** Non-empty, without spaces and plus signs. */
    readonly name: string,
    publicKey: Buffer,
  ) {
    this.#typedKey = Buffer.concat([Buffer.of(ED25519_SIGNATURE_TYPE), publicKey]);
    this.#key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, publicKey]),
      format: 'der',
      type: 'spki',
    });
  }

  /** Reads the text of `verifier`. Throws NotAKey. */
  static fromVerifierKey(text: string): NoteVerifierKey {
    const { name, id, bytes } = parseKeyParts(
      text,
      /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/,
      '<name>+<id>+<base64>',
    );
    const key = new NoteVerifierKey(name, bytes);
    assertKeyId(key, id);
    return key;
  }

  /** Four bytes by which signatures name the key. */
  get id(): Buffer {
    return hash('sha256', Buffer.concat([Buffer.from(`${this.name}\n`), this.#typedKey]), 'buffer').subarray(
      0,
      4,
    );
  }

  /** The public key as verifiers are given it (a vkey). */
  get verifierKey(): string {
    return `${this.name}+${this.id.toString('hex')}+${this.#typedKey.toString('base64')}`;
  }

  /** Whether the note is a text with one signature, which this key has made. */
  hasSigned(note: string): boolean {
    const [, text = '', name, encoded = ''] = /^(.*\n)\n\u2014 (\S+) (\S+)\n$/s.exec(note) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    return (
      name === this.name &&
      bytes.toString('base64') === encoded &&
      bytes.subarray(0, 4).equals(this.id) &&
      verify(null, Buffer.from(text), this.#key, bytes.subarray(4))
    );
  }
}

/** A key that also signs. */
export class NoteSigningKey extends NoteVerifierKey {
  readonly #privateKey: KeyObject;
  readonly #seed: Buffer;

  constructor(name: string, seed: Buffer) {
    const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    super(name, spki.subarray(spki.length - KEY_LENGTH));
    this.#privateKey = key;
    this.#seed = seed;
  }

  static generate(name: string): NoteSigningKey {
    return new NoteSigningKey(name, randomBytes(KEY_LENGTH));
  }

  /** Reads the text of `secret`. Throws NotAKey. */
  static fromSecret(text: string): NoteSigningKey {
    const form = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/;
    const { name, id, bytes } = parseKeyParts(text, form, 'PRIVATE+KEY+<name>+<id>+<base64>');
    const key = new NoteSigningKey(name, bytes);
    assertKeyId(key, id);
    return key;
  }

  /** The private key as it is kept. */
  get secret(): string {
    const typed = Buffer.concat([Buffer.of(ED25519_SIGNATURE_TYPE), this.#seed]);
    return `PRIVATE+KEY+${this.name}+${this.id.toString('hex')}+${typed.toString('base64')}`;
  }

  /** The note of a text, which ends in a newline. */
  signNote(text: string): string {
    const signature = sign(null, Buffer.from(text), this.#privateKey);
    return `${text}\n\u2014 ${this.name} ${Buffer.concat([this.id, signature]).toString('base64')}\n`;
  }
}

function parseKeyParts(
  text: string,
  form: RegExp,
  shape: string,
): { name: string; id: string; bytes: Buffer } {
  const [, name = '', id = '', encoded = ''] = form.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes[0] !== ED25519_SIGNATURE_TYPE || bytes.length !== 1 + KEY_LENGTH)
    throw new InvalidKeyError(`it has not the form ${shape} of an Ed25519 key`);
  return { name, id, bytes: bytes.subarray(1) };
}

function assertKeyId(key: NoteVerifierKey, id: string): void {
  if (key.id.toString('hex') !== id) throw new InvalidKeyError('its id does not belong to its name and key');
}
