import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { cstoCommands } from '../../support/csto-commands.js';
import { type TestResponse, cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import { expectRefusedCommand } from '../support/expect-problem.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const expectRefusal = (send: () => Promise<TestResponse>, status: number, code: string) =>
  expectRefusedCommand(book, send, status, code);

let used = 0;
const createId = () => `fresh-${++used}`;
const createSource = (id = createId(), more: object = {}) => ({ source: id, title: 'A report', ...more });

describe('a body that is not a JSON object in UTF-8', () => {
  const post = (body: string | Uint8Array, headers = {}) =>
    book.send('/commands/register-source', body, { headers });
  const whole = () => JSON.stringify(createSource());
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['a truncated object', '{"source":"half"'],
    ['two values', '{"source":"a","title":"b"}{}'],
    ['a comment', '{"source":"a","title":"b"} // no'],
    ['a trailing comma', '{"source":"a","title":"b",}'],
    ['single quotes', "{'source':'a','title':'b'}"],
    ['NaN', '{"source":"a","title":NaN}'],
    ['a newline in a text', '{"source":"a","title":"b\n"}'],
    ['a duplicate member', '{"source":"a","title":"b","title":"c"}'],
    ['a duplicate member, once escaped', '{"source":"a","title":"b","t\\u0069tle":"c"}'],
    ['a nested duplicate member', '{"source":"a","title":"b","x":[{"y":{"z":1,"z":1}}]}'],
    ['__proto__', '{"source":"a","title":"b","__proto__":{"note":"c"}}'],
    ['__proto__, escaped', '{"source":"a","title":"b","\\u005f_proto__":1}'],
    ['__proto__, deep inside', '{"source":"a","title":"b","sources":[{"__proto__":{"source":"treaty"}}]}'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['a quarter of a million levels', `${'['.repeat(250_000)}${']'.repeat(250_000)}`],
    ['a byte order mark within', '{"source":"a",\uFEFF"title":"b"}'],
    ['two byte order marks', '\uFEFF\uFEFF{"source":"a","title":"b"}'],
  ])('is refused: %s', async (_what, body) => {
    await expectRefusal(() => post(body), 400, 'invalid-json');
  });

  it.each([
    ['an invalid first byte', Buffer.from('{"source":"a","title":"b\xff"}', 'latin1')],
    ['an overlong form', Buffer.from('{"source":"a","title":"b\xc0\xaf"}', 'latin1')],
    ['a lone surrogate', Buffer.from('{"source":"a","title":"\xed\xa0\x80"}', 'latin1')],
    ['a truncated character', Buffer.from('{"source":"a","title":"\xe2\x82"}', 'latin1')],
    ['UTF-16', utf16('{"source":"a","title":"b"}')],
  ])('is refused: %s', async (_what, body) => {
    await expectRefusal(() => post(body), 400, 'invalid-json');
  });

  it('may begin with a byte order mark', async () => {
    const answer = await post(`\uFEFF${whole()}`);
    expect([answer.status, answer.json.revision]).toEqual([201, 0]);
  });

  it.each(['iso-8859-1', 'utf-16', '"windows-1252"'])(
    'is refused if it is declared as %s',
    async (charset) => {
      const type = `application/json; charset=${charset}`;
      await expectRefusal(() => post(whole(), { 'content-type': type }), 400, 'invalid-json');
    },
  );

  it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
    'is accepted as %s',
    async (type) => {
      expect((await post(whole(), { 'content-type': type })).status).toBe(201);
    },
  );

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/x-ndjson',
    'text/json',
  ])('is refused as %s', async (type) => {
    await expectRefusal(() => post(whole(), { 'content-type': type }), 415, 'unsupported-media-type');
  });

  it('is refused when it is compressed', async () => {
    const answer = await expectRefusal(
      () => post(gzipSync(whole()), { 'content-encoding': 'gzip' }),
      415,
      'unsupported-media-type',
    );
    expect(answer.headers.get('accept-encoding')).toBe('identity');
  });

  it.each(['[]', '"text"', '1', 'null', 'true'])('is refused: %s', async (body) => {
    const answer = await expectRefusal(() => post(body), 422, 'invalid-value');
    expect(answer.json.errors).toEqual([{ pointer: '', code: 'invalid-value', detail: expect.any(String) }]);
  });
});

