import type { JsonObject } from './json.js';

/** Whether a value is a JSON object: not an array, not null, and not bytes that a driver has not decoded. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
