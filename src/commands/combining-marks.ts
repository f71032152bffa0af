// The Stream-Safe Text Format (UAX #15, section 13). Normalization sorts every run of combining marks, which takes time
// that grows with the square of the longest run.

/** How many non-starters may follow each other, in NFKD. */
export const COMBINING_MARKS_MAX = 30;

/**
 * A character and the marks after it. Decomposed, a character ends with 3 non-starters at most, and a mark is 2 at most:
 * fewer marks than 14 are always safe.
 */
const LONG_RUN = /[^\p{M}\uFF9E\uFF9F]?[\p{M}\uFF9E\uFF9F]{14,}/gu;

/** Whether a text has no run of more than 30 non-starters when it is normalized to NFKD. Takes linear time. */
export function hasBoundedCombiningMarks(text: string): boolean {
  for (const [run] of text.matchAll(LONG_RUN)) {
    let length = 0;
    for (const character of run)
      for (const isNonStarter of decompose(character)) {
        length = isNonStarter ? length + 1 : 0;
        if (length > COMBINING_MARKS_MAX) return false;
      }
  }
  return true;
}

const MARK = /^[\p{M}\uFF9E\uFF9F]$/u;
/** Of every mark that was looked at: there are some 2,500. */
const decomposedMarks = new Map<string, readonly boolean[]>();

/**
 * Which characters of its NFKD are non-starters. One character at a time, since a text must not be normalized before it
 * is known to be safe.
 */
function decompose(character: string): readonly boolean[] {
  const known = decomposedMarks.get(character);
  if (known) return known;
  const parts = Array.from(character.normalize('NFKD'), isNonStarter);
  if (MARK.test(character)) decomposedMarks.set(character, parts);
  return parts;
}

/** Marks with the combining classes 1 and 220. */
const [OVERLAY, BELOW] = ['\u0334', '\u0323'];

/** Whether the combining class of a decomposed character is not 0: normalization sorts by class, and moves no starter. */
const isNonStarter = (character: string): boolean =>
  /^\p{M}$/u.test(character) &&
  [character + OVERLAY, BELOW + character].some((pair) => pair.normalize('NFD') !== pair);
