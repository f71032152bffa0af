/** A text with one period at its end, whether it had one or not. Nothing else in it is altered: it may quote the client. */
export const toSentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);
