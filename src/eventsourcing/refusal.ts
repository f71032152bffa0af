/**
 * A decision not to record anything. Expected, hence returned by `decide`, not thrown.
 * `code` is stable: clients switch on it, and every code has a page under /problems.
 */
export class Refusal {
  constructor(
    readonly code: string,
    /** One sentence for a person: what is wrong with these words, and with what they collide. */
    readonly detail: string,
    /** Where in the command's data (RFC 6901), if it is one place. */
    readonly pointer?: string,
  ) {}
}

export const refuse = (code: string, detail: string, pointer?: string): Refusal =>
  new Refusal(code, detail, pointer);

/** What the page of a code says. `mend` tells the reader what to do next. */
export type ProblemExplanation = {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
};

/** One thing wrong with a command's words. `pointer` (RFC 6901) says where. */
export type FieldError = { readonly pointer: string; readonly code: string; readonly detail: string };

/** A command that cannot be understood or refers to what is not there: all that is wrong with it, most telling first. */
export class InvalidCommand {
  constructor(readonly errors: readonly [FieldError, ...FieldError[]]) {}
}
