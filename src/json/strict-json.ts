// JSON as the book takes it: nothing that a reader could understand in two ways. JSON.parse does the parsing; a
// second look at the tokens finds what it passes over in silence.
import type { Json } from '../eventsourcing/message.js';
import type { FieldError } from '../eventsourcing/refusal.js';

/** How deep arrays and objects may be nested. */
const DEPTH_MAX = 32;

/** Not JSON, or JSON that the book does not take. `detail` says what is wrong. */
export class InvalidJsonError extends Error {
  constructor(readonly detail: string) {
    super(detail);
  }
}

export type StrictJson = {
  readonly value: Json;
  /** Numbers that lost digits when they were read. */
  readonly inexact: readonly FieldError[];
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads UTF-8 bytes. Throws InvalidJson. */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new InvalidJsonError('The body is not UTF-8, the only encoding of JSON.');
  }
  try {
    const value = JSON.parse(text) as Json;
    return { value, inexact: inspectTokens(text) };
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

/** Looks at the tokens of a text that is known to be JSON. */
function inspectTokens(text: string): FieldError[] {
  const inexact: FieldError[] = [];
  const open: OpenContainer[] = [];
  for (const [token] of text.matchAll(TOKEN_PATTERN)) {
    const inside = open.at(-1);
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
      if (!inside) continue;
      if (inside.keys) inside.expectsKey = true;
      else inside.position = Number(inside.position) + 1;
    } else if (inside?.expectsKey) {
      const key = JSON.parse(token) as string;
      if (key === '__proto__') throw new InvalidJsonError('A member may not be called "__proto__".');
      if (inside.keys?.has(key))
        throw new InvalidJsonError(`The member ${token} stands twice in one object.`);
      inside.keys?.add(key);
      inside.position = key;
      inside.expectsKey = false;
    } else if (!token.startsWith('"') && Number.isSafeInteger(Number(token)) && !isExactInteger(token))
      inexact.push({
        pointer: open
          .map(({ position }) => `/${String(position).replaceAll('~', '~0').replaceAll('/', '~1')}`)
          .join(''),
        code: 'invalid-number',
        detail: 'must be an integer between -(2^53-1) and 2^53-1',
      });
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
