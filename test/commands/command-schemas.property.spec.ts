// The JSON Schema of a command agrees with its validation: data that the schema allows is accepted, data that it
// forbids is refused with a pointer to the error.
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { getFields, toJsonSchema } from '../../src/domain/request-fields.js';
import { TEXT_PATTERN } from '../../src/domain/text-patterns.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import { validator, validateCommand, KNOWN_FACTS } from '../support/command-validator.js';
import { getSpecimen } from '../support/command-specimens.js';

const commands = [...validator.commands.values()].map(({ name, request }) => ({
  name,
  schema: toJsonSchema(request),
}));
type JsonSchema = ReturnType<typeof toJsonSchema>;
type Schema = { readonly [keyword: string]: Json } & JsonSchema;
const getProperties = (schema: JsonSchema) =>
  Object.entries((schema['properties'] ?? {}) as { [name: string]: Schema });
const getRequired = (schema: JsonSchema): readonly string[] => (schema['required'] ?? []) as string[];

/** The rules about several fields. */
const getRules = (schema: JsonSchema): readonly Schema[] => (schema['allOf'] ?? []) as Schema[];
const keepsRules = (schema: JsonSchema, data: JsonObject): boolean =>
  getRules(schema).every((rule) => new Ajv2020({ strict: false }).validate(rule, data));
/** Whether a field is left out because another one stands in its place. */
const isExcluded = (schema: JsonSchema, name: string, data: JsonObject): boolean =>
  !(name in data) && !keepsRules(schema, { ...data, [name]: {} });

const isValidText = (text: string) => text.isWellFormed() && !/[^\P{Cc}\t\n\r]/u.test(text);
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => isValidText(value) && /\S/.test(value));
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const FORMATS: { readonly [format: string]: fc.Arbitrary<string> } = {
  edtf: fc.oneof(
    day,
    day.map((date) => date.slice(0, 7)),
    day.map((date) => `${date.slice(0, 4)}-41`),
    day.map((date) => `${date}~`),
    day.map((date) => `[..${date}]`),
    fc.tuple(day, day).map((days) => days.toSorted().join('/')),
    fc.tuple(day, day).map((days) => `[${days.join()}]`),
  ),
  'date-time': fc
    .tuple(day, fc.constantFrom('Z', '+03:00', '-11:30'))
    .map(([date, zone]) => `${date}T10:00:00${zone}`),
  bcp47: fc.constantFrom('en', 'ru', 'zh-Hant', 'sr-Latn-RS', 'de-CH-1996'),
  uri: fc.webUrl({ validSchemes: ['http', 'https'], size: 'small' }),
};

/** Text that matches the pattern; for country codes, existing countries only. */
function createPatternArbitrary(pattern: string): fc.Arbitrary<string> {
  if (pattern === '^[A-Z]{2}$') return fc.constantFrom('AM', 'BY', 'KZ', 'UZ');
  if (pattern.startsWith('^[A-Z][A-Za-z]+(?:[/_'))
    return fc.constantFrom('UTC', 'Europe/Minsk', 'Asia/Almaty');
  if (pattern === TEXT_PATTERN) return text;
  return fc.stringMatching(new RegExp(pattern), { size: 'small' });
}

function createAllowedArbitrary(schema: Schema): fc.Arbitrary<Json> {
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as string[]));
  if (schema['anyOf'])
    return fc.oneof(
      ...(schema['anyOf'] as Schema[]).map((one) => createAllowedArbitrary({ type: 'string', ...one })),
    );
  switch (schema['type']) {
    case 'string': {
      const { format, pattern } = schema as { format?: string; pattern?: string };
      if (format !== undefined) return FORMATS[format] ?? fc.constant(`no texts of format ${format}`);
      return pattern === undefined ? text : createPatternArbitrary(pattern);
    }
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema['minimum'] as number });
    case 'array': {
      const items = createAllowedArbitrary(schema['items'] as Schema);
      return schema['uniqueItems']
        ? fc.uniqueArray(items, { minLength: 1, maxLength: 3 })
        : fc.array(items, { minLength: 1, maxLength: 3 });
    }
    default: {
      if (schema['additionalProperties'] !== false)
        return fc.dictionary(
          createAllowedArbitrary({
            type: 'string',
            ...(schema['propertyNames'] as object),
          }) as fc.Arbitrary<string>,
          createAllowedArbitrary((schema['additionalProperties'] ?? { type: 'string' }) as Schema),
          { maxKeys: 3, noNullPrototype: true },
        );
      const fields = getProperties(schema).map(
        ([name, field]) => [name, createAllowedArbitrary(field)] as const,
      );
      return fc
        .record(Object.fromEntries(fields), { requiredKeys: [...getRequired(schema)], noNullPrototype: true })
        .filter((data) => keepsRules(schema, data));
    }
  }
}

