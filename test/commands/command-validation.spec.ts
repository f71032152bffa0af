import type { Json } from '../../src/json/json.js';
import { toCommandProblem } from '../../src/commands/command-problems.js';
import { InvalidCommand } from '../../src/eventsourcing/refusal.js';
import type { JsonObject } from '../../src/json/json.js';
import { changeSpecimen, validator, validateCommand } from '../support/command-validator.js';
import { specimens } from '../support/command-specimens.js';

type Changes = { readonly [field: string]: Json | undefined };
const validateOrganization = (changes: Changes) =>
  validateCommand('register-organization', changeSpecimen('register-organization', changes));
const validateSource = (changes: Changes) =>
  validateCommand('register-source', changeSpecimen('register-source', changes));
const validateAdmission = (changes: Changes) =>
  validateCommand('admit-member', changeSpecimen('admit-member', changes));

describe('a valid command', () => {
  it.each(Object.entries(specimens))('%s is accepted with all of its fields', (command, data) =>
    expect(validateCommand(command, data)).toMatchObject({ commands: [{ name: command, data }] }),
  );
  it('has one specimen for every command name', () =>
    expect(Object.keys(specimens).toSorted()).toEqual([...validator.commands.keys()].toSorted()));
  it('is accepted as it was sent, without conversion of its values', () => {
    const admitted = validateCommand('admit-member', changeSpecimen('admit-member', {}));
    expect(JSON.stringify(admitted)).toContain(JSON.stringify(changeSpecimen('admit-member', {})));
  });
  it('takes its stream from its fields', () => {
    const { sources: _, note: __, ...bare } = changeSpecimen('admit-member', { member: 'person:jane-doe' });
    expect(validateCommand('admit-member', bare)).toMatchObject({
      stream: 'membership-csto-cfm:person:jane-doe',
    });
    expect(
      validateCommand('register-organization', changeSpecimen('register-organization', {})),
    ).toMatchObject({
      stream: 'organization-csto-pa',
      pointers: [''],
    });
  });
  it('lists its references with their pointers', () => {
    expect(validateAdmission({ member: 'person:jane-doe' })).toMatchObject({
      references: [
        { pointer: '/onBehalfOf', value: 'kazakhstan', stream: 'organization-kazakhstan' },
        { pointer: '/organization', value: 'csto-cfm', stream: 'organization-csto-cfm' },
        { pointer: '/member', value: 'person:jane-doe', stream: 'person-jane-doe' },
        {
          pointer: '/sources/0/source',
          value: 'mfa-kz-2011-05-31',
          stream: 'source-mfa-kz-2011-05-31',
        },
      ],
    });
    expect(validateOrganization({ sources: undefined })).toMatchObject({
      references: [{ pointer: '/partOf', value: 'csto', stream: 'organization-csto' }],
    });
  });
});

describe('the code unknown-command', () => {
  it.each(['admit-members', 'AdmitMember', '', 'constructor', '__proto__', 'toString'])(
    'is reported for the name %p',
    (command) => expect(validateCommand(command, {})).toBe('unknown-command'),
  );
});

describe('the code missing-field', () => {
  it('is reported for every required field', () => {
    expect(validateCommand('register-organization', {})).toEqual([
      '/organization missing-field',
      '/name missing-field',
    ]);
    expect(validateCommand('dispute-fact', {})).toEqual(['/fact missing-field', '/claim missing-field']);
  });
  it('is reported inside nested objects', () => {
    expect(validateAdmission({ instrument: {} })).toEqual(['/instrument/title missing-field']);
    expect(validateAdmission({ sources: [{ source: 'a' }, { locator: 'p. 3' }] })).toEqual([
      '/sources/1/source missing-field',
    ]);
  });
});

