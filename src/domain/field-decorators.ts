// The types of command fields. Each decorator declares a field once for three uses: class-validator, the JSON Schema
// and, for references, the check that the stream exists.
import { isISO31661Alpha2 } from 'class-validator';
import { EDTF_PATTERN, InvalidDate, parseEdtf } from '../dates/edtf.js';
import { isInstant, RFC3339_PATTERN } from '../dates/instant.js';
import type { InnerId } from '../eventsourcing/aggregate.js';
import { isObject } from '../json/is-object.js';
import type { JsonObject } from '../json/json.js';
import { FACT_REFERENCE_PATTERN, ID_PATTERN, isParty, getPartyStream, NEW_ID_RULE } from './identifiers.js';
import {
  type Check,
  createCheckDecorator,
  createFieldDecorator,
  type FieldOptions,
  COLLECTION_SIZE_MAX,
} from './request-fields.js';
import { LANGUAGE_TAG_PATTERN, TEXT_PATTERN, WEB_ADDRESS_PATTERN } from './text-patterns.js';

export const optional = { optional: true } as const;

/** The lengths of texts in characters, which are code points as in JSON Schema. Recorded texts may be longer. */
const TEXT_LENGTH_MAX = 64 * 1024;
const LABEL_LENGTH_MAX = 1_000;
const DATE_LENGTH_MAX = 1_000;
const TAG_LENGTH_MAX = 100;

const countCodePoints = (text: string): number => Array.from(text).length;
const isString = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' &&
  (value.length <= maxLength || (value.length <= 2 * maxLength && countCodePoints(value) <= maxLength));
const isText = (value: unknown, maxLength: number): value is string =>
  isString(value, maxLength) && value.trim() !== '';
const isLabel = (value: unknown): value is string => isText(value, LABEL_LENGTH_MAX);
/** Valid tags: there are few, and Intl is slow. */
const knownLanguageTags = new Set<string>();
const LANGUAGE_TAGS_MAX = 1_000;
const isLanguage = (value: unknown): value is string => {
  if (!isString(value, TAG_LENGTH_MAX)) return false;
  if (knownLanguageTags.has(value)) return true;
  try {
    Intl.getCanonicalLocales(value);
  } catch {
    return false;
  }
  if (knownLanguageTags.size < LANGUAGE_TAGS_MAX) knownLanguageTags.add(value);
  return true;
};
const createTextMapTest =
  (key: (key: string) => boolean) =>
  (value: unknown): boolean =>
    isObject(value) &&
    Object.keys(value).length <= COLLECTION_SIZE_MAX &&
    Object.entries(value).every(([name, text]) => key(name) && isLabel(text));

const createTextSchema = (maxLength: number) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: TEXT_PATTERN,
});
const labelSchema = createTextSchema(LABEL_LENGTH_MAX);

const createTextDecorator = (maxLength: number, options: FieldOptions) =>
  createFieldDecorator(
    options,
    { schema: createTextSchema(maxLength) },
    createCheckDecorator({
      name: 'isText',
      code: 'invalid-value',
      test: (value) => isText(value, maxLength),
      explain: () => `must be a text that is not blank, of at most ${maxLength} characters`,
    }),
  );

/** Text for people; never normalized. */
export const Text = (options: FieldOptions = {}) => createTextDecorator(TEXT_LENGTH_MAX, options);

/** A short text, such as a name or a title. */
export const Label = (options: FieldOptions = {}) => createTextDecorator(LABEL_LENGTH_MAX, options);

const idCheck: Check = {
  name: 'isId',
  code: 'invalid-id',
  test: (value) => typeof value === 'string' && ID_PATTERN.test(value),
  explain: () =>
    'must be an id: 1 to 100 of a-z, 0-9, "." and "-", with a letter or digit first and last, such as "un-ga"',
};
const idSchema = { type: 'string', maxLength: 100, pattern: ID_PATTERN.source };

/** An id that the client chooses for something new. */
export const Id = (options: FieldOptions = {}) =>
  createFieldDecorator(options, { schema: idSchema }, createCheckDecorator(idCheck));

/** The id that the client chooses for a new stream. The rule is for new ids alone: those of earlier releases may break it. */
export const StreamId = () => Id({ about: NEW_ID_RULE });

/** The id of what the command adds inside its stream; left out, it is given (AggregateDeclaration.innerIds). */
export const GivenId = ({ prefix }: InnerId) =>
  Id({
    ...optional,
    about: `Unique in the stream. Left out, it becomes "${prefix}" with the lowest number above all that were used, which needs an Idempotency-Key.`,
  });

/** The id of an existing stream of this category. */
export const Reference = (kind: string, options: FieldOptions = {}) =>
  createFieldDecorator(
    { about: `The id of a known ${kind}.`, ...options },
    { schema: idSchema, refersTo: (id) => `${kind}-${id}` },
    createCheckDecorator(idCheck),
  );

