const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** The name of a country by its code (ISO 3166-1 alpha-2); the text itself if it is none. */
export const formatCountry = (code: string): string =>
  /^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? code) : code;
