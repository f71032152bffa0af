// What full-text search takes for a word. Index and query go through the same function, so the tokenizer of
// SQLite only has to split at spaces.

/** Scripts that put no space between words: every character is a word, and a run of them a phrase. */
const SPACELESS =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const WORDS = new RegExp(`[${SPACELESS}]|(?:(?![${SPACELESS}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');
const RUNS = new RegExp(`[${SPACELESS}]+|(?:(?![${SPACELESS}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');

// By way of upper case, so that Straße is STRASSE.
const folded = (text: string) => text.toUpperCase().toLowerCase().normalize('NFC');

/** The words of a text in NFC and without case, separated by spaces: what the index holds. */
export const searchable = (text: string): string => (folded(text).match(WORDS) ?? []).join(' ');

/**
 * The FTS5 expression for texts that hold every word of `q`, and every run of a script without spaces as it
 * stands. Undefined if `q` holds no word at all.
 */
export function searchExpression(q: string): string | undefined {
  const runs = folded(q).match(RUNS);
  return runs?.map((run) => `"${searchable(run)}"`).join(' ');
}
