import type { Json, JsonObject } from './canonical-json.js';
import { InvalidLineError } from './verification-error.js';

/** A check for each member that an object must have. */
export type Shape = { readonly [name: string]: (value: Json) => boolean };

/** Throws LineError unless the object has exactly these members and each passes its check. */
export function assertShape(value: JsonObject, shape: Shape): void {
  for (const [name, isValid] of Object.entries(shape)) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member === undefined) throw new InvalidLineError(`it has no "${name}"`);
    if (!isValid(member)) throw new InvalidLineError(`its "${name}" is invalid`);
  }
  if (Object.keys(value).some((name) => !Object.hasOwn(shape, name)))
    throw new InvalidLineError('it has an unknown member');
}

export const isText = (value: Json): boolean => typeof value === 'string' && value !== '';
export const isCount = (value: Json): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
