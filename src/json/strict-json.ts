// Strict JSON: no text that two parsers could read differently. JSON.parse parses; a second pass over the tokens finds
// what JSON.parse accepts silently (duplicate keys, __proto__, numbers that lose digits).
import type { Json } from './json.js';
import { ApplicationError } from '../errors/application-error.js';
import { escapePointerToken } from './json-pointer.js';

/** How deep arrays and objects may be nested. */
const DEPTH_MAX = 32;

/** Not JSON, or JSON that is not accepted. `detail` says why. */
class InvalidJsonError extends ApplicationError {
  readonly code = 'invalid-json';

  constructor(readonly detail: string) {
    super(detail);
  }
}

type StrictJson = {
  readonly value: Json;
  /** JSON Pointers (RFC 6901) of numbers that lost digits when they were parsed. */
  readonly inexactNumbers: readonly string[];
};

/** A byte order mark before the text is skipped, as RFC 8259, section 8.1 permits. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses UTF-8 bytes. Throws InvalidJsonError. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new InvalidJsonError('The body is not UTF-8, the only encoding of JSON.');
  }
  try {
    const value = JSON.parse(text) as Json;
    return { value, inexactNumbers: inspectTokens(text) };
  } catch (error) {
    if (error instanceof InvalidJsonError) throw error;
    throw new InvalidJsonError(
      `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

type OpenContainer = {
  readonly keys: Set<string> | undefined;
  position: string | number;
  expectsKey: boolean;
};

const TOKEN_PATTERN = /"(?:[^"\\]|\\.)*"|[{}[\],]|-?\d[\d.eE+-]*/g;

/** The pointers of inexact numbers in a text that is known to be JSON. Throws InvalidJsonError. */
function inspectTokens(text: string): string[] {
  const inexact: string[] = [];
  const open: OpenContainer[] = [];
  for (const [token] of text.matchAll(TOKEN_PATTERN)) {
    const container = open.at(-1);
    if (token === '{' || token === '[') {
      if (open.length === DEPTH_MAX)
        throw new InvalidJsonError(`The body is nested more than ${DEPTH_MAX} levels deep.`);
      open.push(
        token === '{'
          ? { keys: new Set(), position: '', expectsKey: true }
          : { keys: undefined, position: 0, expectsKey: false },
      );
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (!container) continue;
      if (container.keys) container.expectsKey = true;
      else container.position = Number(container.position) + 1;
    } else if (container?.expectsKey) {
      const key = JSON.parse(token) as string;
      if (key === '__proto__') throw new InvalidJsonError('A member may not be called "__proto__".');
      if (container.keys?.has(key))
        throw new InvalidJsonError(`The member ${token} occurs twice in one object.`);
      container.keys?.add(key);
      container.position = key;
      container.expectsKey = false;
    } else if (!token.startsWith('"') && Number.isSafeInteger(Number(token)) && !isExactInteger(token))
      inexact.push(open.map(({ position }) => `/${escapePointerToken(String(position))}`).join(''));
  }
  return inexact;
}

/** Whether a JSON number, read exactly, is an integer: `1.0` and `1e2` are, `1.00000000000000000001` is not. */
function isExactInteger(token: string): boolean {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [, fraction = ''] = mantissa.split('.');
  const digits = mantissa.replace(/[-.]/g, '');
  if (/^0*$/.test(digits)) return true;
  const trailingZeros = digits.length - digits.replace(/0+$/, '').length;
  return Number(exponent) - fraction.length + trailingZeros >= 0;
}