/** An existing organization's id, or `person:<id>`. */
export const Party = (options: FieldOptions = {}) =>
  createFieldDecorator(
    { about: 'The id of a known organization, or person:<id>.', ...options },
    {
      schema: { type: 'string', maxLength: 107, pattern: `^(?:person:)?${ID_PATTERN.source.slice(1)}` },
      refersTo: getPartyStream,
    },
    createCheckDecorator({
      ...idCheck,
      name: 'isParty',
      test: (value) => typeof value === 'string' && isParty(value),
      explain: () => 'must be the id of an organization ("kazakhstan") or of a person ("person:jane-doe")',
    }),
  );

/** An event id, or `<stream>@<revision>`. */
export const FactReference = (options: FieldOptions = {}) =>
  createFieldDecorator(
    { about: 'The id of an event, or <stream>@<revision>, such as membership-csto:armenia@0.', ...options },
    { schema: { type: 'string', maxLength: 500, pattern: FACT_REFERENCE_PATTERN.source } },
    createCheckDecorator({
      name: 'isFactReference',
      code: 'invalid-id',
      test: (value) => typeof value === 'string' && FACT_REFERENCE_PATTERN.test(value),
      explain: () =>
        'must name a fact by its event id or as <stream>@<revision>, such as "membership-csto:armenia@0"',
    }),
  );

const isEdtf = (value: unknown): boolean =>
  isString(value, DATE_LENGTH_MAX) && !(parseEdtf(value) instanceof InvalidDate);

/** An EDTF date, as imprecise as the source. */
export const Edtf = (options: FieldOptions = {}) =>
  createFieldDecorator(
    { about: 'An EDTF date (ISO 8601-2): 2011-05-31, 2011-41, [..2011-05-31], 1992~ ...', ...options },
    {
      schema: {
        type: 'string',
        maxLength: DATE_LENGTH_MAX,
        format: 'edtf',
        pattern: EDTF_PATTERN,
        examples: ['2011-05-31', '2010-12', '2011-41', '[..2011-05-31]'],
      },
    },
    createCheckDecorator({
      name: 'isEdtf',
      code: 'invalid-date',
      test: isEdtf,
      explain: (value) => {
        const parsed = isString(value, DATE_LENGTH_MAX) ? parseEdtf(value) : undefined;
        return parsed instanceof InvalidDate
          ? parsed.detail
          : `must be an EDTF date such as "2011-05-31", of at most ${DATE_LENGTH_MAX} characters`;
      },
    }),
  );

/** An instant with its offset (RFC 3339), or EDTF where only the day or less is known. */
export const InstantOrEdtf = (options: FieldOptions = {}) =>
  createFieldDecorator(
    { about: 'An RFC 3339 instant such as 2011-05-31T10:00:00+03:00, or an EDTF date.', ...options },
    {
      schema: {
        type: 'string',
        maxLength: DATE_LENGTH_MAX,
        anyOf: [
          { format: 'date-time', pattern: RFC3339_PATTERN.source },
          { format: 'edtf', pattern: EDTF_PATTERN },
        ],
        examples: ['2011-05-31T10:00:00+03:00', '2011-05-31'],
      },
    },
    createCheckDecorator({
      name: 'isInstantOrEdtf',
      code: 'invalid-date',
      test: (value) => (isString(value, DATE_LENGTH_MAX) && isInstant(value)) || isEdtf(value),
      explain: () =>
        'must be an instant with its offset ("2011-05-31T10:00:00+03:00") or an EDTF date ("2011-05-31")',
    }),
  );

/** A number of things, 0 or more. */
export const Count = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'integer', minimum: 0 } },
    createCheckDecorator({
      name: 'isCount',
      code: 'invalid-value',
      test: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
      explain: () => 'must be an integer of 0 or more',
    }),
  );

export const Flag = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'boolean' } },
    createCheckDecorator({
      name: 'isFlag',
      code: 'invalid-value',
      test: (value) => typeof value === 'boolean',
      explain: () => 'must be true or false',
    }),
  );

/** A field that has one value where it is given. */
export const Only = (only: boolean, options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'boolean', enum: [only] } },
    createCheckDecorator({
      name: 'isOnly',
      code: 'invalid-value',
      test: (value) => value === only,
      explain: () => `must be ${String(only)}, or left out`,
    }),
  );

type ListItems = Pick<Check, 'name' | 'code' | 'test'> & {
  readonly schema: JsonObject;
  readonly nouns: string;
  readonly refersTo?: (value: string) => string;
};

/** At least one item, none twice. */
const createListDecorator = (
  { name, code, test, schema, nouns, ...references }: ListItems,
  options: FieldOptions,
) =>
  createFieldDecorator(
    options,
    {
      schema: { type: 'array', items: schema, minItems: 1, maxItems: COLLECTION_SIZE_MAX, uniqueItems: true },
      ...references,
    },
    createCheckDecorator({
      name,
      code,
      test: (value) =>
        Array.isArray(value) &&
        value.length >= 1 &&
        value.length <= COLLECTION_SIZE_MAX &&
        value.every(test) &&
        new Set(value).size === value.length,
      explain: () => `must be a list of 1 to ${COLLECTION_SIZE_MAX} ${nouns}, none of them twice`,
    }),
  );

