import type { Json } from '../../src/eventsourcing/message.js';
import { but, door, heard } from '../support/command-validator.js';
import { specimens } from '../support/command-specimens.js';

type Changes = { readonly [field: string]: Json | undefined };
const organization = (changes: Changes) =>
  heard('register-organization', but('register-organization', changes));
const source = (changes: Changes) => heard('register-source', but('register-source', changes));
const joining = (changes: Changes) => heard('admit-member', but('admit-member', changes));

describe('a command that is right', () => {
  it.each(Object.entries(specimens))('%s is admitted with all of its fields', (command, data) =>
    expect(heard(command, data)).toMatchObject({ commands: [{ name: command, data }] }),
  );
  it('has one specimen for every command there is', () =>
    expect(Object.keys(specimens).toSorted()).toEqual([...door.commands.keys()].toSorted()));
  it('is admitted as it was sent, not as a copy with other types', () => {
    const admitted = heard('admit-member', but('admit-member', {}));
    expect(JSON.stringify(admitted)).toContain(JSON.stringify(but('admit-member', {})));
  });
  it('belongs to the stream that its fields name', () => {
    const { sources: _, note: __, ...bare } = but('admit-member', { member: 'person:jane-doe' });
    expect(heard('admit-member', bare)).toMatchObject({ stream: 'membership-csto:person:jane-doe' });
    expect(heard('register-organization', but('register-organization', {}))).toMatchObject({
      stream: 'organization-csto',
      pointers: [''],
    });
  });
  it('says what it refers to, and where', () => {
    expect(joining({ member: 'person:jane-doe' })).toMatchObject({
      references: [
        { pointer: '/organization', value: 'csto', stream: 'organization-csto' },
        { pointer: '/member', value: 'person:jane-doe', stream: 'person-jane-doe' },
        {
          pointer: '/sources/0/source',
          value: 'un-treaty-series-1894',
          stream: 'source-un-treaty-series-1894',
        },
      ],
    });
    expect(organization({ sources: undefined })).toMatchObject({
      references: [{ pointer: '/partOf', value: 'cis', stream: 'organization-cis' }],
    });
  });
});

describe('unknown-command', () => {
  it.each(['admit-members', 'AdmitMember', '', 'constructor', '__proto__', 'toString'])('%p', (command) =>
    expect(heard(command, {})).toBe('unknown-command'),
  );
});

describe('missing-field', () => {
  it('is every one that is not optional', () => {
    expect(heard('register-organization', {})).toEqual([
      '/organization missing-field',
      '/name missing-field',
      '/classification missing-field',
    ]);
    expect(heard('dispute-fact', {})).toEqual(['/fact missing-field', '/claim missing-field']);
  });
  it('also inside another field', () => {
    expect(joining({ instrument: {} })).toEqual(['/instrument/title missing-field']);
    expect(joining({ sources: [{ source: 'a' }, { locator: 'p. 3' }] })).toEqual([
      '/sources/1/source missing-field',
    ]);
  });
});

describe('unknown-field', () => {
  const values: Json[] = ['', 'x', 0, true, null, [], [1], {}, { a: 1 }];
  it.each(values)('whatever it holds: %p', (value) =>
    expect(organization({ motto: value })).toEqual(['/motto unknown-field']),
  );
  it.each(['constructor', 'hasOwnProperty', 'isPrototypeOf', 'toString', 'valueOf', '__defineGetter__'])(
    'also if every object has it: %s',
    (name) => {
      expect(organization({ [name]: 'x' })).toEqual([`/${name} unknown-field`]);
      expect(joining({ instrument: { title: 'x', [name]: 'x' } })).toEqual([
        `/instrument/${name} unknown-field`,
      ]);
      expect(joining({ sources: [{ source: 'x', [name]: [] }] })).toEqual([
        `/sources/0/${name} unknown-field`,
      ]);
    },
  );
  it('is pointed to as RFC 6901 writes it', () =>
    expect(organization({ 'a/b~c': 1, '': 1 })).toEqual(['/a~1b~0c unknown-field', '/ unknown-field']));
  it('may be a field of another command', () =>
    expect(joining({ reason: 'withdrew' })).toEqual(['/reason unknown-field']));
});

