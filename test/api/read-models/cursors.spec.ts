import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cstoCommands } from '../../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
let pinnedAt: number;
beforeAll(async () => {
  book = await startTestServer();
  pinnedAt = await book.recordCommands(...cstoCommands);
});
afterAll(cleanUp);

const getProblemCode = async (path: string) => {
  const { status, json } = await book.get(path);
  return [status, json.code as unknown];
};

describe('a list', () => {
  it('does not take the cursor of a list that is ordered otherwise', async () => {
    const encode = (...parts: readonly unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const [list, after] of [
      ['/organizations', 4],
      ['/sources', 0],
      ['/statements', 'csto'],
      ['/decisions', 'csto'],
    ] as const)
      expect([list, await getProblemCode(`${list}?cursor=${encode(pinnedAt, after)}`)]).toEqual(
        (await book.get(list)).json.items.length > 0
          ? [list, [422, 'invalid-cursor']]
          : [list, [200, undefined]],
      );
  });

  it('takes a cursor in the one spelling that it gave it, so that a permalink has one answer', async () => {
    const page = (await book.get(`/organizations?limit=1&asOf=${pinnedAt}`)).json;
    const permalink = page.next as string;
    const cursor = new URLSearchParams(permalink.split('?')[1]).get('cursor') ?? '';
    const raw = (text: string) => Buffer.from(text).toString('base64url');
    const text = Buffer.from(cursor, 'base64url').toString();
    const [entry, id] = JSON.parse(text) as [number, string];
    expect(raw(text)).toBe(cursor);
    for (const other of [
      `${cursor}=`,
      `${cursor}%3D%3D`,
      `${cursor}%20`,
      raw(` ${text}`),
      raw(text.replace(',', ', ')),
      raw(`[${entry}.0,"${id}"]`),
      raw(`[${entry},"\\u00${id.charCodeAt(0).toString(16)}${id.slice(1)}"]`),
      raw(`[${entry},null]`),
      raw(`[${entry},-1e999]`),
      raw(`[${entry},1e999]`),
      raw(`[${entry},0.5]`),
      raw(`[${entry},-0]`),
      raw(`[${entry},9007199254740993]`),
      raw(`[${entry},true]`),
      raw(`[${entry},["${id}"]]`),
      raw(`[${entry},"\\ud800"]`),
      raw(`[-1,"${id}"]`),
      raw(`{"0":${entry},"1":"${id}"}`),
    ])
      for (const address of [permalink, '/organizations?cursor='])
        expect([other, await getProblemCode(address.replace(/cursor=[^&]*/, `cursor=${other}`))]).toEqual([
          other,
          [422, 'invalid-cursor'],
        ]);
    expect((await book.get(permalink)).status).toBe(200);
  });
});