describe('the code unknown-field', () => {
  const values: Json[] = ['', 'x', 0, true, null, [], [1], {}, { a: 1 }];
  it.each(values)('is reported whatever the field holds: %p', (value) =>
    expect(validateOrganization({ motto: value })).toEqual(['/motto unknown-field']),
  );
  it.each(['constructor', 'hasOwnProperty', 'isPrototypeOf', 'toString', 'valueOf', '__defineGetter__'])(
    'is reported for a property name of every object: %s',
    (name) => {
      expect(validateOrganization({ [name]: 'x' })).toEqual([`/${name} unknown-field`]);
      expect(validateAdmission({ instrument: { title: 'x', [name]: 'x' } })).toEqual([
        `/instrument/${name} unknown-field`,
      ]);
      expect(validateAdmission({ sources: [{ source: 'x', [name]: [] }] })).toEqual([
        `/sources/0/${name} unknown-field`,
      ]);
    },
  );
  it('is reported with the pointer escaped as in RFC 6901', () =>
    expect(validateOrganization({ 'a/b~c': 1, '': 1 })).toEqual([
      '/a~1b~0c unknown-field',
      '/ unknown-field',
    ]));
  it('is reported for a field of another command', () =>
    expect(validateAdmission({ reason: 'withdrew' })).toEqual(['/reason unknown-field']));
});

describe('the code invalid-value', () => {
  it('is reported if the data is not an object', () => {
    for (const data of [null, 'x', 1, true, [], [{}]])
      expect(validateCommand('admit-member', data)).toEqual([' invalid-value']);
  });
  it('is reported for a wrong type before any other error of the field', () => {
    for (const wrong of [1, true, [], {}, ['csto']])
      expect(
        validateAdmission({ organization: wrong, member: wrong, effective: wrong, note: wrong }),
      ).toEqual([
        '/organization invalid-value',
        '/member invalid-value',
        '/effective invalid-value',
        '/note invalid-value',
      ]);
    for (const wrong of [1, true, [], 'x', [{ title: 'x' }]])
      expect(validateAdmission({ instrument: wrong })).toEqual(['/instrument invalid-value']);
    for (const wrong of [1, true, {}, 'x', { source: 'x' }])
      expect(validateAdmission({ sources: wrong })).toEqual(['/sources invalid-value']);
  });
  it('is reported for null, which differs from an absent field', () => {
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
      expect(validateOrganization({ [field]: null })).toEqual([`/${field} invalid-value`]);
    expect(validateAdmission({ instrument: null })).toEqual(['/instrument invalid-value']);
    expect(validateAdmission({ instrument: { title: 'x', signed: null } })).toEqual([
      '/instrument/signed invalid-value',
    ]);
  });
  it('is reported for an empty text', () => {
    expect(validateOrganization({ name: '', purpose: '' })).toEqual([
      '/name invalid-value',
      '/purpose invalid-value',
    ]);
  });
  it('is reported for a value outside the enumeration', () => {
    expect(validateOrganization({ classification: 'empire' })).toEqual(['/classification invalid-value']);
    expect(validateOrganization({ classification: 'State' })).toEqual(['/classification invalid-value']);
    expect(validateCommand('end-membership', changeSpecimen('end-membership', { reason: 'left' }))).toEqual([
      '/reason invalid-value',
    ]);
    expect(
      validateCommand('suspend-participation', changeSpecimen('suspend-participation', { by: 'both' })),
    ).toEqual(['/by invalid-value']);
  });
  it('is reported for a country outside ISO 3166-1', () => {
    for (const country of ['ru', 'XX', 'RUS', ''])
      expect(validateOrganization({ country })).toEqual(['/country invalid-value']);
  });
  it('is reported for a language tag outside BCP 47, also as a key', () => {
    for (const language of ['', 'english language', 'e', 'en_GB'])
      expect(validateSource({ language })).toEqual(['/language invalid-value']);
    expect(validateOrganization({ names: { 'en GB': 'x' } })).toEqual(['/names invalid-value']);
    expect(validateOrganization({ names: { en: '' } })).toEqual(['/names invalid-value']);
    expect(validateOrganization({ names: { en: 1 } })).toEqual(['/names invalid-value']);
    expect(validateOrganization({ names: [] })).toEqual(['/names invalid-value']);
    expect(validateOrganization({ identifiers: { '': 'Q1' } })).toEqual(['/identifiers invalid-value']);
  });
  it('is reported for a text that is no web address', () => {
    for (const url of [
      'x',
      'ftp://a.example/',
      'javascript:alert(1)',
      'http://',
      '//a.example',
      'http:a.example',
      'https://a.example/b c',
      'https://a.example:99999/',
      'https://user:secret@a.example/',
      'https://user@a.example/',
      `https://a.example/${'x'.repeat(8_000)}`,
    ])
      expect(validateSource({ url })).toEqual(['/url invalid-value']);
  });
  it('is not reported for any web address', () => {
    for (const url of [
      'http://my_host.example/a',
      'https://a.example./x',
      'HTTPS://A.example',
      'http://localhost:8080/?q=a@b#c',
      'http://[2001:db8::1]/',
      'https://münchen.example/straße',
      `https://a.example/${'x'.repeat(2_100)}`,
    ])
      expect(validateSource({ url })).toHaveProperty('stream');
  });
  it('is reported for a text that is no SHA-256 digest', () => {
    for (const sha256 of ['', 'e3b0', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'])
      expect(validateSource({ sha256 })).toEqual(['/sha256 invalid-value']);
  });
  it('is reported for an empty list and for a list item that is no object', () => {
    expect(validateAdmission({ sources: [] })).toEqual(['/sources invalid-value']);
    expect(validateAdmission({ sources: ['un'] })).toEqual(['/sources/0 invalid-value']);
    expect(validateAdmission({ sources: [{ source: 'un' }, null] })).toEqual(['/sources/1 invalid-value']);
    expect(validateAdmission({ sources: [[]] })).toEqual(['/sources invalid-value']);
    expect(validateAdmission({ sources: Array.from({ length: 1_001 }, () => ({ source: 'un' })) })).toEqual([
      '/sources invalid-value',
    ]);
  });
});

describe('the code invalid-date', () => {
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
  ])('is reported for %p', (date) => {
    expect(validateAdmission({ effective: date })).toEqual(['/effective invalid-date']);
    expect(validateAdmission({ instrument: { title: 'x', signed: date, inForce: date } })).toEqual([
      '/instrument/signed invalid-date',
      '/instrument/inForce invalid-date',
    ]);
  });
  it.each(['1992', '2010-12', '2011-41', '[1993-09-09,1993-12-09]', '1992%', '../1992', '1992/', '[..1992]'])(
    'is not reported for %p',
    (date) => expect(validateAdmission({ effective: date })).toHaveProperty('stream'),
  );
});

