import { isObject } from './is-object.js';
import type { Json, JsonObject } from './json.js';

/** JSON Merge Patch (RFC 7396) of an object: null removes a member, objects are merged, and all else is replaced whole. */
export function applyMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const members = new Map<string, Json>(Object.entries(target));
  for (const [name, value] of Object.entries(patch))
    if (value === null) members.delete(name);
    else if (isObject(value)) {
      const before = members.get(name);
      members.set(name, applyMergePatch(isObject(before) ? before : {}, value));
    } else members.set(name, value);
  return Object.fromEntries(members);
}
