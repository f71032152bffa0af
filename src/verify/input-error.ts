/** There is nothing to judge, because something given is not there or not what it was given as. The message is a sentence. */
export class InputError extends Error {
  /** The failure of the system to read a file; anything else as it is. */
  static fromSystemError(path: string, error: unknown): unknown {
    const { code } = error as { readonly code?: unknown };
    return typeof code === 'string' && /^E[A-Z]+$/.test(code)
      ? new InputError(`The file ${path} cannot be read (${code}).`)
      : error;
  }
}
