// Verifier keys as C2SP signed-note writes them: <name>+<key id in 8 hex digits>+<base64 of the type and the key>.
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { isStrictKey, verifyEd25519 } from './ed25519.js';
import { VerificationError, quote } from './verification-error.js';

export type VerifierKey = {
  readonly name: string;
  /** 8 hex digits, which together with the name identify the key of a signature. */
  readonly id: string;
  /** As it was written. */
  readonly text: string;
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
};

/** The signature types of C2SP signed-note that are supported. */
const ED25519 = 0x01;
const ECDSA = 0x02;

const NAMED_CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Whether a name is allowed in a signature line. */
export const isKeyName = (name: string): boolean => name !== '' && !/[\p{White_Space}\p{Cc}+]/u.test(name);

/** Throws VerificationError. */
export function parseVerifierKey(text: string): VerifierKey {
  const refuse = (what: string): VerificationError =>
    new VerificationError(`The key ${quote(text.slice(0, 200))} ${what}.`);
  const [, name = '', id = '', base64 = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text) ?? [];
  const bytes = decodeBase64(base64);
  if (!isKeyName(name) || id === '' || !bytes || bytes.length < 2)
    throw refuse('does not have the form <name>+<8 hex digits>+<base64>');
  const key = bytes.subarray(1);
  switch (bytes[0]) {
    case ED25519: {
      if (id !== computeKeyId(`${name}\n`, bytes)) throw refuse('does not have the id of its name and bytes');
      if (!isStrictKey(key))
        throw refuse('is not an acceptable Ed25519 key: its encoding is not canonical, or its order is low');
      return { name, id, text, verify: (message, signature) => verifyEd25519(key, message, signature) };
    }
    case ECDSA: {
      if (id !== computeKeyId(key)) throw refuse('does not have the id of its bytes');
      const ecdsa = parseEcdsaKey(key);
      if (!ecdsa) throw refuse('is not an ECDSA key on P-256, P-384 or P-521');
      return {
        name,
        id,
        text,
        verify: (message, signature) => verify('sha256', message, ecdsa, signature),
      };
    }
    default:
      throw refuse(
        `is of type 0x${bytes.toString('hex', 0, 1)}; only 0x01 (Ed25519) and 0x02 (ECDSA) are supported`,
      );
  }
}

const computeKeyId = (...parts: readonly (string | Uint8Array)[]): string =>
  hash('sha256', Buffer.concat(parts.map((part) => Buffer.from(part)))).slice(0, 8);

function parseEcdsaKey(der: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const { namedCurve = '' } = key.asymmetricKeyDetails ?? {};
    const isCanonical = key.export({ format: 'der', type: 'spki' }).equals(der);
    return isCanonical && NAMED_CURVES.includes(namedCurve) ? key : undefined;
  } catch {
    return undefined;
  }
}
