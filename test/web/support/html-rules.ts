import type { ConfigData } from 'html-validate';

/** What valid HTML of a page is. */
export const htmlRules: ConfigData = {
  root: true,
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': ['error', { style: 'lowercase' }],
    // As preact writes elements without content, which parsers read alike.
    'void-style': 'off',
    // The title of a page is that of what it shows, however long it is.
    'long-title': 'off',
    // Of files of the same origin.
    'require-sri': 'off',
  },
};
