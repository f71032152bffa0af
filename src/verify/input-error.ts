/** Nothing can be verified, because an input is missing or not of its kind. The message is a sentence. */
export class InputError extends Error {
  /** An InputError for a failure of the file system; any other error as it is. */
  static fromSystemError(path: string, error: unknown): unknown {
    const { code } = error as { readonly code?: unknown };
    return typeof code === 'string' && /^E[A-Z]+$/.test(code)
      ? new InputError(`The file ${path} cannot be read (${code}).`)
      : error;
  }
}
