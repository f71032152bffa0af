import { but, heardGroup } from '../support/command-validator.js';

const admit = (changes = {}) => ({ command: 'admit-member', data: but('admit-member', changes) });
const end = (changes = {}) => ({ command: 'end-membership', data: but('end-membership', changes) });
const retract = { command: 'retract-fact', data: but('retract-fact', {}) };

describe('several commands at the door', () => {
  it('are admitted in their order, with the places of their data', () =>
    expect(heardGroup(admit(), end(), retract)).toMatchObject({
      noun: { kind: 'membership' },
      stream: 'membership-csto:uzbekistan',
      commands: [{ name: 'admit-member' }, { name: 'end-membership' }, { name: 'retract-fact' }],
      pointers: ['/0/data', '/1/data', '/2/data'],
    }));
  it('say where each reference stands', () =>
    expect(heardGroup(admit({ sources: undefined }), end({ sources: undefined }))).toMatchObject({
      references: [
        { pointer: '/0/data/organization' },
        { pointer: '/0/data/member' },
        { pointer: '/1/data/organization' },
        { pointer: '/1/data/member' },
      ],
    }));
  it('are wrong each in its own place', () =>
    expect(
      heardGroup(admit({ effective: 'x' }), end(), end({ reason: undefined, sources: [{ source: 'A' }] })),
    ).toEqual([
      '/0/data/effective invalid-date',
      '/2/data/reason missing-field',
      '/2/data/sources/0/source invalid-id',
    ]));
  it('may not be understood at all', () => {
    expect(heardGroup({ command: 'admit-member', data: null })).toEqual(['/0/data invalid-value']);
    expect(heardGroup(admit(), { command: 'admit', data: {} })).toBe('unknown-command');
  });
});

describe('not-a-group', () => {
  it('none', () => expect(heardGroup()).toBe('not-a-group'));
  it('more than 100', () => {
    expect(heardGroup(...Array.from({ length: 100 }, () => admit()))).toHaveProperty('commands.length', 100);
    expect(heardGroup(...Array.from({ length: 101 }, () => admit()))).toBe('not-a-group');
  });
  it('of several streams', () => {
    expect(heardGroup(admit(), admit({ member: 'belarus' }))).toBe('not-a-group');
    expect(heardGroup(admit(), { command: 'register-source', data: but('register-source', {}) })).toBe(
      'not-a-group',
    );
    expect(heardGroup(admit({ member: 'belarus' }), retract)).toBe('not-a-group');
  });
  it('but what is malformed is told first', () =>
    expect(heardGroup(admit(), admit({ member: 'Belarus' }))).toEqual(['/1/data/member invalid-id']));
});
