/** Violations that are being removed at this moment: how the sentence of a rule begins. The list only shrinks, and ends empty. */
export const NOT_YET: { readonly [rule: string]: readonly string[] } = {
  'every export has a user outside its file': [
    'src/dates/timeline.ts',
    'src/read-models/reading/version-history.ts',
  ],
};
