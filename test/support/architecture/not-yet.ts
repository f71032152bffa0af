/** Violations that are being removed at this moment: how the sentence of a rule begins. The list only shrinks, and ends empty. */
export const NOT_YET: { readonly [rule: string]: readonly string[] } = {
  'every export has a user outside its file': [
    'src/api/',
    'src/commands/',
    'src/dates/',
    'src/domain/',
    'src/eventsourcing/',
    'src/http/',
    'src/node/',
    'src/problems/',
    'src/read-models/',
    'test/auth/',
    'test/ledger/',
    'test/support/',
  ],
  'one helper forces files to the disk': ['src/audit/'],
  'one function recognizes objects': ['src/api/'],
  'one reader reads times': ['src/api/', 'src/ledger/kurrentdb/'],
  'no identifier is a bare preposition': ['src/commands/', 'src/dates/', 'src/domain/', 'src/eventsourcing/'],
};
