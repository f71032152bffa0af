// The fields of request classes, for class-validator, the JSON Schema and the check of references.
import { ValidateBy, ValidateIf } from 'class-validator';
import { isObject } from '../json/is-object.js';
import type { Json, JsonObject } from '../json/json.js';
import type { RequestClass } from '../eventsourcing/aggregate.js';
import type { FieldError } from '../eventsourcing/refusal.js';

type JsonSchema = JsonObject;

type FieldMetadata = {
  readonly name: string;
  readonly optional: boolean;
  readonly schema: JsonSchema;
  readonly nested?: { readonly type: RequestClass; readonly list: boolean };
  /** The stream that a value of this field refers to, or each of its values. */
  readonly refersTo?: (value: string) => string;
  readonly tests: readonly Check['test'][];
};

export type FieldOptions = { readonly optional?: boolean; readonly about?: string };

/** How many members a list or a map in a command may have. */
export const COLLECTION_SIZE_MAX = 1_000;

const declaredFields = new Map<object, FieldMetadata[]>();
const fieldsByRequest = new Map<RequestClass, readonly FieldMetadata[]>();

/** What is wrong with several fields together, and the field where it is reported. */
type RuleError = { readonly name: string; readonly code: string; readonly detail: string };
/** A rule about several fields, which need not be valid by themselves; the schema says the same. */
type FieldsRule = {
  readonly schema: JsonSchema;
  readonly find: (data: JsonObject) => RuleError | undefined;
};
type FieldNames = readonly [string, ...string[]];

const declaredRules = new Map<RequestClass, FieldsRule[]>();
export const FollowsRule =
  (rule: FieldsRule): ClassDecorator =>
  (target) => {
    const request = target as unknown as RequestClass;
    declaredRules.set(request, [...(declaredRules.get(request) ?? []), rule]);
  };

/** The properties are named again, because linters of OpenAPI look for what is required beside it. */
const requireAll = (names: FieldNames): JsonObject => ({
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, true])),
});
const requireEach = (names: FieldNames): Json => names.map((name) => requireAll([name]));

function findDoubled(data: JsonObject, names: FieldNames, needed: string): RuleError | undefined {
  const [first, second] = names.filter((name) => Object.hasOwn(data, name));
  return first === undefined || second === undefined
    ? undefined
    : {
        name: second,
        code: 'invalid-value',
        detail: `"${second}" stands beside "${first}": ${needed} one of ${names.join(', ')} is needed`,
      };
}

function findLacking(data: JsonObject, names: FieldNames, code: string, needed: string) {
  if (names.some((name) => Object.hasOwn(data, name))) return undefined;
  const [name] = names;
  return { name, code, detail: `"${name}" is missing: ${needed} one of ${names.join(', ')} is needed` };
}

export const ExactlyOneOf = (...names: FieldNames): ClassDecorator =>
  FollowsRule({
    schema: { oneOf: requireEach(names) },
    find: (data) =>
      findLacking(data, names, 'invalid-value', 'exactly') ?? findDoubled(data, names, 'exactly'),
  });
export const AtLeastOneOf = (...names: FieldNames): ClassDecorator =>
  FollowsRule({
    schema: { anyOf: requireEach(names) },
    find: (data) => findLacking(data, names, 'missing-field', 'at least'),
  });
export const AtMostOneOf = (...names: readonly [string, string]): ClassDecorator =>
  FollowsRule({
    schema: { not: requireAll(names) },
    find: (data) => findDoubled(data, names, 'at most'),
  });

/** The errors of the rules about several fields that data break, in objects inside them, too. */
export function findRuleErrors(request: RequestClass, data: JsonObject, pointer = ''): FieldError[] {
  const nestedErrors = getFields(request).flatMap(({ name, nested }) => {
    const value = nested && Object.hasOwn(data, name) ? data[name] : undefined;
    if (!nested || value === undefined) return [];
    const fieldPointer = `${pointer}/${name}`;
    if (!nested.list) return isObject(value) ? findRuleErrors(nested.type, value, fieldPointer) : [];
    if (!Array.isArray(value) || value.length > COLLECTION_SIZE_MAX) return [];
    return (value as readonly Json[]).flatMap((member, index) =>
      isObject(member) ? findRuleErrors(nested.type, member, `${fieldPointer}/${index}`) : [],
    );
  });
  return [...findBrokenRules(request, data, pointer), ...nestedErrors];
}

const findBrokenRules = (request: RequestClass, data: JsonObject, pointer = ''): readonly FieldError[] =>
  (declaredRules.get(request) ?? []).flatMap(({ find }) => {
    const error = find(data);
    return error ? { pointer: `${pointer}/${error.name}`, code: error.code, detail: error.detail } : [];
  });

