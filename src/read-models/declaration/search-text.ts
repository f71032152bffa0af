// How texts are compared and split into words for a search. Index and query use the same functions, so the tokenizer of
// SQLite only has to split at spaces. Texts are folded for the comparison only: what is stored and shown stays as sent.

const APOSTROPHE = "'";
/** Signs that are typed or printed as an apostrophe, letters (U+02BB) and decompositions of the acute accent among them. */
const APOSTROPHES =
  /[`\u00b4\u02b9\u02bb-\u02bf\u02c8\u055a\u05f3\u1ffd\u2018\u2019\u201b\u2032\u2035\ua78b\ua78c\uff07]| \u0301/gu;
/** Soft hyphens, zero-width characters, variation selectors and the like: nobody sees them. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/**
 * Vowel points and signs of recitation of Hebrew, Arabic and Syriac, which most texts leave out, and the lines that only
 * stretch a word. Hebrew and Syriac by script alone: by extension they have the two dots of ö as well.
 */
const POINTS = /(?=\p{M})[\p{scx=Arabic}\p{sc=Hebrew}\p{sc=Syriac}]|[\u0640\u07fa]/gu;
/** The dots below letters of India for sounds of other languages, which are typed or left out. */
const NUKTAS = /[\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\u{110ba}\u{11173}]/gu;
/** The letters that NFC composes with one. */
const LETTERS_WITH_NUKTA = /[\u0929\u0931\u0934]/gu;
const DOTTED_AND_DOTLESS_I = /[\u0130\u0131]/gu;

/** A longer run of combining marks is no text (UAX #15, section 13, allows 30 in the Stream-Safe Text Format). */
const LONG_MARKS = /\p{M}{31}/u;
const PIECES = /\P{M}+\p{M}{0,30}|\p{M}{1,30}/gu;

/**
 * NFKC in linear time. To order a run of combining marks takes time that grows with the square of its length, so a text
 * with long runs is normalized in pieces; no other text has another form for it.
 */
const normalize = (text: string): string =>
  LONG_MARKS.test(text)
    ? (text.match(PIECES) ?? []).map((piece) => piece.normalize('NFKC')).join('')
    : text.normalize('NFKC');

const removeNuktas = (text: string): string =>
  text.replaceAll(LETTERS_WITH_NUKTA, (letter) => letter.normalize('NFD')).replaceAll(NUKTAS, '');

/** By way of upper case, so that Straße is STRASSE, and of lower case before that, for the capital ẞ. A sigma is one letter at the end of a word and elsewhere. */
const foldCase = (text: string): string =>
  text.replaceAll(DOTTED_AND_DOTLESS_I, 'i').toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/**
 * A text such that two texts that readers take for the same are equal: NFKC case folding (Unicode, section 3.13), without
 * characters that cannot be seen and without vowel points and nuktas, İ and ı as i, ё as е, every apostrophe as `'`.
 */
export function foldText(text: string): string {
  const visible = text.replaceAll(APOSTROPHES, APOSTROPHE).replaceAll(INVISIBLE, '');
  const folded = normalize(foldCase(normalize(visible)));
  return removeNuktas(folded)
    .replaceAll(APOSTROPHES, APOSTROPHE)
    .replaceAll(INVISIBLE, '')
    .replaceAll(POINTS, '')
    .replaceAll('ё', 'е');
}

const LETTER = '[\\p{L}\\p{M}\\p{N}]';
/**
 * A letter of a script that puts no space between words: each is a word, and a run of them a phrase. By extension,
 * since the long vowel mark belongs to Hiragana and Katakana both. Marks that Latin has as well, such as the dot below,
 * are not counted: they would split a word.
 */
const SPACELESS = `(?=${LETTER})(?!\\p{scx=Latin})[${['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'].map((script) => `\\p{scx=${script}}`).join('')}]`;
const WORD = `(?:(?!${SPACELESS})${LETTER})+`;
const WORDS = new RegExp(`${SPACELESS}|${WORD}`, 'gu');
/** Words around an apostrophe are a phrase: so "homme" finds "l’homme", and "O'zbekiston" does not find all texts with "o". */
const RUNS = new RegExp(`(?:${SPACELESS})+|${WORD}(?:${APOSTROPHE}${WORD})*`, 'gu');

const splitIntoWords = (folded: string): string => (folded.match(WORDS) ?? []).join(' ');

/** The words of a text, folded and separated by spaces: the content of the index. */
export const toSearchableText = (text: string): string => splitIntoWords(foldText(text));

/**
 * The FTS5 expression for texts that hold every word of `q`, and every run of a script without spaces as it
 * stands. Undefined if `q` holds no word at all.
 */
export function toSearchExpression(q: string): string | undefined {
  const runs = foldText(q).match(RUNS);
  return runs?.map((run) => `"${splitIntoWords(run)}"`).join(' ');
}
