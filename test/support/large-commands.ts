// Commands that are as large as a request may be, although each of their texts is of a permitted length.
import { getFields } from '../../src/domain/request-fields.js';
import { TEXT_PATTERN } from '../../src/domain/text-patterns.js';
import type { RequestClass } from '../../src/eventsourcing/aggregate.js';
import type { Json, JsonObject } from '../../src/json/json.js';

type LargePerson = { readonly person: string; readonly name: string; readonly identifiers: object };

/** What an identifier with a name of 5 characters adds beside its value: quotes, colon and comma. */
const IDENTIFIER_OVERHEAD = 11;
const VALUE_MAX = 1_000;

/** Data of `register-person` that are this many bytes of JSON, between 1 KiB and 1 MiB. */
export function createLargePerson(person: string, bytes: number): LargePerson {
  const identifiers: Record<string, string> = {};
  const data = { person, name: 'Jane Doe', identifiers };
  let missing = bytes - Buffer.byteLength(JSON.stringify(data)) + 1; // the first one needs no comma
  for (let n = 1_000; missing > 0; n++) {
    const room = missing - IDENTIFIER_OVERHEAD;
    // What is left must have room for another identifier.
    const length = room <= VALUE_MAX ? room : Math.min(VALUE_MAX, room - IDENTIFIER_OVERHEAD - 1);
    identifiers[`n${n}`] = 'x'.repeat(length);
    missing -= length + IDENTIFIER_OVERHEAD;
  }
  return data;
}

/** Texts of one line, by what is costly about them. */
export const ADVERSARIAL_UNITS = [
  `a${'\u0301'.repeat(15)}${'\u0323'.repeat(15)}`, // a run of non-starters, to be sorted
  '\uFDFA', // 18 characters in NFKD
  `a${'\u0344'.repeat(15)}`, // 15 characters that are 30 non-starters
  'ß', // longer in upper case
  'İ', // longer in lower case
  '"\\', // escaped in JSON
  '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}', // one grapheme of many characters
  '\u202E', // reverses the direction of writing
  '1', // digits alone
  '.', // punctuation alone
  '漢', // a script without spaces
  '[..', // the beginning of a date
  'en-', // the beginning of a language tag
] as const;

/** A text of exactly so many characters, as JSON Schema counts them, that begins with a letter. */
const createText = (repeated: string, length: number): string =>
  [...`x${repeated.repeat(Math.ceil(length / [...repeated].length))}`].slice(0, length).join('');

/** How many members lists and maps get, so that the command stays below 512 KiB. */
const MEMBERS = 40;

type Schema = { readonly [keyword: string]: Json };
const isTextSchema = (schema: Schema): boolean =>
  schema['type'] === 'string' && schema['pattern'] === TEXT_PATTERN;

function fillField(schema: Schema, value: Json | undefined, repeated: string): Json | undefined {
  const maxLength = Number(schema['maxLength']);
  if (isTextSchema(schema)) return createText(repeated, Math.min(maxLength, 20_000));
  const { items, additionalProperties, propertyNames } = schema as { [keyword: string]: Schema };
  if (items && isTextSchema(items))
    return Array.from({ length: MEMBERS }, (_, n) =>
      createText(`${n} ${repeated}`, Number(items['maxLength'])),
    );
  if (typeof additionalProperties === 'object') {
    const nameOf = (n: number): string =>
      propertyNames?.['format'] === 'bcp47' ? `en-x-a${n}` : createText(`${n} ${repeated}`, 100);
    const text = createText(repeated, Number(additionalProperties['maxLength']));
    return Object.fromEntries(Array.from({ length: MEMBERS }, (_, n) => [nameOf(n), text]));
  }
  return value;
}

/** The data of a command with its texts, lists and maps replaced by such as are as large as they may be. */
export function fillFields(request: RequestClass, data: JsonObject, repeated: string): JsonObject {
  const filled: Record<string, Json> = { ...data };
  for (const { name, schema, nested } of getFields(request)) {
    const value = data[name];
    const result = nested
      ? nested.list
        ? (value as JsonObject[] | undefined)?.map((member) => fillFields(nested.type, member, repeated))
        : value && fillFields(nested.type, value as JsonObject, repeated)
      : fillField(schema, value, repeated);
    if (result !== undefined) filled[name] = result;
  }
  return filled;
}

/**
 * Counts the characters that are normalized on this thread from now on: normalization is what takes more than linear time.
 * Returns what stops counting and returns the count.
 */
export function countNormalized(): () => number {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its receiver
  const { normalize } = String.prototype;
  let count = 0;
  String.prototype.normalize = function (this: string, form?: string): string {
    count += this.length;
    return normalize.call(this, form);
  };
  return () => {
    String.prototype.normalize = normalize;
    return count;
  };
}
