/** The name of a member as a token of a JSON Pointer (RFC 6901). */
export const escapePointerToken = (name: string): string =>
  /[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
