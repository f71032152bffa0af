import { changeSpecimen, validateGroup } from '../support/command-validator.js';

const admit = (changes = {}) => ({ command: 'admit-member', data: changeSpecimen('admit-member', changes) });
const end = (changes = {}) => ({
  command: 'end-membership',
  data: changeSpecimen('end-membership', changes),
});
const retract = { command: 'retract-fact', data: changeSpecimen('retract-fact', {}) };

describe('several commands at the door', () => {
  it('are admitted in their order, with the places of their data', () =>
    expect(validateGroup(admit(), end(), retract)).toMatchObject({
      aggregate: { category: 'membership' },
      stream: 'membership-csto:uzbekistan',
      commands: [{ name: 'admit-member' }, { name: 'end-membership' }, { name: 'retract-fact' }],
      pointers: ['/0/data', '/1/data', '/2/data'],
    }));
  it('say where each reference stands', () =>
    expect(validateGroup(admit({ sources: undefined }), end({ sources: undefined }))).toMatchObject({
      references: [
        { pointer: '/0/data/organization' },
        { pointer: '/0/data/member' },
        { pointer: '/1/data/organization' },
        { pointer: '/1/data/member' },
      ],
    }));
  it('are wrong each in its own place', () =>
    expect(
      validateGroup(admit({ effective: 'x' }), end(), end({ reason: undefined, sources: [{ source: 'A' }] })),
    ).toEqual([
      '/0/data/effective invalid-date',
      '/2/data/reason missing-field',
      '/2/data/sources/0/source invalid-id',
    ]));
  it('may not be understood at all', () => {
    expect(validateGroup({ command: 'admit-member', data: null })).toEqual(['/0/data invalid-value']);
    expect(validateGroup(admit(), { command: 'admit', data: {} })).toBe('unknown-command');
  });
});

describe('not-a-group', () => {
  it('none', () => expect(validateGroup()).toBe('not-a-group'));
  it('more than 100', () => {
    expect(validateGroup(...Array.from({ length: 100 }, () => admit()))).toHaveProperty(
      'commands.length',
      100,
    );
    expect(validateGroup(...Array.from({ length: 101 }, () => admit()))).toBe('not-a-group');
  });
  it('of several streams', () => {
    expect(validateGroup(admit(), admit({ member: 'belarus' }))).toBe('not-a-group');
    expect(
      validateGroup(admit(), { command: 'register-source', data: changeSpecimen('register-source', {}) }),
    ).toBe('not-a-group');
    expect(validateGroup(admit({ member: 'belarus' }), retract)).toBe('not-a-group');
  });
  it('but what is malformed is told first', () =>
    expect(validateGroup(admit(), admit({ member: 'Belarus' }))).toEqual(['/1/data/member invalid-id']));
});