describe('an invalid field', () => {
  // prettier-ignore
  it.each<[string, string, object, [pointer: string, code: string][]]>([
    ['missing', 'register-source', { source: 'a' }, [['/title', 'missing-field']]],
    ['all missing', 'admit-member', {}, [['/organization', 'missing-field'], ['/member', 'missing-field'], ['/effective', 'missing-field']]],
    ['unknown', 'register-source', { source: 'a', title: 'b', colour: 'red' }, [['/colour', 'unknown-field']]],
    ['an unknown field that needs an escape', 'register-source', { source: 'a', title: 'b', 'x/y~z': 1 }, [['/x~1y~0z', 'unknown-field']]],
    ['an unknown field that every object inherits', 'register-source', { source: 'a', title: 'b', constructor: 1, toString: 2 }, [['/constructor', 'unknown-field'], ['/toString', 'unknown-field']]],
    ['unknown, inside', 'admit-member', { organization: 'csto', member: 'armenia', effective: '2001', instrument: { title: 'T', x: 1 } }, [['/instrument/x', 'unknown-field']]],
    ['null', 'register-source', { source: 'a', title: null }, [['/title', 'invalid-value']]],
    ['of another type', 'register-source', { source: 'a', title: ['b'] }, [['/title', 'invalid-value']]],
    ['blank', 'register-source', { source: 'a', title: ' ' }, [['/title', 'invalid-text']]],
    ['not in the list', 'register-organization', { organization: 'a', name: 'b', classification: 'club' }, [['/classification', 'invalid-value']]],
    ['no id', 'register-source', { source: 'A B', title: 'b' }, [['/source', 'invalid-id']]],
    ['an id too long', 'register-source', { source: 'a'.repeat(101), title: 'b' }, [['/source', 'invalid-id']]],
    ['no date', 'admit-member', { organization: 'csto', member: 'armenia', effective: '31.5.2011' }, [['/effective', 'invalid-date']]],
    ['a day that the calendar does not have', 'admit-member', { organization: 'csto', member: 'armenia', effective: '2011-02-29' }, [['/effective', 'invalid-date']]],
    ['no address', 'register-source', { source: 'a', title: 'b', url: 'javascript:alert(1)' }, [['/url', 'invalid-value']]],
    ['no language', 'register-source', { source: 'a', title: 'b', language: 'not a language' }, [['/language', 'invalid-value']]],
    ['a lone surrogate', 'register-source', { source: 'a', title: 'b\ud800' }, [['/title', 'invalid-text']]],
    ['a control character', 'register-source', { source: 'a', title: 'b\u0000' }, [['/title', 'invalid-text']]],
    ['a control character of the second block', 'register-source', { source: 'a', title: 'b\u0085' }, [['/title', 'invalid-text']]],
    ['an empty list', 'register-source', { source: 'a', title: 'b', sources: [] }, [['/sources', 'invalid-value']]],
    ['an invalid item of a list', 'register-source', { source: 'a', title: 'b', sources: [{ source: 'treaty' }, { locator: 'p. 1' }] }, [['/sources/1/source', 'missing-field']]],
    ['an unknown reference', 'admit-member', { organization: 'csto', member: 'atlantis', effective: '2001' }, [['/member', 'unknown-reference']]],
    ['two unknown references', 'admit-member', { organization: 'eldorado', member: 'atlantis', effective: '2001' }, [['/organization', 'unknown-reference'], ['/member', 'unknown-reference']]],
    ['an unknown reference inside a list', 'register-source', { source: 'a', title: 'b', sources: [{ source: 'nowhere' }] }, [['/sources/0/source', 'unknown-reference']]],
    ['a fact that does not exist', 'retract-fact', { fact: 'source-treaty@99', reason: 'x' }, [['/fact', 'unknown-reference']]],
    ['an invalid reference to a fact', 'retract-fact', { fact: 'treaty', reason: 'x' }, [['/fact', 'invalid-id']]],
    ['an invalid field of a correction', 'correct-fact', { fact: 'source-treaty@0', reason: 'x', with: { source: 'treaty', titel: 'b' } }, [['/with/titel', 'unknown-field'], ['/with/title', 'missing-field']]],
  ])('is named: %s', async (_what, command, data, errors) => {
    const answer = await expectRefusal(() => book.sendCommand(command, data), 422, errors[0]?.[1] ?? '');
    expect(answer.json.errors).toEqual(
      errors.map(([pointer, code]) => ({ pointer, code, detail: expect.stringMatching(/\S/) })),
    );
  });

  it.each(['1.5', '9007199254740993', '1e400', '1.00000000000000000001'])(
    'is named: the number %s',
    async (number) => {
      const body = `{"source":"a","title":"b","note":${number}}`;
      const answer = await expectRefusal(
        () => book.send('/commands/register-source', body),
        422,
        'invalid-number',
      );
      expect(answer.json.errors[0]).toMatchObject({ pointer: '/note', code: 'invalid-number' });
    },
  );
});