describe('the code invalid-id', () => {
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
  it.each(wrong)('is reported for the id %p', (id) => {
    expect(validateOrganization({ organization: id, partOf: id })).toEqual([
      '/organization invalid-id',
      '/partOf invalid-id',
    ]);
    expect(validateAdmission({ member: id })).toEqual(['/member invalid-id']);
    expect(validateAdmission({ member: `person:${id}` })).toEqual(['/member invalid-id']);
    expect(validateAdmission({ sources: [{ source: id }] })).toEqual(['/sources/0/source invalid-id']);
  });
  it.each(['a', '1', 'a'.repeat(100), 'un-ga', 'a.b', 'a--b'])('is not reported for the id %p', (id) => {
    expect(validateOrganization({ organization: id, partOf: id })).toHaveProperty(
      'stream',
      `organization-${id}`,
    );
    expect(validateAdmission({ member: `person:${id}` })).toHaveProperty(
      'stream',
      `membership-csto-cfm:person:${id}`,
    );
  });
  it('is reported for a person where only an organization is allowed', () =>
    expect(validateAdmission({ organization: 'person:jane-doe' })).toEqual(['/organization invalid-id']));
  it.each([
    '',
    'csto',
    'organization-csto',
    'organization-csto@',
    'organization-csto@-1',
    'organization-csto@01',
    '@0',
  ])('is reported for a text that does not refer to a fact: %p', (fact) =>
    expect(validateCommand('retract-fact', { fact, reason: 'r' })).toEqual(['/fact invalid-id']),
  );
});

