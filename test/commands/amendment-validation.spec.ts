import type { Json } from '../../src/json/json.js';
import { changeSpecimen, validateCommand, validateGroup } from '../support/command-validator.js';

const FACT = 'membership-csto:uzbekistan@0';
const CORRECTION = 'membership-csto:uzbekistan@1';
const DISPUTE = 'membership-csto:uzbekistan@2';
const RETRACTION = 'membership-csto:uzbekistan@3';
const joining = { organization: 'csto', member: 'uzbekistan', effective: '1993' };
const correct = (fact: Json, replacement: Json, more = {}) =>
  validateCommand('correct-fact', { fact, with: replacement, reason: 'r', ...more });

describe('the validation of an amendment', () => {
  it('takes the stream from the fact that the amendment refers to', () => {
    expect(validateCommand('dispute-fact', { fact: FACT, claim: 'c' })).toMatchObject({
      aggregate: { category: 'membership' },
      stream: 'membership-csto:uzbekistan',
      references: [],
    });
    expect(
      validateCommand('retract-fact', { fact: '8d2f0d5a-0000-4000-8000-00000000000a', reason: 'r' }),
    ).toMatchObject({ aggregate: { category: 'source' }, stream: 'source-charter' });
  });
  it('reports unknown-reference for a fact that does not exist', () => {
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
  it('reports malformed fields before the unknown reference', () =>
    expect(validateCommand('retract-fact', { fact: 'organization-x@0' })).toEqual([
      '/reason missing-field',
      '/fact unknown-reference',
    ]));
  it('collects the references to sources of the amendment', () =>
    expect(validateCommand('dispute-fact', changeSpecimen('dispute-fact', {}))).toMatchObject({
      references: [{ pointer: '/sources/0/source', stream: 'source-encyclopaedias' }],
    }));
});

describe('the validation of a correction', () => {
  it('collects the references of checkedAgainst and of the replacement', () =>
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
  it('validates the replacement like the command that recorded the fact', () => {
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
  it('requires the replacement to be an object', () => {
    for (const wrong of [null, 'x', 1, [], [joining]])
      expect(correct(FACT, wrong)).toEqual(['/with invalid-value']);
  });
  it('requires either the replacement or a change', () => {
    expect(validateCommand('correct-fact', { fact: FACT, reason: 'r' })).toEqual(['/with invalid-value']);
    expect(correct(FACT, joining, { change: { effective: '1994' } })).toEqual(['/change invalid-value']);
    for (const wrong of [null, 'x', 1, []])
      expect(validateCommand('correct-fact', { fact: FACT, change: wrong, reason: 'r' })).toEqual([
        '/change invalid-value',
      ]);
    expect(validateCommand('correct-fact', { fact: FACT, change: {}, reason: 'r' })).toHaveProperty('stream');
  });
  it('reports the errors of the correction and of its replacement together', () =>
    expect(
      validateCommand('correct-fact', { fact: FACT, with: { ...joining, effective: 'x' }, reason: '' }),
    ).toEqual(['/reason invalid-value', '/with/effective invalid-date']));
  it('points into the data of the command within a group', () =>
    expect(validateGroup({ command: 'correct-fact', data: { fact: FACT, with: {}, reason: 'r' } })).toContain(
      '/0/data/with/member missing-field',
    ));
});

describe('the validation of a correction of an amendment', () => {
  it('validates nested replacements down to the data of the fact', () => {
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
  it('takes no change in the place of the replacement', () =>
    expect(correct(CORRECTION, { fact: FACT, change: { effective: '1994' }, reason: 'r' })).toEqual([
      '/with/change invalid-value',
    ]));
  it('collects the references of the innermost replacement', () =>
    expect(
      correct(CORRECTION, { fact: FACT, with: { ...joining, sources: [{ source: 's' }] }, reason: 'r' }),
    ).toMatchObject({
      references: [
        { pointer: '/with/with/organization' },
        { pointer: '/with/with/member' },
        { pointer: '/with/with/sources/0/source' },
      ],
    }));
  it('requires a fact that exists in the nested reference', () =>
    expect(correct(CORRECTION, { fact: 'organization-x@0', with: joining, reason: 'r' })).toEqual([
      '/with/fact unknown-reference',
    ]));
  it('requires the fields of the corrected amendment', () => {
    expect(correct(DISPUTE, { fact: FACT, claim: 'c' })).toHaveProperty('stream');
    expect(correct(DISPUTE, { fact: FACT, reason: 'r' })).toEqual([
      '/with/reason unknown-field',
      '/with/claim missing-field',
    ]);
    expect(correct(RETRACTION, { fact: FACT, reason: 'r' })).toHaveProperty('stream');
    expect(correct(RETRACTION, joining)).toContain('/with/fact missing-field');
  });
});
