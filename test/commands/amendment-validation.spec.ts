import type { Json } from '../../src/json/json.js';
import { changeSpecimen, validateCommand, validateGroup } from '../support/command-validator.js';

const FACT = 'membership-csto:uzbekistan@0';
const CORRECTION = 'membership-csto:uzbekistan@1';
const DISPUTE = 'membership-csto:uzbekistan@2';
const RETRACTION = 'membership-csto:uzbekistan@3';
const joining = { organization: 'csto', member: 'uzbekistan', effective: '1993' };
const correct = (fact: Json, replacement: Json, more = {}) =>
  validateCommand('correct-fact', { fact, with: replacement, reason: 'r', ...more });

describe('an amendment at the door', () => {
  it('belongs to the stream of the fact that it names', () => {
    expect(validateCommand('dispute-fact', { fact: FACT, claim: 'c' })).toMatchObject({
      aggregate: { category: 'membership' },
      stream: 'membership-csto:uzbekistan',
      references: [],
    });
    expect(
      validateCommand('retract-fact', { fact: '8d2f0d5a-0000-4000-8000-00000000000a', reason: 'r' }),
    ).toMatchObject({ aggregate: { category: 'source' }, stream: 'source-charter' });
  });
  it('of a fact that the book does not have is an unknown-reference', () => {
    for (const fact of [
      'membership-csto:uzbekistan@9',
      'meeting-x@0',
      '8d2f0d5a-0000-4000-8000-00000000000b',
    ]) {
      expect(validateCommand('dispute-fact', { fact, claim: 'c' })).toEqual(['/fact unknown-reference']);
      expect(validateCommand('retract-fact', { fact, reason: 'r' })).toEqual(['/fact unknown-reference']);
      expect(correct(fact, joining)).toEqual(['/fact unknown-reference']);
    }
    expect(
      validateGroup({ command: 'dispute-fact', data: { fact: 'organization-x@0', claim: 'c' } }),
    ).toEqual(['/0/data/fact unknown-reference']);
  });
  it('tells of malformed fields before it', () =>
    expect(validateCommand('retract-fact', { fact: 'organization-x@0' })).toEqual([
      '/reason missing-field',
      '/fact unknown-reference',
    ]));
  it('cites its own sources', () =>
    expect(validateCommand('dispute-fact', changeSpecimen('dispute-fact', {}))).toMatchObject({
      references: [{ pointer: '/sources/0/source', stream: 'source-un-treaty-series-1894' }],
    }));
});

describe('a correction at the door', () => {
  it('refers to what it was checked against, and to what its replacement refers to', () =>
    expect(
      correct(FACT, { ...joining, sources: [{ source: 'charter' }] }, { checkedAgainst: 'minutes' }),
    ).toMatchObject({
      references: [
        { pointer: '/checkedAgainst', stream: 'source-minutes' },
        { pointer: '/with/organization', stream: 'organization-csto' },
        { pointer: '/with/member', stream: 'organization-uzbekistan' },
        { pointer: '/with/sources/0/source', stream: 'source-charter' },
      ],
    }));
  it('has a replacement that is validated like the command that recorded the fact', () => {
    expect(correct(FACT, {})).toEqual([
      '/with/organization missing-field',
      '/with/member missing-field',
      '/with/effective missing-field',
    ]);
    expect(correct(FACT, { ...joining, effective: 'x', reason: 'y', sources: [{ source: 'Z' }] })).toEqual([
      '/with/reason unknown-field',
      '/with/effective invalid-date',
      '/with/sources/0/source invalid-id',
    ]);
    expect(correct(FACT, { ...joining, note: '\u0085', instrument: { title: 1.5 } })).toEqual([
      '/with/note invalid-text',
      '/with/instrument/title invalid-number',
    ]);
  });
  it('has a replacement at all, and an object', () => {
    expect(validateCommand('correct-fact', { fact: FACT, reason: 'r' })).toEqual(['/with missing-field']);
    for (const wrong of [null, 'x', 1, [], [joining]])
      expect(correct(FACT, wrong)).toEqual(['/with invalid-value']);
  });
  it('tells all that is wrong at once, with itself and with its replacement', () =>
    expect(
      validateCommand('correct-fact', { fact: FACT, with: { ...joining, effective: 'x' }, reason: '' }),
    ).toEqual(['/reason invalid-value', '/with/effective invalid-date']));
  it('in a group points into its own data', () =>
    expect(validateGroup({ command: 'correct-fact', data: { fact: FACT, with: {}, reason: 'r' } })).toContain(
      '/0/data/with/member missing-field',
    ));
});

describe('a correction of an amendment at the door', () => {
  it('is validated all the way down to the words of the fact', () => {
    const replacement = { fact: FACT, with: joining, reason: 'r' };
    expect(correct(CORRECTION, replacement)).toHaveProperty('stream', 'membership-csto:uzbekistan');
    expect(correct(CORRECTION, { ...replacement, with: { ...joining, effective: 'x', y: 1 } })).toEqual([
      '/with/with/y unknown-field',
      '/with/with/effective invalid-date',
    ]);
    expect(
      correct(CORRECTION, { fact: CORRECTION, with: { ...replacement, with: {} }, reason: 'r' }),
    ).toContain('/with/with/with/member missing-field');
  });
  it('refers to what the innermost words refer to', () =>
    expect(
      correct(CORRECTION, { fact: FACT, with: { ...joining, sources: [{ source: 's' }] }, reason: 'r' }),
    ).toMatchObject({
      references: [
        { pointer: '/with/with/organization' },
        { pointer: '/with/with/member' },
        { pointer: '/with/with/sources/0/source' },
      ],
    }));
  it('names a fact that the book has', () =>
    expect(correct(CORRECTION, { fact: 'organization-x@0', with: joining, reason: 'r' })).toEqual([
      '/with/fact unknown-reference',
    ]));
  it('has the fields of that amendment', () => {
    expect(correct(DISPUTE, { fact: FACT, claim: 'c' })).toHaveProperty('stream');
    expect(correct(DISPUTE, { fact: FACT, reason: 'r' })).toEqual([
      '/with/reason unknown-field',
      '/with/claim missing-field',
    ]);
    expect(correct(RETRACTION, { fact: FACT, reason: 'r' })).toHaveProperty('stream');
    expect(correct(RETRACTION, joining)).toContain('/with/fact missing-field');
  });
});