const toTexts = (maxLength: number): ListItems => ({
  name: 'areTexts',
  code: 'invalid-value',
  test: (value) => isText(value, maxLength),
  schema: createTextSchema(maxLength),
  nouns: `texts of at most ${maxLength} characters, none of them blank`,
});

/** Several short texts. */
export const TextList = (options: FieldOptions = {}) =>
  createListDecorator(toTexts(LABEL_LENGTH_MAX), options);

/** Several texts of any length that one text may have. */
export const LongTextList = (options: FieldOptions = {}) =>
  createListDecorator(toTexts(TEXT_LENGTH_MAX), options);

/** The ids of existing streams of this category. */
export const ReferenceList = (kind: string, options: FieldOptions = {}) =>
  createListDecorator(
    {
      ...idCheck,
      name: 'areIds',
      code: 'invalid-value',
      schema: idSchema,
      nouns: 'ids',
      refersTo: (id) => `${kind}-${id}`,
    },
    options,
  );

export const OneOf = (values: readonly string[], options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'string', enum: values } },
    createCheckDecorator({
      name: 'isOneOf',
      code: 'invalid-value',
      test: (value) => typeof value === 'string' && values.includes(value),
      explain: () => `must be one of ${values.join(', ')}`,
    }),
  );

/** A BCP 47 language tag. */
export const Language = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    {
      schema: {
        type: 'string',
        maxLength: TAG_LENGTH_MAX,
        format: 'bcp47',
        pattern: LANGUAGE_TAG_PATTERN,
        examples: ['en', 'ru', 'zh-Hant'],
      },
    },
    createCheckDecorator({
      name: 'isLanguage',
      code: 'invalid-value',
      test: isLanguage,
      explain: () => 'must be a BCP 47 language tag such as "en" or "zh-Hant"',
    }),
  );

/** ISO 3166-1 alpha-2. */
export const Country = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'string', pattern: '^[A-Z]{2}$' } },
    createCheckDecorator({
      name: 'isCountry',
      code: 'invalid-value',
      test: (value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value) && isISO31661Alpha2(value),
      explain: () => 'must be a country code of ISO 3166-1 such as "AM"',
    }),
  );

const webAddress = new RegExp(WEB_ADDRESS_PATTERN);
/** Far above what browsers and servers handle, in characters. */
const URL_LENGTH_MAX = 8_000;

/** Why a value is not accepted as the address of a page; undefined if it is. */
function explainUrl(value: unknown): string | undefined {
  if (typeof value === 'string' && !isString(value, URL_LENGTH_MAX))
    return `must be an address of at most ${URL_LENGTH_MAX} characters`;
  if (typeof value !== 'string' || !webAddress.test(value) || !URL.canParse(value))
    return 'must be an http or https address such as "https://example.org/minutes"';
  const { username, password } = new URL(value);
  return username === '' && password === ''
    ? undefined
    : 'must be an address without a user name and a password: what is recorded can be read by others, and stays';
}

/** An http or https address, as the URL standard parses it. */
export const Url = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'string', format: 'uri', pattern: WEB_ADDRESS_PATTERN, maxLength: URL_LENGTH_MAX } },
    createCheckDecorator({
      name: 'isUrl',
      code: 'invalid-value',
      test: (value) => explainUrl(value) === undefined,
      explain: (value) => explainUrl(value) ?? '',
    }),
  );

export const Sha256 = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    { schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
    createCheckDecorator({
      name: 'isSha256',
      code: 'invalid-value',
      test: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
      explain: () => 'must be a SHA-256 in 64 lower-case hexadecimal digits',
    }),
  );

/** The same text in several languages, by BCP 47 tag. */
export const NamesByLanguage = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    {
      schema: {
        type: 'object',
        propertyNames: { format: 'bcp47', pattern: LANGUAGE_TAG_PATTERN, maxLength: TAG_LENGTH_MAX },
        additionalProperties: labelSchema,
        maxProperties: COLLECTION_SIZE_MAX,
        examples: [{ en: 'Armenia' }],
      },
    },
    createCheckDecorator({
      name: 'isNames',
      code: 'invalid-value',
      test: createTextMapTest(isLanguage),
      explain: () => 'must map language tags to short texts: { "en": "Armenia", "hy": "Հայաստան" }',
    }),
  );

/** Identifiers in other registers: value by scheme. */
export const Identifiers = (options: FieldOptions = {}) =>
  createFieldDecorator(
    options,
    {
      schema: {
        type: 'object',
        propertyNames: { pattern: TEXT_PATTERN, maxLength: TAG_LENGTH_MAX },
        additionalProperties: labelSchema,
        maxProperties: COLLECTION_SIZE_MAX,
        examples: [{ wikidata: 'Q318693' }],
      },
    },
    createCheckDecorator({
      name: 'isIdentifiers',
      code: 'invalid-value',
      test: createTextMapTest((scheme) => isText(scheme, TAG_LENGTH_MAX)),
      explain: () => 'must map schemes to short texts: { "wikidata": "Q318693" }',
    }),
  );
