/**
 * What is not as it must be to prove anything. The message is a sentence; `entry` is the first entry that does not
 * fit, where that can be told.
 */
export class VerificationError extends Error {
  constructor(
    message: string,
    readonly entry?: number,
  ) {
    super(message);
  }
}

/** What is wrong with one line, as the end of a sentence: "it is not JSON". Whoever knows the line makes it a VerificationError. */
export class LineError extends Error {}

/** A text of unknown origin with nothing in it that steers a terminal or turns the direction of writing. */
export const escapeInvisible = (text: string): string =>
  text.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** The same in quotes, as a sentence may show it. */
export const quote = (text: string): string => escapeInvisible(JSON.stringify(text));
