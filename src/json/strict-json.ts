// Strict JSON: no text that two parsers could read differently. JSON.parse parses; a pass over the tokens before it finds
// what JSON.parse accepts silently (duplicate keys, __proto__, numbers that lose digits), and texts of too many values.
// Both take linear time.
import { getErrorMessage } from '../errors/get-error-message.js';
import type { Json } from './json.js';
import { ApplicationError } from '../errors/application-error.js';
import { shortenText } from '../errors/shorten-text.js';
import { escapePointerToken } from './json-pointer.js';

/** How deep arrays and objects may be nested. */
const DEPTH_MAX = 32;
/** How long a number may be, in characters: twice the length of the longest exact integer. */
const NUMBER_LENGTH_MAX = 40;
/** How many values a text may have. The largest command has fewer, and an engine takes milliseconds for as many. */
const VALUES_MAX = 30_000;
/** How many inexact numbers are listed at most. */
const INEXACT_NUMBERS_MAX = 101;

/** Not JSON, or JSON that is not accepted. `detail` says why. */
class InvalidJsonError extends ApplicationError {
  readonly code = 'invalid-json';

  constructor(readonly detail: string) {
    super(detail);
  }
}

type ParsedJson = {
  readonly value: Json;
  /** JSON Pointers (RFC 6901) of the first numbers that lost digits when they were parsed, or are too long. */
  readonly inexactNumbers: readonly string[];
};

/** A byte order mark before the text is skipped, as RFC 8259, section 8.1 permits. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses UTF-8 bytes. Throws InvalidJsonError. */
export function parseJsonWithInexactNumbers(bytes: Uint8Array): ParsedJson {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new InvalidJsonError('The body is not UTF-8, the only encoding of JSON.');
  }
  try {
    const inexactNumbers = inspectTokens(text);
    return { value: JSON.parse(text) as Json, inexactNumbers };
  } catch (error) {
    if (error instanceof InvalidJsonError) throw error;
    throw new InvalidJsonError(`The body is not JSON: ${getErrorMessage(error)}`);
  }
}

type OpenContainer = {
  readonly keys: Set<string> | undefined;
  position: string | number;
  expectsKey: boolean;
};

/** The longest run of characters that a number can have, from an index on. */
const NUMBER_PATTERN = /[\d.eE+-]*/y;

/** The pointers of inexact numbers in a text that may be JSON. Throws InvalidJsonError, and SyntaxError if it is none. */
function inspectTokens(text: string): string[] {
  const inexact: string[] = [];
  const open: OpenContainer[] = [];
  // Each value but the first of all is the first of a container, or follows a comma.
  let values = 1;
  const countValue = (): void => {
    if (++values > VALUES_MAX) throw new InvalidJsonError(`The body has more than ${VALUES_MAX} values.`);
  };
  // By character: a match of a pattern for each token would take several times as long as JSON.parse.
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    const container = open.at(-1);
    if (character === QUOTE) {
      const end = findStringEnd(text, index);
      if (container?.expectsKey) setKey(container, text.slice(index, end));
      index = end - 1;
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      countValue();
      openContainer(open, character === OPEN_BRACE);
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) open.pop();
    else if (character === COMMA) {
      countValue();
      advance(container);
    } else if (character === MINUS || (character >= DIGIT_0 && character <= DIGIT_9)) {
      const token = readNumber(text, index);
      if (!isExactNumber(token) && inexact.length < INEXACT_NUMBERS_MAX)
        inexact.push(open.map(({ position }) => `/${escapePointerToken(String(position))}`).join(''));
      index += token.length - 1;
    }
  }
  return inexact;
}

const [QUOTE, COMMA, MINUS, DIGIT_0, DIGIT_9] = [0x22, 0x2c, 0x2d, 0x30, 0x39] as const;
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

function readNumber(text: string, start: number): string {
  NUMBER_PATTERN.lastIndex = start;
  return NUMBER_PATTERN.exec(text)?.[0] ?? '';
}

/** A comma was read. */
function advance(container: OpenContainer | undefined): void {
  if (container?.keys) container.expectsKey = true;
  else if (container) container.position = Number(container.position) + 1;
}

/** The index after the closing quote of the string that begins at `start`; the end of the text if it has none. */
function findStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
}

function openContainer(open: OpenContainer[], isObject: boolean): void {
  if (open.length === DEPTH_MAX)
    throw new InvalidJsonError(`The body is nested more than ${DEPTH_MAX} levels deep.`);
  open.push(
    isObject
      ? { keys: new Set(), position: '', expectsKey: true }
      : { keys: undefined, position: 0, expectsKey: false },
  );
}

function setKey(container: OpenContainer, token: string): void {
  const key = JSON.parse(token) as string;
  if (key === '__proto__') throw new InvalidJsonError('A member may not be called "__proto__".');
  if (container.keys?.has(key))
    throw new InvalidJsonError(`The member ${shortenText(token)} occurs twice in one object.`);
  container.keys?.add(key);
  container.position = key;
  container.expectsKey = false;
}

/** Whether a number is what JSON.parse made of it. A value that is no safe integer is refused wherever it is. */
const isExactNumber = (token: string): boolean =>
  token.length <= NUMBER_LENGTH_MAX && (!Number.isSafeInteger(Number(token)) || isExactInteger(token));

/** Whether a JSON number, read exactly, is an integer: `1.0` and `1e2` are, `1.00000000000000000001` is not. */
function isExactInteger(token: string): boolean {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [, fraction = ''] = mantissa.split('.');
  const digits = mantissa.replace(/[-.]/g, '');
  let significant = digits.length;
  while (digits[significant - 1] === '0') significant--;
  return significant === 0 || Number(exponent) - fraction.length + digits.length - significant >= 0;
}
