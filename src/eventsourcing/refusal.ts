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

/** A malformed command, or one that refers to something missing, with all of its errors, the most specific first. */
export class InvalidCommand {
  constructor(readonly errors: readonly [FieldError, ...FieldError[]]) {}
}
