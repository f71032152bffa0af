/**
 * The base of every error of this program. `code` is stable and kebab-case: where the error can reach a client, it is
 * the code of the problem that the client is shown. `name` is that of the class, also in a log.
 */
export abstract class ApplicationError extends Error {
  abstract readonly code: string;
  /** After how many seconds the same request may succeed, if the error passes by itself. */
  declare readonly retryAfterSeconds?: number | undefined;
  /** Further members of the problem that a client is shown (RFC 9457). */
  declare readonly extensions?: { readonly [member: string]: unknown };

  override get name(): string {
    return this.constructor.name;
  }
}