/** Makes amendments refer to a known fact, and a correction replace it with data of the right command. */
const nameKnownFacts = (name: string, data: JsonObject): JsonObject => {
  if (!['correct-fact', 'retract-fact', 'dispute-fact', 'corroborate-fact'].includes(name)) return data;
  const fact = Object.keys(KNOWN_FACTS)[0] ?? '';
  const { change: _, ...others } = data;
  return name === 'correct-fact'
    ? { ...others, fact, with: getSpecimen('admit-member') }
    : { ...others, fact };
};
const createDataArbitrary = (name: string, schema: JsonSchema) =>
  (createAllowedArbitrary(schema as Schema) as fc.Arbitrary<JsonObject>).map((data) =>
    nameKnownFacts(name, data),
  );

describe('the JSON Schema of a command', () => {
  it.each(commands)('$name: allows only data that validation accepts', ({ name, schema }) => {
    fc.assert(
      fc.property(createDataArbitrary(name, schema), (data) =>
        expect(validateCommand(name, data)).toMatchObject({ commands: [{ data }] }),
      ),
      { numRuns: 25 },
    );
  });

  it.each(commands)('$name: allows the specimen and names all of its fields', ({ name, schema }) => {
    const specimen = getSpecimen(name);
    expect(Object.keys(specimen).toSorted()).toEqual(
      getProperties(schema)
        .map(([field]) => field)
        .filter((field) => !isExcluded(schema, field, specimen))
        .toSorted(),
    );
    expect(keepsRules(schema, specimen)).toBe(true);
    for (const field of getRequired(schema)) expect(getSpecimen(name)).toHaveProperty(field);
  });

  it.each(commands)('$name: states a maximum for every text, list and map', ({ schema }) => {
    const findUnbounded = (one: Schema, path: string): string[] => {
      const { type, properties, items, additionalProperties, propertyNames } = one as {
        [keyword: string]: Schema;
      };
      if (one['enum'] || one['pattern'] === '^[A-Z]{2}$' || one['pattern'] === '^[0-9a-f]{64}$') return [];
      const required = { string: 'maxLength', array: 'maxItems', object: 'maxProperties' }[String(type)];
      const isFixed = (additionalProperties as unknown) === false;
      return [
        ...(required !== undefined && !isFixed && !(required in one) ? [`${path} ${required}`] : []),
        ...Object.entries(properties ?? {}).flatMap(([name, field]) =>
          findUnbounded(field as Schema, `${path}/${name}`),
        ),
        ...(items ? findUnbounded(items, `${path}/*`) : []),
        ...(propertyNames && !('maxLength' in propertyNames) ? [`${path} names`] : []),
        ...(!isFixed && additionalProperties ? findUnbounded(additionalProperties, `${path}/*`) : []),
      ];
    };
    // The replacement and the change in a correction have the fields, and so the maxima, of the corrected command.
    const replacements = ['/with maxProperties', '/change maxProperties'];
    expect(findUnbounded(schema as Schema, '').filter((line) => !replacements.includes(line))).toEqual([]);
  });

  it.each(commands)('$name: names exactly the validated fields', ({ name, schema }) => {
    const request = validator.commands.get(name)?.request;
    const declared = request ? getFields(request).map((field) => field.name) : [];
    expect(getProperties(schema).map(([field]) => field)).toEqual(declared);
    expect(schema['additionalProperties']).toBe(false);
  });
});

/** Valid data with one schema violation, and the error line that validation must report for it. */
type SchemaViolation = { readonly data: JsonObject; readonly line: string };

/** One value of each JSON type, none of which is blank, malformed or a number out of range. */
const VALUES: { readonly [type: string]: Json } = {
  string: 'x',
  integer: -1,
  boolean: true,
  array: [true],
  object: { y: true },
  null: null,
};

