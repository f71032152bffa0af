/**
 * The input does not prove what it should. The message is a sentence; `entry` is the first invalid entry, where it can be
 * determined.
 */
export class VerificationError extends Error {
  constructor(
    message: string,
    readonly entry?: number,
  ) {
    super(message);
  }
}

/** What is wrong with one line, as the end of a sentence: "it is not JSON". Its caller makes it a VerificationError. */
export class InvalidLineError extends Error {}

/** Escapes all characters of an untrusted text that could control a terminal or reverse the direction of writing. */
export const escapeInvisible = (text: string): string =>
  text.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** The same in quotes, for a sentence. */
export const quote = (text: string): string => escapeInvisible(JSON.stringify(text));