describe('the code invalid-text', () => {
  it.each([
    ' ',
    '\t\n',
    '\u00a0\u2003',
    '\u200b',
    '\ufeff',
    '\u00ad\u2060',
    '\u202e\u2066 \u2069',
    '\u0301',
    '\u2800',
    '\u{13441}\u{13442}',
    '\u{1D159}',
    '\u3164\uffa0',
    '\u{e0041}',
    '\ufe0f\u200d',
  ])('is reported for a text of which nothing can be seen: %j', (text) => {
    expect(validateOrganization({ name: text, purpose: text })).toEqual([
      '/name invalid-text',
      '/purpose invalid-text',
    ]);
    expect(validateOrganization({ names: { en: text } })).toContain('/names/en invalid-text');
    expect(validateOrganization({ organization: text })).toEqual(['/organization invalid-text']);
  });
  it.each(['a\u200b', '\u202bשלום\u202c', 'e\u0301', '👩\u200d🚀', '.', '\u2014', 'क्‍ष'])(
    'is not reported for a text that has something to see: %j',
    (name) => expect(validateOrganization({ name })).toHaveProperty('stream'),
  );
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
  it.each(unfit)('is reported for %j in any field', (character) => {
    const text = `a${character}b`;
    expect(validateOrganization({ name: text })).toEqual(['/name invalid-text']);
    expect(validateOrganization({ names: { en: text } })).toEqual(['/names/en invalid-text']);
    expect(validateAdmission({ instrument: { title: text } })).toEqual(['/instrument/title invalid-text']);
    expect(validateAdmission({ sources: [{ source: 'a', locator: text }] })).toEqual([
      '/sources/0/locator invalid-text',
    ]);
    expect(validateAdmission({ effective: text })).toEqual(['/effective invalid-text']);
  });
  it('is reported for a field name or a key', () => {
    expect(validateOrganization({ 'a\u0085': 1 })).toEqual(['/a\u0085 invalid-text']);
    expect(validateOrganization({ identifiers: { 'a\u0000': 'Q1' } })).toEqual([
      '/identifiers/a\u0000 invalid-text',
    ]);
  });
  it.each(['a\tb', 'a\nb', 'a\r\nb', '\u00a0x', 'e\u0301', '😀', '\ufeffx', 'a\u200db', '\u2028x'])(
    'is not reported for %j, which is kept as it was sent',
    (name) => expect(validateOrganization({ name })).toMatchObject({ commands: [{ data: { name } }] }),
  );
});

describe('the code invalid-number', () => {
  it.each([1.5, -0.1, 1e308, 2 ** 53, -(2 ** 53)])('is reported for %p in any field', (number) => {
    expect(validateOrganization({ name: number })).toEqual(['/name invalid-number']);
    expect(validateOrganization({ motto: [[number]] })).toEqual([
      '/motto/0/0 invalid-number',
      '/motto unknown-field',
    ]);
  });
  it('is not reported for an integer up to 2^53-1, which has the wrong type here', () =>
    expect(validateOrganization({ name: 2 ** 53 - 1 })).toEqual(['/name invalid-value']));
});

describe('the list of several errors', () => {
  it('starts with texts and numbers, then has unknown fields, then the fields in declared order', () =>
    expect(
      validateCommand('admit-member', {
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
      '/organization missing-field',
      '/member invalid-id',
      '/instrument/signed invalid-date',
      '/instrument/url invalid-value',
      '/sources/0/source invalid-id',
    ]));
  it('has one error for each field', () => {
    const errors = validateCommand('admit-member', {
      effective: '\u0000',
      member: 1.5,
      x: '\u0000',
    }) as string[];
    const pointers = errors.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(pointers).toEqual([...new Set(pointers)]);
  });
});

describe('the sentence about a field', () => {
  const explain = (command: string, data: object): string[] => {
    const result = validator.validate({ command, data: data as JsonObject }, {});
    if (!(result instanceof InvalidCommand)) throw new Error('nothing is wrong with it');
    return result.errors.map(({ detail }) => detail);
  };

  it('begins with the field, and loses no word of its own', () => {
    const dispute = changeSpecimen('dispute-fact', { fact: 'x' });
    expect(explain('dispute-fact', dispute)).toEqual([
      '"fact" must name a fact by its event id or as <stream>@<revision>, such as "membership-csto:armenia@0"',
    ]);
    const statement = changeSpecimen('record-statement', { text: '' });
    expect(explain('record-statement', statement)).toEqual([
      '"text" must be a text that is not blank, of at most 65536 characters',
    ]);
  });

  it.each(['19XX', '[2011..2010]', '[1667,1668,1670..1672,1673..1675]', '..', '2011..2012'])(
    'quotes a date as it was sent: %s',
    (published) => {
      const data = changeSpecimen('register-source', { published });
      const outcome = validator.validate({ command: 'register-source', data }, {});
      if (!(outcome instanceof InvalidCommand)) throw new Error('nothing is wrong with it');
      const { detail } = toCommandProblem(outcome);
      expect(detail).toContain(`"${published}"`);
      expect(detail).toBe(`/published: ${outcome.errors[0].detail.replace(/\.$/, '')}.`);
    },
  );
});
