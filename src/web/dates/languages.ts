// What is said about dates in each language of the interface. Days, months and lists are those of Intl.

/** A language that dates are written in. */
export type InterfaceLanguage = 'en' | 'ru' | 'fr';

/** A date within a sentence: its text, and whether it is a day, which some languages give another preposition. */
export type DatePhrase = { readonly text: string; readonly isDay: boolean };

type Phrase = (date: DatePhrase) => string;
export type DateLanguage = {
  /** The locale for Intl. */
  readonly locale: string;
  readonly seasons: readonly [spring: string, summer: string, autumn: string, winter: string];
  readonly hemispheres: readonly [north: string, south: string];
  readonly inYear: (part: string, year: string) => string;
  readonly quarters: readonly string[];
  readonly thirds: readonly string[];
  readonly halves: readonly string[];
  readonly approximate: (text: string) => string;
  readonly uncertain: (text: string) => string;
  readonly approximateAndUncertain: (text: string) => string;
  readonly onOrBefore: Phrase;
  readonly onOrAfter: Phrase;
  readonly between: (from: DatePhrase, to: DatePhrase) => string;
  readonly fromStillGoingOn: Phrase;
  readonly fromWithUnknownEnd: Phrase;
  readonly untilWithOpenStart: Phrase;
  readonly untilWithUnknownStart: Phrase;
};

const english: DateLanguage = {
  locale: 'en-GB',
  seasons: ['spring', 'summer', 'autumn', 'winter'],
  hemispheres: ['northern hemisphere', 'southern hemisphere'],
  inYear: (part, year) => (part.includes(' ') ? `${part} of ${year}` : `${part} ${year}`),
  quarters: ['first quarter', 'second quarter', 'third quarter', 'fourth quarter'],
  thirds: ['first third', 'second third', 'last third'],
  halves: ['first half', 'second half'],
  approximate: (text) => `about ${text}`,
  uncertain: (text) => `${text} (uncertain)`,
  approximateAndUncertain: (text) => `about ${text} (uncertain)`,
  onOrBefore: ({ text, isDay }) => `${isDay ? 'on' : 'in'} or before ${text}`,
  onOrAfter: ({ text, isDay }) => `${isDay ? 'on' : 'in'} or after ${text}`,
  between: (from, to) => `some time from ${from.text} to ${to.text}`,
  fromStillGoingOn: ({ text }) => `from ${text}, still going on`,
  fromWithUnknownEnd: ({ text }) => `from ${text}, end not known`,
  untilWithOpenStart: ({ text }) => `until ${text}, without a beginning`,
  untilWithUnknownStart: ({ text }) => `until ${text}, beginning not known`,
};

// Colons and parentheses keep each date in its basic form, so that no case has to be formed.
const russian: DateLanguage = {
  locale: 'ru',
  seasons: ['весна', 'лето', 'осень', 'зима'],
  hemispheres: ['Северное полушарие', 'Южное полушарие'],
  inYear: (part, year) => `${part} ${year} года`,
  quarters: ['первый квартал', 'второй квартал', 'третий квартал', 'четвёртый квартал'],
  thirds: ['первая треть', 'вторая треть', 'последняя треть'],
  halves: ['первое полугодие', 'второе полугодие'],
  approximate: (text) => `${text} (приблизительно)`,
  uncertain: (text) => `${text} (предположительно)`,
  approximateAndUncertain: (text) => `${text} (приблизительно, предположительно)`,
  onOrBefore: ({ text }) => `не позднее: ${text}`,
  onOrAfter: ({ text }) => `не ранее: ${text}`,
  between: (from, to) => `в какой-то момент: ${from.text} – ${to.text}`,
  fromStillGoingOn: ({ text }) => `начало: ${text}, продолжается`,
  fromWithUnknownEnd: ({ text }) => `начало: ${text}, конец неизвестен`,
  untilWithOpenStart: ({ text }) => `конец: ${text}, без начала`,
  untilWithUnknownStart: ({ text }) => `конец: ${text}, начало неизвестно`,
};

const withArticle = ({ text, isDay }: DatePhrase): string => (isDay ? `le ${text}` : text);

const french: DateLanguage = {
  locale: 'fr',
  seasons: ['printemps', 'été', 'automne', 'hiver'],
  hemispheres: ['hémisphère nord', 'hémisphère sud'],
  inYear: (part, year) => (part.includes(' ') ? `${part} de ${year}` : `${part} ${year}`),
  quarters: ['premier trimestre', 'deuxième trimestre', 'troisième trimestre', 'quatrième trimestre'],
  thirds: ['premier quadrimestre', 'deuxième quadrimestre', 'dernier quadrimestre'],
  halves: ['premier semestre', 'second semestre'],
  approximate: (text) => `vers ${text}`,
  uncertain: (text) => `${text} (incertain)`,
  approximateAndUncertain: (text) => `vers ${text} (incertain)`,
  onOrBefore: ({ text, isDay }) => `au plus tard ${isDay ? 'le' : 'en'} ${text}`,
  onOrAfter: ({ text, isDay }) => `au plus tôt ${isDay ? 'le' : 'en'} ${text}`,
  between: (from, to) => `entre ${withArticle(from)} et ${withArticle(to)}`,
  fromStillGoingOn: (date) => `depuis ${withArticle(date)}, toujours en cours`,
  fromWithUnknownEnd: ({ text }) => `début : ${text}, fin inconnue`,
  untilWithOpenStart: ({ text }) => `fin : ${text}, sans début`,
  untilWithUnknownStart: ({ text }) => `fin : ${text}, début inconnu`,
};

export const dateLanguages: Readonly<Record<InterfaceLanguage, DateLanguage>> = {
  en: english,
  ru: russian,
  fr: french,
};
