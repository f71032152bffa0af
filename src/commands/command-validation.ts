// From a client's envelopes to validated commands of one stream, or all of their errors.
import { validateSync, type ValidationError } from 'class-validator';
import type { ChangedData } from '../eventsourcing/decide-amendment.js';
import { findInnerId } from '../eventsourcing/inner-ids.js';
import type { AnyCommand } from '../eventsourcing/message.js';
import { shortenText } from '../errors/shorten-text.js';
import { isObject } from '../json/is-object.js';
import { canonicalJson } from '../json/canonical-json.js';
import { escapePointerToken, findAtPointer } from '../json/json-pointer.js';
import type { Json, JsonObject } from '../json/json.js';
import {
  type AnyAggregate,
  type CommandDeclaration,
  type RequestClass,
  getStreamName,
} from '../eventsourcing/aggregate.js';
import {
  type FieldError,
  FieldErrorList,
  InvalidCommand,
  Refusal,
  refuse,
} from '../eventsourcing/refusal.js';
import { amendmentCommands, CorrectFact } from '../domain/amendment-commands.js';
import { CONTROL_CHARACTERS } from '../domain/text-patterns.js';
import {
  COLLECTION_SIZE_MAX,
  getFields,
  isValidData,
  instantiate,
  type FoundReference,
  findReferences,
  findRuleErrors,
} from '../domain/request-fields.js';
import { hasBoundedCombiningMarks, COMBINING_MARKS_MAX } from './combining-marks.js';

/** A command as a client sends it. */
export type CommandEnvelope = { readonly command: string; readonly data: Json };

/** Well-formed commands, all of one stream. */
export type ValidatedCommands = {
  readonly aggregate: AnyAggregate;
  readonly stream: string;
  readonly commands: readonly AnyCommand[];
  /** Where the data of each command are in the request (RFC 6901). */
  readonly pointers: readonly string[];
  readonly references: readonly FoundReference[];
};

/** Finds the fact that an event id or `<stream>@<revision>` names. */
type FindFact = (name: string) => { readonly stream: string; readonly type: string } | undefined;

/** How many bytes the data of a command may have. */
export const COMMAND_MAX_BYTES = 512 * 1024;

/** How many commands a group may have. */
const GROUP_COMMANDS_MAX = 100;

export type RegisteredCommand = CommandDeclaration & {
  readonly name: string;
  readonly aggregate: AnyAggregate | undefined;
};

/** The errors of a command's data, and the streams that they refer to. `fact` is the one that they amend. */
type DataValidation = {
  readonly errors: FieldErrorList;
  readonly references: readonly FoundReference[];
  readonly fact?: ReturnType<FindFact>;
};

const AMENDMENT_REQUESTS: ReadonlySet<RequestClass> = new Set(
  Object.values(amendmentCommands).map(({ request }) => request),
);

export class CommandValidator {
  /** Every command, by name. */
  readonly commands: ReadonlyMap<string, RegisteredCommand>;
  readonly #requestsByEventType: ReadonlyMap<string, RequestClass>;

  constructor(
    private readonly aggregates: readonly AnyAggregate[],
    private readonly findFact: FindFact,
  ) {
    const entries: RegisteredCommand[] = aggregates.flatMap((aggregate) =>
      Object.entries(aggregate.commands).map(([name, declaration]) => ({ name, aggregate, ...declaration })),
    );
    for (const [name, declaration] of Object.entries(amendmentCommands))
      entries.push({ name, aggregate: undefined, ...declaration });
    this.commands = new Map(entries.map((entry) => [entry.name, entry]));
    this.#requestsByEventType = new Map(entries.map(({ event, request }) => [event, request]));
  }

  validate(
    { command, data }: CommandEnvelope,
    sender: RetryingSender,
  ): ValidatedCommands | InvalidCommand | Refusal {
    const validated = this.#validateCommand(command, data, '', sender);
    return validated instanceof FieldErrorList
      ? (InvalidCommand.from(validated) as InvalidCommand)
      : validated;
  }

