// The door: from a client's words to commands of one stream, or everything that is wrong with the words.
import { validateSync, type ValidationError } from 'class-validator';
import type { AnyCommand, Json, JsonObject } from '../eventsourcing/message.js';
import {
  type AnyNoun,
  type CommandDeclaration,
  type Request,
  streamName,
} from '../eventsourcing/aggregate.js';
import { type FieldError, Malformed, Refusal, refuse } from '../eventsourcing/refusal.js';
import { amendments, CorrectFact } from '../domain/amendment-commands.js';
import {
  fieldsOf,
  fits,
  instantiate,
  type ReferenceFound,
  referencesIn,
} from '../domain/request-metadata.js';

/** A command in the words of a client. */
export type Wording = { readonly command: string; readonly data: Json };

/** Commands whose form is right, all of one stream. */
export type Admitted = {
  readonly noun: AnyNoun;
  readonly stream: string;
  readonly commands: readonly AnyCommand[];
  /** Where the data of each command stand in what the client sent (RFC 6901). */
  readonly pointers: readonly string[];
  readonly references: readonly ReferenceFound[];
};

/** Finds the fact that an event id or `<stream>@<revision>` names. */
export type FactFinder = (name: string) => { readonly stream: string; readonly type: string } | undefined;

/** How many commands a group may have. */
const GROUP_MAX = 100;

export type CommandEntry = CommandDeclaration & { readonly name: string; readonly noun: AnyNoun | undefined };

/** All that is wrong with some words, and what they refer to. `fact` is the one that they amend. */
type Reading = {
  readonly errors: readonly FieldError[];
  readonly references: readonly ReferenceFound[];
  readonly fact?: ReturnType<FactFinder>;
};

const AMENDING: ReadonlySet<Request> = new Set(Object.values(amendments).map(({ request }) => request));

export class Admission {
  /** Every command there is, by name. */
  readonly commands: ReadonlyMap<string, CommandEntry>;
  readonly #requestOf: ReadonlyMap<string, Request>;

  constructor(
    private readonly nouns: readonly AnyNoun[],
    private readonly findFact: FactFinder,
  ) {
    const entries: CommandEntry[] = nouns.flatMap((noun) =>
      Object.entries(noun.commands).map(([name, declaration]) => ({ name, noun, ...declaration })),
    );
    for (const [name, declaration] of Object.entries(amendments))
      entries.push({ name, noun: undefined, ...declaration });
    this.commands = new Map(entries.map((entry) => [entry.name, entry]));
    this.#requestOf = new Map(entries.map(({ event, request }) => [event, request]));
  }

  admit({ command, data }: Wording): Admitted | Malformed | Refusal {
    return this.#admit(command, data, '');
  }

  /** Several commands of one stream, to be recorded together or not at all. */
  admitGroup(wordings: readonly Wording[]): Admitted | Malformed | Refusal {
    if (wordings.length === 0 || wordings.length > GROUP_MAX)
      return refuse(
        'not-a-group',
        `A group has 1 to ${GROUP_MAX} commands, this one has ${wordings.length}.`,
      );
    const admitted: Admitted[] = [];
    const errors: FieldError[] = [];
    for (const [index, { command, data }] of wordings.entries()) {
      const one = this.#admit(command, data, `/${index}/data`);
      if (one instanceof Refusal) return one;
      if (one instanceof Malformed) errors.push(...one.errors);
      else admitted.push(one);
    }
    const [first, ...others] = errors;
    if (first) return new Malformed([first, ...others]);
    const [{ noun, stream }] = admitted as [Admitted];
    const stray = admitted.find((one) => one.stream !== stream);
    if (stray)
      return refuse(
        'not-a-group',
        `A group belongs to one stream, this one to ${stream} and ${stray.stream}.`,
      );
    return {
      noun,
      stream,
      commands: admitted.flatMap(({ commands }) => commands),
      pointers: admitted.flatMap(({ pointers }) => pointers),
      references: admitted.flatMap(({ references }) => references),
    };
  }

  #admit(name: string, data: Json, pointer: string): Admitted | Malformed | Refusal {
    const declared = this.commands.get(name);
    if (!declared)
      return refuse('unknown-command', `There is no command "${name}"; GET /commands lists them.`);
    const { errors, references, fact } = this.#read(declared.request, data, pointer);
    const [first, ...others] = errors;
    if (first) return new Malformed([first, ...others]);
    const words = data as JsonObject;
    const noun = declared.noun ?? this.#ownerOf(fact);
    if (!noun) throw new Error(`"${name}" belongs to no kind of stream`);
    return {
      noun,
      stream: fact?.stream ?? streamName(noun, words),
      commands: [{ name, data: words }],
      pointers: [pointer],
      references,
    };
  }

  /** Data of a request; the replacement in a correction is read as what it replaces, however deep corrections go. */
  #read(request: Request, data: Json, pointer: string): Reading {
    const errors = malformed(request, data, pointer);
    const wrong = new Set(errors.map((error) => error.pointer));
    const words = data as JsonObject;
    const references = errors.length === 0 ? referencesIn(request, words, pointer) : [];
    const at = `${pointer}/fact`;
    if (!AMENDING.has(request) || wrong.has(pointer) || wrong.has(at)) return { errors, references };

    const named = words['fact'] as string;
    const fact = this.findFact(named);
    const replaced = fact && this.#requestOf.get(fact.type);
    if (!replaced || !this.#ownerOf(fact)) {
      const detail = `The book has no fact "${named}".`;
      return { errors: [...errors, { pointer: at, code: 'unknown-reference', detail }], references };
    }
    const replacement = words['with'];
    if (replacement === undefined || request !== CorrectFact || wrong.has(`${pointer}/with`))
      return { errors, references, fact };
    const inside = this.#read(replaced, replacement, `${pointer}/with`);
    return {
      errors: [...errors, ...inside.errors.filter((error) => !wrong.has(error.pointer))],
      references: [...references, ...inside.references],
      fact,
    };
  }

  #ownerOf(fact: ReturnType<FactFinder>): AnyNoun | undefined {
    return fact && this.nouns.find(({ kind }) => fact.stream.startsWith(`${kind}-`));
  }
}

