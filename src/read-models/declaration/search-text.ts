// How full-text search splits text into words. Index and query use the same function, so the tokenizer of SQLite only
// has to split at spaces.

const LETTER = '[\\p{L}\\p{M}\\p{N}]';
/**
 * A letter of a script that puts no space between words: each is a word, and a run of them a phrase. By extension,
 * since the long vowel mark belongs to Hiragana and Katakana both.
 */
const SPACELESS = `(?=${LETTER})[${['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'].map((script) => `\\p{scx=${script}}`).join('')}]`;
const WORDS = new RegExp(`${SPACELESS}|(?:(?!${SPACELESS})${LETTER})+`, 'gu');
const RUNS = new RegExp(`(?:${SPACELESS})+|(?:(?!${SPACELESS})${LETTER})+`, 'gu');

// By way of upper case, so that Straße is STRASSE.
const foldCase = (text: string) => text.toUpperCase().toLowerCase().normalize('NFC');

/** The words of a text in NFC and case-folded, separated by spaces: the content of the index. */
export const toSearchableText = (text: string): string => (foldCase(text).match(WORDS) ?? []).join(' ');

/**
 * The FTS5 expression for texts that hold every word of `q`, and every run of a script without spaces as it
 * stands. Undefined if `q` holds no word at all.
 */
export function toSearchExpression(q: string): string | undefined {
  const runs = foldCase(q).match(RUNS);
  return runs?.map((run) => `"${toSearchableText(run)}"`).join(' ');
}
