// Canonical JSON (RFC 8785), parsed strictly: a text that is not the canonical form of its value is refused.
import { InvalidLineError } from './verification-error.js';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Deeper than anything a server accepts, and shallower than any stack. */
const DEPTH_MAX = 128;

/** The canonical form of a value from JSON.parse. Throws LineError. */
export function canonicalJson(value: Json, depth = 0): string {
  if (depth > DEPTH_MAX) throw new InvalidLineError(`it is nested more than ${DEPTH_MAX} levels deep`);
  if (typeof value === 'string') return serializeString(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const serialize = (each: Json): string => canonicalJson(each, depth + 1);
  if (isArray(value)) return `[${value.map(serialize).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${serializeString(key)}:${serialize(each)}`).join(',')}}`;
}

function serializeString(value: string): string {
  if (!value.isWellFormed()) throw new InvalidLineError('it contains a lone surrogate');
  return JSON.stringify(value);
}

const isArray: (value: Json) => value is readonly Json[] = Array.isArray;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isArray(value);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses an object in canonical JSON. Throws LineError. */
export function parseCanonical(bytes: Uint8Array): JsonObject {
  let line: string;
  let value: Json;
  try {
    line = utf8.decode(bytes);
    value = JSON.parse(line) as Json;
  } catch {
    throw new InvalidLineError('it is not JSON in UTF-8');
  }
  if (!isObject(value)) throw new InvalidLineError('it is not a JSON object');
  if (canonicalJson(value) !== line) throw new InvalidLineError('it is not canonical JSON (RFC 8785)');
  return value;
}