/** Everything wrong with the words: texts and numbers, then unknown fields, then the fields as they are declared. */
function malformed(request: Request, data: Json, pointer: string): FieldError[] {
  if (!isObject(data))
    return [
      { pointer, code: 'invalid-value', detail: 'must be a JSON object with the fields of the command' },
    ];
  const unfit = [...unfitValues(data, pointer), ...unknownFields(request, data, pointer)];
  if (unfit.length === 0 && fits(request, data)) return [];
  const seen = new Set(unfit.map((error) => error.pointer));
  const errors = validateSync(instantiate(request, data), {
    forbidUnknownValues: true,
    validationError: { target: false },
  });
  return [
    ...unfit.filter((error, index) => unfit.findIndex(({ pointer }) => pointer === error.pointer) === index),
    ...inOrder(request, errors)
      .flatMap((error) => explain(request, error, pointer))
      .filter((error) => !seen.has(error.pointer)),
  ];
}

/** class-validator reports inherited fields in an order of its own. */
function inOrder(request: Request, errors: readonly ValidationError[]): readonly ValidationError[] {
  const names = fieldsOf(request).map(({ name }) => name);
  return errors.toSorted((a, b) => names.indexOf(a.property) - names.indexOf(b.property));
}

function explain(request: Request, error: ValidationError, parent: string): FieldError[] {
  const { property, constraints = {}, contexts = {}, children = [] } = error;
  const value: unknown = error.value;
  const pointer = `${parent}/${property}`;
  const field = fieldsOf(request).find(({ name }) => name === property);
  if (field && value === undefined)
    return [{ pointer, code: 'missing-field', detail: `"${property}" is missing` }];
  const nested = field?.nested;
  // class-validator looks into a list where one object belongs, and the other way round.
  const within =
    !nested || nested.list !== Array.isArray(value)
      ? []
      : nested.list
        ? children.flatMap((child) => explainMember(nested.type, child, pointer))
        : inOrder(nested.type, children).flatMap((child) => explain(nested.type, child, pointer));
  if (within.length > 0) return within;
  const [failed] = Object.keys(constraints);
  if (failed === undefined) return [];
  const wrongType = field?.schema['type'] === 'string' && typeof value !== 'string';
  return [
    {
      pointer,
      code: wrongType
        ? 'invalid-value'
        : ((contexts[failed] as { code: string } | undefined)?.code ?? 'invalid-value'),
      detail: `"${property}" ${(constraints[failed] ?? '').replace(`${property} `, '')}`,
    },
  ];
}

/** What is wrong with one member of a list: that it is no object, or its fields. */
function explainMember(
  nested: Request,
  { property, children = [] }: ValidationError,
  list: string,
): FieldError[] {
  const pointer = `${list}/${property}`;
  if (children.length === 0)
    return [{ pointer, code: 'invalid-value', detail: `member ${property} must be a JSON object` }];
  return inOrder(nested, children).flatMap((child) => explain(nested, child, pointer));
}

/** class-validator's whitelist lets names pass that every object inherits, such as "hasOwnProperty". */
function* unknownFields(request: Request, data: JsonObject, pointer: string): Generator<FieldError> {
  const fields = fieldsOf(request);
  for (const [key, value] of Object.entries(data)) {
    const at = `${pointer}/${escapePointer(key)}`;
    const field = fields.find(({ name }) => name === key);
    if (!field)
      yield {
        pointer: at,
        code: 'unknown-field',
        detail: `"${key}" is not a field here; the fields are ${fields.map(({ name }) => name).join(', ')}`,
      };
    else if (field.nested?.list && Array.isArray(value)) {
      for (const [index, member] of (value as readonly Json[]).entries())
        if (isObject(member)) yield* unknownFields(field.nested.type, member, `${at}/${index}`);
    } else if (field.nested && !field.nested.list && isObject(value))
      yield* unknownFields(field.nested.type, value, at);
  }
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Texts and numbers that the book cannot keep as they were sent. */
function* unfitValues(value: Json, pointer: string): Generator<FieldError> {
  if (typeof value === 'string') {
    if (!isKeepable(value))
      yield {
        pointer,
        code: 'invalid-text',
        detail:
          'holds a lone surrogate or a control character; only tab, newline and carriage return may stand in a text',
      };
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      yield { pointer, code: 'invalid-number', detail: 'must be an integer between -(2^53-1) and 2^53-1' };
  } else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) {
      const at = `${pointer}/${escapePointer(key)}`;
      if (!isKeepable(key))
        yield {
          pointer: at,
          code: 'invalid-text',
          detail: 'is a name with a character that no text may hold',
        };
      yield* unfitValues(member, at);
    }
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const isKeepable = (text: string): boolean => text.isWellFormed() && !CONTROL.test(text);

/** RFC 6901. */
const escapePointer = (name: string): string =>
  /[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
