// The patterns of texts in commands, for validation and for the JSON Schemas, where they are read with the flag u.

/** The control characters that no text may have: all but tab, line feed and carriage return. */
export const CONTROL_CHARACTERS = String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f`;

/** A text that is not blank. */
export const TEXT_PATTERN = String.raw`^(?=[\s\S]*\S)[^${CONTROL_CHARACTERS}]*$`;

/** The form of a BCP 47 language tag; that its subtags are in a valid order is more than a pattern can say. */
export const LANGUAGE_TAG_PATTERN = '^(?:[A-Za-z]{2,3}|[A-Za-z]{5,8})(?:-[A-Za-z0-9]{1,8})*$';

/** An http or https address. */
export const WEB_ADDRESS_PATTERN = String.raw`^[hH][tT][tT][pP][sS]?://[^\s${CONTROL_CHARACTERS}]+$`;