describe('invalid-value', () => {
  it('is anything that is no object instead of the fields', () => {
    for (const data of [null, 'x', 1, true, [], [{}]])
      expect(heard('admit-member', data)).toEqual([' invalid-value']);
  });
  it('is the wrong type, whatever else the field may be wrong for', () => {
    for (const wrong of [1, true, [], {}, ['csto']])
      expect(joining({ organization: wrong, member: wrong, effective: wrong, note: wrong })).toEqual([
        '/organization invalid-value',
        '/member invalid-value',
        '/effective invalid-value',
        '/note invalid-value',
      ]);
    for (const wrong of [1, true, [], 'x', [{ title: 'x' }]])
      expect(joining({ instrument: wrong })).toEqual(['/instrument invalid-value']);
    for (const wrong of [1, true, {}, 'x', { source: 'x' }])
      expect(joining({ sources: wrong })).toEqual(['/sources invalid-value']);
  });
  it('is null, which is not the same as leaving a field out', () => {
    for (const field of [
      'abbreviation',
      'names',
      'partOf',
      'founded',
      'country',
      'identifiers',
      'sources',
      'name',
    ])
      expect(organization({ [field]: null })).toEqual([`/${field} invalid-value`]);
    expect(joining({ instrument: null })).toEqual(['/instrument invalid-value']);
    expect(joining({ instrument: { title: 'x', signed: null } })).toEqual([
      '/instrument/signed invalid-value',
    ]);
  });
  it('is a text that says nothing', () => {
    for (const blank of ['', ' ', '\t\n', '\u00a0\u2003'])
      expect(organization({ name: blank, purpose: blank })).toEqual([
        '/name invalid-value',
        '/purpose invalid-value',
      ]);
  });
  it('is a word that is not on the list', () => {
    expect(organization({ classification: 'empire' })).toEqual(['/classification invalid-value']);
    expect(organization({ classification: 'State' })).toEqual(['/classification invalid-value']);
    expect(heard('end-membership', but('end-membership', { reason: 'left' }))).toEqual([
      '/reason invalid-value',
    ]);
    expect(heard('suspend-participation', but('suspend-participation', { by: 'both' }))).toEqual([
      '/by invalid-value',
    ]);
  });
  it('is no country of ISO 3166-1', () => {
    for (const country of ['ru', 'XX', 'RUS', ''])
      expect(organization({ country })).toEqual(['/country invalid-value']);
  });
  it('is no language tag of BCP 47, also as a key', () => {
    for (const language of ['', 'english language', 'e', 'en_GB'])
      expect(source({ language })).toEqual(['/language invalid-value']);
    expect(organization({ names: { 'en GB': 'x' } })).toEqual(['/names invalid-value']);
    expect(organization({ names: { en: '' } })).toEqual(['/names invalid-value']);
    expect(organization({ names: { en: 1 } })).toEqual(['/names invalid-value']);
    expect(organization({ names: [] })).toEqual(['/names invalid-value']);
    expect(organization({ identifiers: { '': 'Q1' } })).toEqual(['/identifiers invalid-value']);
  });
  it('is no address on the web', () => {
    for (const url of [
      'x',
      'ftp://a.example/',
      'javascript:alert(1)',
      'http://',
      '//a.example',
      'http:a.example',
    ])
      expect(source({ url })).toEqual(['/url invalid-value']);
  });
  it('is no SHA-256', () => {
    for (const sha256 of ['', 'e3b0', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'])
      expect(source({ sha256 })).toEqual(['/sha256 invalid-value']);
  });
  it('is an empty list, or a member of one that is no object', () => {
    expect(joining({ sources: [] })).toEqual(['/sources invalid-value']);
    expect(joining({ sources: ['un'] })).toEqual(['/sources/0 invalid-value']);
    expect(joining({ sources: [{ source: 'un' }, null] })).toEqual(['/sources/1 invalid-value']);
    expect(joining({ sources: [[]] })).toEqual(['/sources invalid-value']);
    expect(joining({ sources: Array.from({ length: 1_001 }, () => ({ source: 'un' })) })).toEqual([
      '/sources invalid-value',
    ]);
  });
});

describe('invalid-date', () => {
  it.each([
    '',
    '1992-13',
    '1992-02-30',
    '31.05.2011',
    '1999/1992',
    '[1999..1992]',
    '2011-42',
    'soon',
    '1992 ',
  ])('%p', (date) => {
    expect(joining({ effective: date })).toEqual(['/effective invalid-date']);
    expect(joining({ instrument: { title: 'x', signed: date, inForce: date } })).toEqual([
      '/instrument/signed invalid-date',
      '/instrument/inForce invalid-date',
    ]);
  });
  it.each(['1992', '2010-12', '2011-41', '[1993-09-09,1993-12-09]', '1992%', '../1992', '1992/', '[..1992]'])(
    'not %p',
    (date) => expect(joining({ effective: date })).toHaveProperty('stream'),
  );
});

describe('invalid-id', () => {
  const wrong = [
    '',
    'CSTO',
    '-csto',
    'csto-',
    '.csto',
    'cs to',
    'cs:to',
    'cs/to',
    'csto\n',
    'ц',
    'a'.repeat(101),
  ];
  it.each(wrong)('%p', (id) => {
    expect(organization({ organization: id, partOf: id })).toEqual([
      '/organization invalid-id',
      '/partOf invalid-id',
    ]);
    expect(joining({ member: id })).toEqual(['/member invalid-id']);
    expect(joining({ member: `person:${id}` })).toEqual(['/member invalid-id']);
    expect(joining({ sources: [{ source: id }] })).toEqual(['/sources/0/source invalid-id']);
  });
  it.each(['a', '1', 'a'.repeat(100), 'un-ga', 'a.b', 'a--b'])('not %p', (id) => {
    expect(organization({ organization: id, partOf: id })).toHaveProperty('stream', `organization-${id}`);
    expect(joining({ member: `person:${id}` })).toHaveProperty('stream', `membership-csto:person:${id}`);
  });
  it('is a person where only an organization can stand', () =>
    expect(joining({ organization: 'person:jane-doe' })).toEqual(['/organization invalid-id']));
  it.each([
    '',
    'csto',
    'organization-csto',
    'organization-csto@',
    'organization-csto@-1',
    'organization-csto@01',
    '@0',
  ])('is what names no fact: %p', (fact) =>
    expect(heard('retract-fact', { fact, reason: 'r' })).toEqual(['/fact invalid-id']),
  );
});

describe('invalid-text', () => {
  const unfit = [
    '\u0000',
    '\u0007',
    '\u000b',
    '\u000c',
    '\u001f',
    '\u007f',
    '\u0080',
    '\u0085',
    '\u009f',
    '\ud800',
    '\udc00',
  ];
  it.each(unfit)('%j anywhere', (character) => {
    const text = `a${character}b`;
    expect(organization({ name: text })).toEqual(['/name invalid-text']);
    expect(organization({ names: { en: text } })).toEqual(['/names/en invalid-text']);
    expect(joining({ instrument: { title: text } })).toEqual(['/instrument/title invalid-text']);
    expect(joining({ sources: [{ source: 'a', locator: text }] })).toEqual([
      '/sources/0/locator invalid-text',
    ]);
    expect(joining({ effective: text })).toEqual(['/effective invalid-text']);
  });
  it('also in the name of a field, or of a member', () => {
    expect(organization({ 'a\u0085': 1 })).toEqual(['/a\u0085 invalid-text']);
    expect(organization({ identifiers: { 'a\u0000': 'Q1' } })).toEqual(['/identifiers/a\u0000 invalid-text']);
  });
  it.each(['a\tb', 'a\nb', 'a\r\nb', '\u00a0x', 'e\u0301', '😀', '\ufeffx', 'a\u200db', '\u2028x'])(
    'not %j, which is kept as it was sent',
    (name) => expect(organization({ name })).toMatchObject({ commands: [{ data: { name } }] }),
  );
});

describe('invalid-number', () => {
  it.each([1.5, -0.1, 1e308, 2 ** 53, -(2 ** 53)])('%p anywhere', (number) => {
    expect(organization({ name: number })).toEqual(['/name invalid-number']);
    expect(organization({ motto: [[number]] })).toEqual([
      '/motto/0/0 invalid-number',
      '/motto unknown-field',
    ]);
  });
  it('not an integer within 2^53-1, which is the wrong type here', () =>
    expect(organization({ name: 2 ** 53 - 1 })).toEqual(['/name invalid-value']));
});

describe('of several errors', () => {
  it('texts and numbers come first, then unknown fields, then the fields as they are declared', () =>
    expect(
      heard('admit-member', {
        sources: [{ source: 'A', page: 3 }],
        instrument: { title: 'x', url: 'x', signed: 'x' },
        since: '1992',
        member: 'X',
        note: '\u0000',
        effective: 2.5,
      }),
    ).toEqual([
      '/note invalid-text',
      '/effective invalid-number',
      '/sources/0/page unknown-field',
      '/since unknown-field',
      '/instrument/signed invalid-date',
      '/instrument/url invalid-value',
      '/organization missing-field',
      '/member invalid-id',
      '/sources/0/source invalid-id',
    ]));
  it('each field has one', () => {
    const said = heard('admit-member', { effective: '\u0000', member: 1.5, x: '\u0000' }) as string[];
    const pointers = said.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(pointers).toEqual([...new Set(pointers)]);
  });
});