function listViolations(schema: JsonSchema, data: JsonObject, pointer: string): SchemaViolation[] {
  const put = (name: string, value: Json): JsonObject => ({ ...data, [name]: value });
  const found: SchemaViolation[] = [{ data: put('zzz', 1), line: `${pointer}/zzz unknown-field` }];
  for (const [name, field] of getProperties(schema)) {
    const value = data[name];
    const fieldPointer = `${pointer}/${name}`;
    if (value === undefined) continue;
    if (getRequired(schema).includes(name)) {
      const { [name]: _, ...rest } = data;
      found.push({ data: rest, line: `${fieldPointer} missing-field` });
    }
    for (const [type, wrong] of Object.entries(VALUES)) {
      if (type === field['type']) continue;
      found.push({ data: put(name, wrong), line: `${fieldPointer} invalid-value` });
    }
    if (field['enum']) found.push({ data: put(name, 'no such word'), line: `${fieldPointer} invalid-value` });
    if (field['type'] === 'string')
      found.push({ data: put(name, 'a\u0085'), line: `${fieldPointer} invalid-text` });
    if (field['pattern'] === TEXT_PATTERN)
      found.push({ data: put(name, '\u2003'), line: `${fieldPointer} invalid-text` });
    if (field['pattern'] === TEXT_PATTERN && typeof field['maxLength'] === 'number')
      found.push({
        data: put(name, 'x'.repeat(field['maxLength'] + 1)),
        line: `${fieldPointer} invalid-value`,
      });
    if (field['format'] === 'edtf')
      found.push({ data: put(name, '1992-13'), line: `${fieldPointer} invalid-date` });
    if ((field['pattern'] as string | undefined)?.startsWith('^[a-z0-9](?:'))
      found.push({ data: put(name, 'Not an id'), line: `${fieldPointer} invalid-id` });
    if (field['type'] === 'array') found.push({ data: put(name, []), line: `${fieldPointer} invalid-value` });
    if (field['type'] === 'object' && field['properties'])
      for (const { data, line } of listViolations(field, value as JsonObject, fieldPointer))
        found.push({ data: put(name, data), line });
    const items = field['items'] as Schema | undefined;
    if (items?.['properties'])
      for (const { data, line } of listViolations(
        items,
        (value as JsonObject[])[0] ?? {},
        `${fieldPointer}/0`,
      ))
        found.push({ data: put(name, [data, ...(value as JsonObject[]).slice(1)]), line });
  }
  return found;
}

describe('a validator of JSON Schema that knows no formats', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });

  it.each(commands)('$name: accepts the specimen, and no control character in a text', ({ name, schema }) => {
    const isValid = ajv.compile(schema);
    expect(isValid(getSpecimen(name))).toBe(true);
    const violations = listViolations(schema, getSpecimen(name), '');
    const accepted = violations.filter(({ data, line }) => line.endsWith(' invalid-text') && isValid(data));
    expect(accepted).toEqual([]);
  });

  it.each(['x', 'en_US', 'english language', 'e', '-en', 'de--AT'])('accepts no language %j', (language) => {
    const { schema = {} } = commands.find(({ name }) => name === 'register-source') ?? {};
    expect(ajv.validate(schema, { ...getSpecimen('register-source'), language })).toBe(false);
  });

  it.each(['', '31 May 2011', '2011-5-31', '2011-05-31T10:00:00Z', '[2011]', '2011//2012', '~2011'])(
    'accepts no date %j',
    (published) => {
      const { schema = {} } = commands.find(({ name }) => name === 'register-source') ?? {};
      expect(ajv.validate(schema, { ...getSpecimen('register-source'), published })).toBe(false);
    },
  );
});

describe('the validation of a command', () => {
  it.each(commands)(
    '$name: refuses each schema violation with one error at its place',
    ({ name, schema }) => {
      const broken = listViolations(schema, getSpecimen(name), '');
      expect(broken.length).toBeGreaterThan(3);
      for (const { data, line } of broken) expect(validateCommand(name, data)).toEqual([line]);
    },
  );

  it.each(commands)(
    '$name: never throws for arbitrary data, and every error has a pointer',
    ({ name, schema }) => {
      const arbitraryData = fc.oneof(
        fc.json().map((value) => JSON.parse(value) as Json),
        fc
          .tuple(
            createDataArbitrary(name, schema),
            fc.constantFrom(...getProperties(schema).map(([field]) => field)),
            fc.json(),
          )
          .map(([data, field, value]): Json => ({ ...data, [field]: JSON.parse(value) as Json })),
      );
      fc.assert(
        fc.property(arbitraryData, (data) => {
          const errors = validateCommand(name, data);
          if (Array.isArray(errors)) {
            expect(errors.length).toBeGreaterThan(0);
            for (const line of errors) expect(line).toMatch(/^(?:\/[^]*)? [a-z-]+$/);
          }
        }),
        { numRuns: 25 },
      );
    },
  );
});
