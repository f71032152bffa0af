/** The message of what was thrown. Not by class, since classes differ between realms (threads, and the tests' contexts). */
export const getErrorMessage = (error: unknown): string =>
  String((error as { readonly message?: unknown } | null | undefined)?.message ?? error);
