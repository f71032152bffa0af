// Whatever a command holds, the errors that are listed, and what they quote, stay small.
import { InvalidCommand } from '../../src/eventsourcing/refusal.js';
import { toCommandProblem } from '../../src/commands/command-problems.js';
import { parseLosslessJson } from '../../src/commands/parse-command-envelope.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import { getSpecimen } from '../support/command-specimens.js';
import { changeSpecimen, validateCommand, validator } from '../support/command-validator.js';

function findErrors(command: string, data: Json): InvalidCommand {
  const result = validator.validate({ command, data }, {});
  if (!(result instanceof InvalidCommand)) throw new Error('the command was not refused');
  return result;
}
const getAnswerSize = (invalid: InvalidCommand): number =>
  JSON.stringify(toCommandProblem(invalid).toDocument()).length;
const createNames = (count: number, value: Json): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, value]));

describe('the errors of a command', () => {
  it('are listed to 100, and the detail says that there are more', () => {
    const { source, title } = getSpecimen('register-source') as { source: Json; title: Json };
    const hundred = findErrors('register-source', { source, title, ...createNames(100, 1) });
    expect(hundred.errors).toHaveLength(100);
    expect(hundred.hasMore).toBe(false);
    const many = findErrors('register-source', { source, title, ...createNames(60_000, 1) });
    expect(many.errors).toEqual(hundred.errors);
    expect(toCommandProblem(many).detail).toMatch(/ There are more errors than are listed\.$/);
    expect(getAnswerSize(many)).toBeLessThan(64 * 1024);
  });

  it.each<[string, Json]>([
    ['fractions', Array.from({ length: 100_000 }, () => 0.5)],
    ['control characters', Array.from({ length: 60_000 }, () => '\u0000')],
    ['names with control characters', createNames(1, createNames(60_000, '\u0000'))],
    ['fractions below a long name', { ['n'.repeat(200_000)]: Array.from({ length: 100 }, () => 0.5) }],
  ])('are listed to a bounded size: %s', (_, note) => {
    const invalid = findErrors('register-source', { ...getSpecimen('register-source'), note });
    expect(invalid.hasMore).toBe(true);
    expect(invalid.errors.length).toBeLessThanOrEqual(100);
    expect(getAnswerSize(invalid)).toBeLessThan(512 * 1024);
  });

  it('are listed to a bounded size for numbers that lose digits below a long name', () => {
    const numbers = '1.00000000000000000001,'.repeat(10_000);
    const body = `{"${'n'.repeat(200_000)}":[${numbers}0]}`;
    expect(() => parseLosslessJson(Buffer.from(body))).toThrow(
      expect.objectContaining({
        extensions: { errors: [expect.objectContaining({ code: 'invalid-number' })] },
      }),
    );
  });

  it('quote a long unknown name in part only', () => {
    const { errors } = findErrors('register-source', {
      ...getSpecimen('register-source'),
      ['n'.repeat(300_000)]: 1,
    });
    expect(errors).toHaveLength(1);
    expect(errors[0].detail.length).toBeLessThan(1_000);
  });

  it('are one for a list of too many objects, whose members are not looked at', () => {
    const members = (count: number) => Array.from({ length: count }, () => ({}));
    expect(
      validateCommand('admit-member', changeSpecimen('admit-member', { sources: members(170_000) })),
    ).toEqual(['/sources invalid-value']);
    const thousand = findErrors('admit-member', changeSpecimen('admit-member', { sources: members(1_000) }));
    expect(thousand.errors).toHaveLength(100);
    expect(thousand.errors[99]).toMatchObject({ pointer: '/sources/99/source', code: 'missing-field' });
    expect(thousand.hasMore).toBe(true);
  });

  it('of a group are listed to 100 together', () => {
    const envelope = { command: 'register-source', data: { source: 's', title: 't', ...createNames(60, 1) } };
    const result = validator.validateGroup(
      Array.from({ length: 100 }, () => envelope),
      {},
    );
    expect(result).toMatchObject({ hasMore: true });
    const { errors } = result as InvalidCommand;
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      ...Array.from({ length: 60 }, (_, n) => `/0/data/f${n}`),
      ...Array.from({ length: 40 }, (_, n) => `/1/data/f${n}`),
    ]);
  });
});

describe('the length of a text', () => {
  const MUSICAL_SYMBOL = '\u{1D11E}';
  it.each<[string, string, (text: string) => JsonObject, number, string]>([
    ['a name', 'register-organization', (name) => ({ name }), 1_000, '/name invalid-value'],
    ['a title', 'schedule-meeting', (title) => ({ title }), 1_000, '/title invalid-value'],
    ['a note', 'admit-member', (note) => ({ note }), 65_536, '/note invalid-value'],
    ['a statement', 'record-statement', (text) => ({ text }), 65_536, '/text invalid-value'],
    ['a topic', 'record-statement', (topic) => ({ topics: [topic] }), 1_000, '/topics invalid-value'],
    [
      'a name in a language',
      'register-organization',
      (en) => ({ names: { en } }),
      1_000,
      '/names invalid-value',
    ],
    [
      'an identifier',
      'register-person',
      (id) => ({ identifiers: { id } }),
      1_000,
      '/identifiers invalid-value',
    ],
    [
      'a scheme',
      'register-person',
      (name) => ({ identifiers: { [name]: 'x' } }),
      100,
      '/identifiers invalid-value',
    ],
  ])('is bounded, in characters: %s', (_, command, change, max, error) => {
    const validate = (text: string) => validateCommand(command, changeSpecimen(command, change(text)));
    for (const character of ['a', 'я', MUSICAL_SYMBOL]) {
      expect(validate(character.repeat(max))).toMatchObject({ commands: [{ name: command }] });
      expect(validate(character.repeat(max + 1))).toEqual([error]);
    }
  });

  it.each<[string, string, JsonObject, string]>([
    ['a date', 'admit-member', { effective: `[${'2011,'.repeat(200)}2012]` }, '/effective invalid-date'],
    ['an instant', 'open-meeting', { at: `2011-05-31T10:00:00.${'0'.repeat(1_000)}Z` }, '/at invalid-date'],
    ['a URL', 'register-source', { url: `https://example.org/${'a'.repeat(8_000)}` }, '/url invalid-value'],
    ['a language', 'register-source', { language: `en-x${'-a'.repeat(100)}` }, '/language invalid-value'],
    ['a fact', 'retract-fact', { fact: `membership-${'a'.repeat(401)}@0` }, '/fact invalid-id'],
  ])('is bounded: %s', (_, command, change, error) =>
    expect(validateCommand(command, changeSpecimen(command, change))).toEqual([error]),
  );

  it('may have 30 combining marks in a row, and no more', () => {
    const validate = (name: string) =>
      validateCommand('register-organization', changeSpecimen('register-organization', { name }));
    expect(validate(`a${'\u0301'.repeat(30)}`)).toMatchObject({ commands: [{}] });
    expect(validate(`a${'\u0301'.repeat(31)}`)).toEqual(['/name invalid-text']);
    expect(validate(`a${'\u0301'.repeat(60_000)}${'\u0323'.repeat(60_000)}`)).toEqual(['/name invalid-text']);
  });
});
