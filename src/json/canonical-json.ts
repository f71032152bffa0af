import canonicalize from 'canonicalize';
import type { Json } from './json.js';

/** RFC 8785. Throws on what is not JSON (undefined members are left out, lone surrogates refused). */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** Canonical JSON that need not be made from a value: parsing and writing large texts again takes long. */
export class CanonicalText {
  constructor(readonly text: string) {}
}
