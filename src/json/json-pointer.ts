import { isObject } from './is-object.js';
import type { Json } from './json.js';

/** The name of a member as a token of a JSON Pointer (RFC 6901). */
export const escapePointerToken = (name: string): string =>
  /[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;

/** The value at a JSON Pointer; undefined if there is none. */
export const findAtPointer = (value: Json, pointer: string): Json | undefined =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>(
      (found, name) =>
        (isObject(found) || Array.isArray(found)) && Object.hasOwn(found, name)
          ? (found as { readonly [name: string]: Json })[name]
          : undefined,
      value,
    );
