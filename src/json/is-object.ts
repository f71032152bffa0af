import type { JsonObject } from './json.js';

/** Whether a value is what JSON calls an object: no array, not null, and no bytes that a driver left undecoded. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
