/** How much of a client's text a message quotes, in characters. */
const QUOTED_LENGTH_MAX = 100;

/** A client's text as a message quotes it: a message must not be as long as the request. */
export const shortenText = (text: string): string =>
  text.length <= QUOTED_LENGTH_MAX ? text : `${text.slice(0, QUOTED_LENGTH_MAX).toWellFormed()}…`;
