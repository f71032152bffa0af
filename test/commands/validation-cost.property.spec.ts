// Every command with every field at its maximum length, filled with text that is costly to handle: it is accepted, and
// what its validation does grows with its size only.
import * as fc from 'fast-check';
import { InvalidCommand } from '../../src/eventsourcing/refusal.js';
import { getFields } from '../../src/domain/request-fields.js';
import type { RequestClass } from '../../src/eventsourcing/aggregate.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import { parseJsonWithInexactNumbers } from '../../src/json/strict-json.js';
import { getSpecimen } from '../support/command-specimens.js';
import { validator } from '../support/command-validator.js';

/** Texts of one line, by what is costly about them. */
const ADVERSARIAL_UNITS = [
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
const unit = fc.constantFrom(...ADVERSARIAL_UNITS);

/** A text of exactly so many characters, as JSON Schema counts them, that begins with a letter. */
const createText = (repeated: string, length: number): string =>
  [...`x${repeated.repeat(Math.ceil(length / [...repeated].length))}`].slice(0, length).join('');

/** How many members lists and maps get, so that the command stays below 512 KiB. */
const MEMBERS = 40;

type Schema = { readonly [keyword: string]: Json };
const isTextSchema = (schema: Schema): boolean => schema['type'] === 'string' && schema['pattern'] === '\\S';

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
function fillFields(request: RequestClass, data: JsonObject, repeated: string): JsonObject {
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

/** How many characters are normalized while `act` runs: normalization is what takes more than linear time. */
function countNormalized(act: () => void): number {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its receiver
  const { normalize } = String.prototype;
  let count = 0;
  String.prototype.normalize = function (this: string, form?: string): string {
    count += this.length;
    return normalize.call(this, form);
  };
  try {
    act();
  } finally {
    String.prototype.normalize = normalize;
  }
  return count;
}

const commands = [...validator.commands.values()].map(({ name, request }) => ({ name, request }));

describe('a command with every field at its maximum length', () => {
  it.each(commands)(
    '$name: is read, and its validation normalizes no more than a bounded part of it',
    ({ name, request }) => {
      fc.assert(
        fc.property(unit, (repeated) => {
          const data = fillFields(request, getSpecimen(name), repeated);
          const body = JSON.stringify(data);
          expect(parseJsonWithInexactNumbers(Buffer.from(body)).inexactNumbers).toEqual([]);
          let result: ReturnType<typeof validator.validate> | undefined;
          const normalized = countNormalized(() => (result = validator.validate({ command: name, data })));
          expect(normalized).toBeLessThan(body.length + 10_000);
          if (result instanceof InvalidCommand)
            throw new Error(JSON.stringify(result.errors).slice(0, 1_000));
          expect(result).toMatchObject({ commands: [{ name }] });
        }),
        { numRuns: ADVERSARIAL_UNITS.length, examples: ADVERSARIAL_UNITS.map((each) => [each]) },
      );
    },
  );

  it.each(commands)(
    '$name: is refused with a bounded list of errors if every text is longer',
    ({ name, request }) => {
      fc.assert(
        fc.property(unit, (repeated) => {
          const data = fillFields(request, getSpecimen(name), repeated);
          const longer = JSON.parse(JSON.stringify(data), (_, value: unknown) =>
            typeof value === 'string' && value.startsWith('x') ? value.repeat(30) : value,
          ) as JsonObject;
          const result = validator.validate({ command: name, data: { ...longer, zzz: 0.5 } });
          expect(result).toBeInstanceOf(InvalidCommand);
          const { errors } = result as InvalidCommand;
          expect(errors.length).toBeLessThanOrEqual(100);
          expect(JSON.stringify(errors).length).toBeLessThan(512 * 1024);
        }),
        { numRuns: 5 },
      );
    },
  );

  it.each(commands)('$name: is refused if any text has one non-starter too many', ({ name, request }) => {
    const safe = fillFields(request, getSpecimen(name), '\u0301'.repeat(30));
    const result = validator.validate({ command: name, data: safe });
    const hasTexts = JSON.stringify(safe).includes('\u0301');
    expect(result instanceof InvalidCommand).toBe(hasTexts);
    if (!hasTexts) return;
    const { errors } = result as InvalidCommand;
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['invalid-text']));
  });
});