/** The fields of a request class in the order of their declaration, inherited ones last. */
export function getFields(request: RequestClass): readonly FieldMetadata[] {
  const known = fieldsByRequest.get(request);
  if (known) return known;
  const fields: FieldMetadata[] = [];
  for (
    let prototype = request.prototype as object | null;
    prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null
  )
    fields.push(...(declaredFields.get(prototype) ?? []));
  fieldsByRequest.set(request, fields);
  return fields;
}

/**
 * Whether class-validator would find no error in the declared fields. It gives the best messages, but takes ten times
 * as long, and most commands are valid: see docs/decisions/0011-valid-data-is-recognized-first.md.
 */
export function isValidData(request: RequestClass, data: JsonObject): boolean {
  if (findBrokenRules(request, data).length > 0) return false;
  return getFields(request).every(({ name, optional, nested, tests }) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value === undefined) return optional;
    if (!tests.every((test) => test(value))) return false;
    if (!nested) return true;
    if (!nested.list) return isValidData(nested.type, value as JsonObject);
    const members = value as readonly JsonObject[];
    return (
      members.length >= 1 &&
      members.length <= COLLECTION_SIZE_MAX &&
      members.every((member) => isValidData(nested.type, member))
    );
  });
}

export type Check = {
  readonly name: string;
  /** The refusal code of a value that fails. */
  readonly code: string;
  readonly test: (value: unknown) => boolean;
  readonly explain: (value: unknown) => string;
};

type FieldDeclaration = { readonly schema: JsonSchema } & Pick<FieldMetadata, 'nested' | 'refersTo'>;

export function createFieldDecorator(
  options: FieldOptions,
  declared: FieldDeclaration,
  ...validators: (PropertyDecorator & { readonly test?: Check['test'] })[]
): PropertyDecorator {
  return (prototype, property) => {
    const name = String(property);
    const tests = validators.flatMap(({ test }) => test ?? []);
    const schema =
      options.about === undefined ? declared.schema : { ...declared.schema, description: options.about };
    declaredFields.set(prototype, [
      ...(declaredFields.get(prototype) ?? []),
      { name, optional: options.optional ?? false, ...declared, schema, tests },
    ]);
    if (options.optional)
      ValidateIf((data: Record<string, unknown>) => data[name] !== undefined)(prototype, property);
    for (const validator of validators) validator(prototype, property);
  };
}

export const createCheckDecorator = ({
  name,
  code,
  test,
  explain,
}: Check): PropertyDecorator & Pick<Check, 'test'> =>
  Object.assign(
    ValidateBy(
      { name, validator: { validate: test, defaultMessage: (args) => explain(args?.value) } },
      { context: { code } },
    ),
    { test },
  );

/** The JSON Schema (2020-12) of a request class. */
export function toJsonSchema(request: RequestClass): JsonSchema {
  const fields = getFields(request);
  const required = fields.filter((field) => !field.optional).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
    ...toRuleSchema(declaredRules.get(request) ?? []),
    additionalProperties: false,
  };
}

const toRuleSchema = (rules: readonly FieldsRule[]): JsonSchema =>
  rules.length === 0 ? {} : { allOf: rules.map(({ schema }) => schema) };

/**
 * A plain object as an instance of its request class, nested ones too, which class-validator requires. Only fields of
 * the class are copied: class-validator would trust a member called "constructor".
 */
export function instantiate(request: RequestClass, data: object): object {
  const instance = new request() as Record<string, unknown>;
  for (const { name, nested } of getFields(request)) {
    const value: unknown = Object.hasOwn(data, name) ? data[name as keyof typeof data] : undefined;
    instance[name] = value;
    if (!nested) continue;
    if (nested.list && Array.isArray(value))
      // A list that is too long is refused as a whole, so its members are not looked at.
      instance[name] = (value.length > COLLECTION_SIZE_MAX ? [] : value).map((item: unknown) =>
        isObject(item) ? instantiate(nested.type, item as object) : item,
      );
    else if (!nested.list && isObject(value)) instance[name] = instantiate(nested.type, value);
  }
  return instance;
}

/** A field that refers to another stream. */
export type FoundReference = { readonly pointer: string; readonly value: string; readonly stream: string };

/** All references in valid data of a request class. Pointers are RFC 6901. */
export function findReferences(request: RequestClass, data: JsonObject, pointer = ''): FoundReference[] {
  return getFields(request).flatMap(({ name, refersTo, nested }) => {
    const value: Json | undefined = data[name];
    const fieldPointer = `${pointer}/${name}`;
    if (value === undefined) return [];
    if (refersTo && Array.isArray(value))
      return (value as string[]).map((each, index) => ({
        pointer: `${fieldPointer}/${index}`,
        value: each,
        stream: refersTo(each),
      }));
    if (refersTo)
      return [{ pointer: fieldPointer, value: value as string, stream: refersTo(value as string) }];
    if (!nested) return [];
    if (nested.list)
      return (value as JsonObject[]).flatMap((item, index) =>
        findReferences(nested.type, item, `${fieldPointer}/${index}`),
      );
    return findReferences(nested.type, value as JsonObject, fieldPointer);
  });
}
