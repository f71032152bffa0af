// Specimens: a small true history that many tests build on.
type Command = readonly [command: string, data: object];

export const state = (organization: string, name: string, more: object = {}): Command => [
  'register-organization',
  { organization, name, classification: 'state', ...more },
];
export const admitted = (member: string, effective: string, more: object = {}): Command => [
  'admit-member',
  { organization: 'csto', member, effective, ...more },
];
export const ended = (member: string, effective: string, more: object = {}): Command => [
  'end-membership',
  { organization: 'csto', member, effective, reason: 'withdrew', ...more },
];

export const TREATY: Command = [
  'register-source',
  {
    source: 'treaty',
    title: 'Collective Security Treaty',
    publisher: 'Secretariat',
    published: '1992-05-15',
    url: 'https://example.org/treaty',
    language: 'ru',
  },
];
export const CSTO: Command = [
  'register-organization',
  {
    organization: 'csto',
    name: 'Collective Security Treaty Organization',
    abbreviation: 'CSTO',
    names: { ru: 'Организация Договора о коллективной безопасности', fr: 'OTSC' },
    classification: 'intergovernmental',
    founded: '2002-10-07',
    purpose: 'Collective defence',
  },
];

export const csto: readonly Command[] = [
  TREATY,
  CSTO,
  state('armenia', 'Armenia', { names: { hy: 'Հայաստան', ru: 'Армения' }, country: 'AM' }),
  state('kazakhstan', 'Kazakhstan', { names: { ru: 'Казахстан' } }),
  state('uzbekistan', 'Uzbekistan'),
  state('azerbaijan', 'Azerbaijan'),
  admitted('armenia', '1992-05-15', { sources: [{ source: 'treaty', locator: 'p. 1' }] }),
  admitted('kazakhstan', '1992'),
  admitted('uzbekistan', '1992-05-15', { sources: [{ source: 'treaty' }] }),
  ended('uzbekistan', '1999-04-02', { reason: 'not-renewed' }),
  admitted('uzbekistan', '2006-08-16'),
];
