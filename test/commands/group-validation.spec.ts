import { changeSpecimen, validateGroup } from '../support/command-validator.js';

const parties = { organization: 'csto', member: 'uzbekistan' };
const admit = (changes = {}) => ({
  command: 'admit-member',
  data: changeSpecimen('admit-member', { ...parties, ...changes }),
});
const end = (changes = {}) => ({
  command: 'end-membership',
  data: changeSpecimen('end-membership', { ...parties, ...changes }),
});
const retract = {
  command: 'retract-fact',
  data: changeSpecimen('retract-fact', { fact: 'membership-csto:uzbekistan@0' }),
};

describe('the validation of a group', () => {
  it('accepts commands in their order, with pointers to their data', () =>
    expect(validateGroup(admit(), end(), retract)).toMatchObject({
      aggregate: { category: 'membership' },
      stream: 'membership-csto:uzbekistan',
      commands: [{ name: 'admit-member' }, { name: 'end-membership' }, { name: 'retract-fact' }],
      pointers: ['/0/data', '/1/data', '/2/data'],
    }));
  it('lists each reference with its pointer', () =>
    expect(validateGroup(admit({ sources: undefined }), end({ sources: undefined }))).toMatchObject({
      references: [
        { pointer: '/0/data/onBehalfOf' },
        { pointer: '/0/data/organization' },
        { pointer: '/0/data/member' },
        { pointer: '/1/data/organization' },
        { pointer: '/1/data/member' },
      ],
    }));
  it('reports the errors of each command with their pointers', () =>
    expect(
      validateGroup(
        admit({ effective: 'x' }),
        end(),
        end({ effective: undefined, sources: [{ source: 'A' }] }),
      ),
    ).toEqual([
      '/0/data/effective invalid-date',
      '/2/data/effective missing-field',
      '/2/data/sources/0/source invalid-id',
    ]));
  it('reports data that is no object and an unknown command', () => {
    expect(validateGroup({ command: 'admit-member', data: null })).toEqual(['/0/data invalid-value']);
    expect(validateGroup(admit(), { command: 'admit', data: {} })).toBe('unknown-command');
  });
});

describe('the code not-a-group', () => {
  it('is reported for an empty group', () => expect(validateGroup()).toBe('not-a-group'));
  it('is reported for more than 100 commands', () => {
    expect(validateGroup(...Array.from({ length: 100 }, () => admit()))).toHaveProperty(
      'commands.length',
      100,
    );
    expect(validateGroup(...Array.from({ length: 101 }, () => admit()))).toBe('not-a-group');
  });
  it('is reported for commands of several streams', () => {
    expect(validateGroup(admit(), admit({ member: 'belarus' }))).toBe('not-a-group');
    expect(
      validateGroup(admit(), { command: 'register-source', data: changeSpecimen('register-source', {}) }),
    ).toBe('not-a-group');
    expect(validateGroup(admit({ member: 'belarus' }), retract)).toBe('not-a-group');
  });
  it('is reported after malformed fields', () =>
    expect(validateGroup(admit(), admit({ member: 'Belarus' }))).toEqual(['/1/data/member invalid-id']));
});
