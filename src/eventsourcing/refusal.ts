/**
 * A decision not to record anything. Expected, hence returned by `decide`, not thrown.
 * `code` is stable: clients switch on it, and every code has a page under /problems.
 */
export class Refusal {
  constructor(
    readonly code: string,
    /** One sentence for a person: what is wrong, and what it conflicts with. */
    readonly detail: string,
    /** Where in the command's data (RFC 6901), if it is about one field. */
    readonly pointer?: string,
  ) {}
}

export const refuse = (code: string, detail: string, pointer?: string): Refusal =>
  new Refusal(code, detail, pointer);

/** The page of a problem code. `remedy`: what the client can do next. */
export type ProblemExplanation = {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
};

/** One error in a command. `pointer` (RFC 6901): where. */
export type FieldError = { readonly pointer: string; readonly code: string; readonly detail: string };

/** How many errors of a request are listed at most, and how many characters they may have together. */
const LISTED_ERRORS_MAX = 100;
const LISTED_CHARACTERS_MAX = 64 * 1024;

/** The first errors of a request, one for each pointer. Neither their number nor their size grows with the request. */
export class FieldErrorList {
  readonly #errors = new Map<string, FieldError>();
  #characters = 0;
  #isFull = false;

  get isEmpty(): boolean {
    return this.#errors.size === 0;
  }

  /** Whether there are more errors than are listed, so that the search for them can end. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get errors(): readonly FieldError[] {
    return [...this.#errors.values()];
  }

  hasPointer(pointer: string): boolean {
    return this.#errors.has(pointer);
  }

  add(error: FieldError): void {
    if (this.#isFull || this.#errors.has(error.pointer)) return;
    this.#characters += error.pointer.length + error.detail.length;
    const isOverfull = this.#errors.size > 0 && this.#characters > LISTED_CHARACTERS_MAX;
    if (this.#errors.size === LISTED_ERRORS_MAX || isOverfull) this.#isFull = true;
    else this.#errors.set(error.pointer, error);
  }

  addAll({ errors, isFull }: FieldErrorList): void {
    for (const error of errors) this.add(error);
    this.#isFull ||= isFull;
  }
}

/** A malformed command, or one that refers to something missing, with its errors, the most specific first. */
export class InvalidCommand {
  constructor(
    readonly errors: readonly [FieldError, ...FieldError[]],
    /** Whether there are errors that are not listed. */
    readonly hasMore = false,
  ) {}

  /** Undefined if nothing is wrong. */
  static from({ errors: [first, ...others], isFull }: FieldErrorList): InvalidCommand | undefined {
    return first && new InvalidCommand([first, ...others], isFull);
  }
}
