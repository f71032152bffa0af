// Named schemas of answers become components, and what contains them refers to them.
import type { Json, JsonObject } from '../../json/json.js';
import { isObject } from '../../json/is-object.js';

/** The components of one document, by name. */
export class OpenApiComponents {
  readonly #schemas = new Map<string, JsonObject>();

  /** The schema with a reference in place of each part that has a title, which is the name of a component. */
  refer(schema: JsonObject): JsonObject {
    const { title } = schema;
    const members = this.#referAll(schema);
    if (typeof title !== 'string') return members;
    this.#schemas.set(title, members);
    return { $ref: `#/components/schemas/${title}` };
  }

  get schemas(): { readonly [name: string]: JsonObject } {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #referAll(schema: JsonObject): JsonObject {
    const refer = (value: Json): Json =>
      Array.isArray(value)
        ? (value as readonly Json[]).map(refer)
        : isObject(value)
          ? this.refer(value)
          : value;
    return Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) =>
        keyword === 'properties' && isObject(value)
          ? [keyword, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, refer(each)]))]
          : [keyword, refer(value)],
      ),
    );
  }
}
