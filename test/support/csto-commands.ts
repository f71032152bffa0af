// Specimens: a short real history that many tests build on.
type Command = readonly [command: string, data: object];

export const registerState = (organization: string, name: string, more: object = {}): Command => [
  'register-organization',
  { organization, name, classification: 'state', ...more },
];
export const admitMember = (member: string, effective: string, more: object = {}): Command => [
  'admit-member',
  { organization: 'csto', member, effective, ...more },
];
export const endMembership = (member: string, effective: string, more: object = {}): Command => [
  'end-membership',
  { organization: 'csto', member, effective, reason: 'withdrew', ...more },
];

export const REGISTER_TREATY: Command = [
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
export const REGISTER_CSTO: Command = [
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

export const cstoCommands: readonly Command[] = [
  REGISTER_TREATY,
  REGISTER_CSTO,
  registerState('armenia', 'Armenia', { names: { hy: 'Հայաստան', ru: 'Армения' }, country: 'AM' }),
  registerState('kazakhstan', 'Kazakhstan', { names: { ru: 'Казахстан' } }),
  registerState('uzbekistan', 'Uzbekistan'),
  registerState('azerbaijan', 'Azerbaijan'),
  admitMember('armenia', '1992-05-15', { sources: [{ source: 'treaty', locator: 'p. 1' }] }),
  admitMember('kazakhstan', '1992'),
  admitMember('uzbekistan', '1992-05-15', { sources: [{ source: 'treaty' }] }),
  endMembership('uzbekistan', '1999-04-02', { reason: 'not-renewed' }),
  admitMember('uzbekistan', '2006-08-16'),
];
