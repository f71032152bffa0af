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
/** The bytes before the 32 of a private key in PKCS #8, and before those of a public one in SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_LENGTH = 32;

/** A text is not a key in the required form. The message says what is wrong with it. */
export class InvalidKeyError extends ApplicationError {
  readonly code = 'invalid-signing-key';
}

/** A name and a public Ed25519 key, which verify signed notes. */
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

  /** Parses the text of `verifierKey`. Throws InvalidKeyError. */
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

  /** The four bytes that identify the key in a signature. */
  get id(): Buffer {
    return hash('sha256', Buffer.concat([Buffer.from(`${this.name}\n`), this.#typedKey]), 'buffer').subarray(
      0,
      4,
    );
  }

  /** The public key in the text form for verifiers (a vkey). */
  get verifierKey(): string {
    return `${this.name}+${this.id.toString('hex')}+${this.#typedKey.toString('base64')}`;
  }

  /** Whether the note has exactly one signature, made by this key. */
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

/** A key that signs notes. */
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

  /** Parses the text of `secret`. Throws InvalidKeyError. */
  static fromSecret(text: string): NoteSigningKey {
    const form = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/;
    const { name, id, bytes } = parseKeyParts(text, form, 'PRIVATE+KEY+<name>+<id>+<base64>');
    const key = new NoteSigningKey(name, bytes);
    assertKeyId(key, id);
    return key;
  }

  /** The private key in its text form. */
  get secret(): string {
    const typed = Buffer.concat([Buffer.of(ED25519_SIGNATURE_TYPE), this.#seed]);
    return `PRIVATE+KEY+${this.name}+${this.id.toString('hex')}+${typed.toString('base64')}`;
  }

  /** Signs a text, which must end in a newline. */
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
    throw new InvalidKeyError(`it does not have the form ${shape} of an Ed25519 key`);
  return { name, id, bytes: bytes.subarray(1) };
}

function assertKeyId(key: NoteVerifierKey, id: string): void {
  if (key.id.toString('hex') !== id) throw new InvalidKeyError('its id is not that of its name and key');
}