  /** Several commands of one stream, to be recorded together or not at all. */
  validateGroup(
    envelopes: readonly CommandEnvelope[],
    sender: RetryingSender,
  ): ValidatedCommands | InvalidCommand | Refusal {
    if (envelopes.length === 0 || envelopes.length > GROUP_COMMANDS_MAX)
      return refuse(
        'not-a-group',
        `A group has 1 to ${GROUP_COMMANDS_MAX} commands, this one has ${envelopes.length}.`,
      );
    const validated: ValidatedCommands[] = [];
    const errors = new FieldErrorList();
    for (const [index, { command, data }] of envelopes.entries()) {
      const one = this.#validateCommand(command, data, `/${index}/data`, sender);
      if (one instanceof Refusal) return one;
      if (one instanceof FieldErrorList) errors.addAll(one);
      else validated.push(one);
      if (errors.isFull) break;
    }
    const invalid = InvalidCommand.from(errors);
    if (invalid) return invalid;
    const [{ aggregate, stream }] = validated as [ValidatedCommands];
    const stray = validated.find((one) => one.stream !== stream);
    if (stray)
      return refuse(
        'not-a-group',
        `A group belongs to one stream, this one to ${stream} and ${stray.stream}.`,
      );
    return {
      aggregate,
      stream,
      commands: validated.flatMap(({ commands }) => commands),
      pointers: validated.flatMap(({ pointers }) => pointers),
      references: validated.flatMap(({ references }) => references),
    };
  }

  /** The errors that are returned are not empty. */
  #validateCommand(
    name: string,
    data: Json,
    pointer: string,
    sender: RetryingSender,
  ): ValidatedCommands | FieldErrorList | Refusal {
    const declared = this.commands.get(name);
    if (!declared)
      return refuse(
        'unknown-command',
        `There is no command "${shortenText(name)}"; GET /commands lists them.`,
      );
    const { errors, references, fact } = this.#validateData(declared.request, data, pointer);
    addMissingKey(declared, data, pointer, sender, errors);
    if (!errors.isEmpty) return errors;
    const fields = data as JsonObject;
    const aggregate = declared.aggregate ?? this.#findAggregate(fact);
    if (!aggregate) throw new Error(`"${name}" belongs to no category of streams`);
    return {
      aggregate,
      stream: fact?.stream ?? getStreamName(aggregate, fields),
      commands: [{ name, data: fields }],
      pointers: [pointer],
      references,
    };
  }

  /**
   * Validates the data of a request; the replacement in a correction is validated like the command of the corrected
   * fact, at any depth.
   */
  #validateData(request: RequestClass, data: Json, pointer: string): DataValidation {
    const errors = findFieldErrors(request, data, pointer);
    const fields = data as JsonObject;
    const references = errors.isEmpty ? findReferences(request, fields, pointer) : [];
    const fieldPointer = `${pointer}/fact`;
    if (
      !AMENDMENT_REQUESTS.has(request) ||
      errors.isFull ||
      errors.hasPointer(pointer) ||
      errors.hasPointer(fieldPointer)
    )
      return { errors, references };

    const factReference = fields['fact'] as string;
    const fact = this.findFact(factReference);
    const replaced = fact && this.#requestsByEventType.get(fact.type);
    if (!replaced || !this.#findAggregate(fact)) {
      const detail = `The book has no fact "${shortenText(factReference)}".`;
      errors.add({ pointer: fieldPointer, code: 'unknown-reference', detail });
      return { errors, references };
    }
    const replacement = fields['with'];
    if (replacement === undefined || request !== CorrectFact || errors.hasPointer(`${pointer}/with`))
      return { errors, references, fact };
    const replacementResult = this.#validateReplacement(replaced, replacement, `${pointer}/with`);
    errors.addAll(replacementResult.errors);
    return { errors, references: [...references, ...replacementResult.references], fact };
  }

  /** A correction that replaces another one gives all of its data: what a change leaves is not known before it is decided. */
  #validateReplacement(request: RequestClass, replacement: Json, pointer: string): DataValidation {
    const validated = this.#validateData(request, replacement, pointer);
    if (request === CorrectFact && isObject(replacement) && replacement['change'] !== undefined)
      validated.errors.add({
        pointer: `${pointer}/change`,
        code: 'invalid-value',
        detail: '"change" does not replace a correction: send "with"',
      });
    return validated;
  }

  /**
   * Validates what a change makes of the data of a fact like the command that recorded it. Rules that are younger than the
   * fact judge only values that the change alters. Pointers lead into the change, which is at `pointer`.
   */
  validateChange({ eventType, before, after }: ChangedData, pointer: string): DataValidation {
    const request = this.#requestsByEventType.get(eventType);
    if (!request) throw new Error(`no command records ${eventType}`);
    const { errors: found, references } = this.#validateData(request, after, pointer);
    const errors = new FieldErrorList();
    if (!found.isEmpty) {
      const known = findFieldErrors(request, before, pointer).errors;
      const isKnown = (error: FieldError): boolean =>
        known.some((each) => each.pointer === error.pointer && each.code === error.code) &&
        isSameValue(error.pointer.slice(pointer.length), before, after);
      for (const error of found.errors) if (!isKnown(error)) errors.add(error);
    }
    if (Buffer.byteLength(canonicalJson(after)) > COMMAND_MAX_BYTES)
      errors.add({
        pointer,
        code: 'too-large',
        detail: `would make the fact longer than ${COMMAND_MAX_BYTES} bytes`,
      });
    return { errors, references: errors.isEmpty ? references : [] };
  }

  #findAggregate(fact: ReturnType<FindFact>): AnyAggregate | undefined {
    return fact && this.aggregates.find(({ category }) => fact.stream.startsWith(`${category}-`));
  }
}

/** Whether two values have the same at a pointer. */
function isSameValue(pointer: string, one: Json, other: Json): boolean {
  const [a, b] = [findAtPointer(one, pointer), findAtPointer(other, pointer)];
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

/** Whether the sender can send the command again without recording it twice. */
type RetryingSender = { readonly idempotencyKey?: string };

/** An id that is given is another one each time, so that only a key can tell that a command was sent again. */
function addMissingKey(
  { aggregate, event }: RegisteredCommand,
  data: Json,
  pointer: string,
  { idempotencyKey }: RetryingSender,
  errors: FieldErrorList,
): void {
  const field = aggregate && findInnerId(aggregate, event)?.field;
  if (field === undefined || idempotencyKey !== undefined || !isObject(data) || data[field] !== undefined)
    return;
  const detail = `"${field}" is left out, so it is given, which needs an Idempotency-Key`;
  errors.add({ pointer: `${pointer}/${field}`, code: 'missing-key', detail });
}

/**
 * The errors of texts and numbers, then of unknown fields and lists that are too long, then of the fields in the order of
 * their declaration.
 */
function findFieldErrors(request: RequestClass, data: Json, pointer: string): FieldErrorList {
  const errors = new FieldErrorList();
  if (!isObject(data)) {
    errors.add({
      pointer,
      code: 'invalid-value',
      detail: 'must be a JSON object with the fields of the command',
    });
    return errors;
  }
  addUnstorableValues(data, pointer, errors);
  addUnknownFields(request, data, pointer, errors);
  if (errors.isFull || (errors.isEmpty && isValidData(request, data))) return errors;
  const failures = validateSync(instantiate(request, data), {
    forbidUnknownValues: true,
    validationError: { target: false },
  });
  for (const failure of sortByDeclaration(request, failures))
    for (const error of toFieldErrors(request, failure, pointer)) errors.add(error);
  for (const error of findRuleErrors(request, data, pointer)) errors.add(error);
  return errors;
}

/** class-validator reports inherited fields in an order of its own. */
function sortByDeclaration(
  request: RequestClass,
  errors: readonly ValidationError[],
): readonly ValidationError[] {
  const names = getFields(request).map(({ name }) => name);
  return errors.toSorted((a, b) => names.indexOf(a.property) - names.indexOf(b.property));
}

function toFieldErrors(request: RequestClass, error: ValidationError, parent: string): FieldError[] {
  const { property, constraints = {}, contexts = {}, children = [] } = error;
  const value: unknown = error.value;
  const pointer = `${parent}/${property}`;
  const field = getFields(request).find(({ name }) => name === property);
  if (field && value === undefined)
    return [{ pointer, code: 'missing-field', detail: `"${property}" is missing` }];
  const nested = field?.nested;
  // class-validator also descends into a list where an object is expected, and vice versa.
  const nestedErrors =
    !nested || nested.list !== Array.isArray(value)
      ? []
      : nested.list
        ? children.flatMap((child) => toMemberErrors(nested.type, child, pointer))
        : sortByDeclaration(nested.type, children).flatMap((child) =>
            toFieldErrors(nested.type, child, pointer),
          );
  if (nestedErrors.length > 0) return nestedErrors;
  const [failed] = Object.keys(constraints);
  if (failed === undefined) return [];
  const wrongType = field?.schema['type'] === 'string' && typeof value !== 'string';
  return [
    {
      pointer,
      code: wrongType
        ? 'invalid-value'
        : ((contexts[failed] as { code: string } | undefined)?.code ?? 'invalid-value'),
      detail: `"${property}" ${removePrefix(constraints[failed] ?? '', `${property} `)}`,
    },
  ];
}

/** The messages of class-validator begin with the property, those of the fields' own checks do not. */
const removePrefix = (message: string, prefix: string): string =>
  message.startsWith(prefix) ? message.slice(prefix.length) : message;

/** The errors of one member of a list: that it is not an object, or those of its fields. */
function toMemberErrors(
  nested: RequestClass,
  { property, children = [] }: ValidationError,
  list: string,
): FieldError[] {
  const pointer = `${list}/${property}`;
  if (children.length === 0)
    return [{ pointer, code: 'invalid-value', detail: `member ${property} must be a JSON object` }];
  return sortByDeclaration(nested, children).flatMap((child) => toFieldErrors(nested, child, pointer));
}

/**
 * Unknown fields, and lists of objects that are longer than a command may have: class-validator would look at each
 * member of such a list. Its whitelist accepts names that every object inherits, such as "hasOwnProperty".
 */
function addUnknownFields(
  request: RequestClass,
  data: JsonObject,
  pointer: string,
  errors: FieldErrorList,
): void {
  const fields = getFields(request);
  for (const [key, value] of Object.entries(data)) {
    if (errors.isFull) return;
    const fieldPointer = `${pointer}/${escapePointerToken(key)}`;
    const field = fields.find(({ name }) => name === key);
    if (!field)
      errors.add({
        pointer: fieldPointer,
        code: 'unknown-field',
        detail: `"${shortenText(key)}" is not a field here; the fields are ${fields.map(({ name }) => name).join(', ')}`,
      });
    else if (field.nested?.list && Array.isArray(value)) {
      const members = value as readonly Json[];
      if (members.length > COLLECTION_SIZE_MAX)
        errors.add({
          pointer: fieldPointer,
          code: 'invalid-value',
          detail: `"${key}" must have at most ${COLLECTION_SIZE_MAX} members`,
        });
      else
        for (const [index, member] of members.entries())
          if (isObject(member))
            addUnknownFields(field.nested.type, member, `${fieldPointer}/${index}`, errors);
    } else if (field.nested && !field.nested.list && isObject(value))
      addUnknownFields(field.nested.type, value, fieldPointer, errors);
  }
}

/** A number that JSON parsers would not all read alike. */
export const createInvalidNumberError = (pointer: string): FieldError => ({
  pointer,
  code: 'invalid-number',
  detail: 'must be an integer between -(2^53-1) and 2^53-1',
});

/** Texts and numbers that the ledger cannot store unchanged. */
function addUnstorableValues(value: Json, pointer: string, errors: FieldErrorList): void {
  if (errors.isFull) return;
  if (typeof value === 'string') {
    const detail = explainUnstorableText(value);
    if (detail !== undefined) errors.add({ pointer, code: 'invalid-text', detail });
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) errors.add(createInvalidNumberError(pointer));
  } else if (typeof value === 'object' && value !== null)
    // No field takes more members than these, so a longer list or object is refused, whatever it holds.
    for (const [key, member] of Object.entries(value).slice(0, COLLECTION_SIZE_MAX + 1)) {
      const fieldPointer = `${pointer}/${escapePointerToken(key)}`;
      const detail = explainUnstorableText(key);
      if (detail !== undefined)
        errors.add({ pointer: fieldPointer, code: 'invalid-text', detail: `is a name that ${detail}` });
      addUnstorableValues(member, fieldPointer, errors);
    }
}

/** What most texts are: printable ASCII that begins with no space. */
const PLAIN_TEXT = /^[\x21-\x7e][\x20-\x7e]*$/;
const CONTROL_CHARACTER = new RegExp(`[${CONTROL_CHARACTERS}]`);
/**
 * Nothing but characters that leave no mark: white space, what renderers ignore or use for direction and joining, marks
 * that combine with nothing, and the blank Braille pattern.
 */
const INVISIBLE_TEXT =
  /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Mn}\u2800\u{13441}\u{13442}\u{1D159}]+$/u;

/** Why a text must not be recorded; undefined if it may. An empty one is left to the checks of its field. */
function explainUnstorableText(text: string): string | undefined {
  if (PLAIN_TEXT.test(text)) return undefined;
  if (!text.isWellFormed() || CONTROL_CHARACTER.test(text))
    return 'holds a lone surrogate or a control character; only tab, newline and carriage return may stand in a text';
  if (INVISIBLE_TEXT.test(text)) return 'has no character that can be seen';
  if (!hasBoundedCombiningMarks(text))
    return `holds more than ${COMBINING_MARKS_MAX} combining marks in a row, which no written language does`;
  return undefined;
}
