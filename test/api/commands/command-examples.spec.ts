// The example of each command: the example book accepts it, and every document shows it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordExampleBook } from '../../support/example-book.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await recordExampleBook(book);
});
afterAll(cleanUp);

const listCommands = () => [...book.server.node.commandHandler.commands.values()];

describe('the example of every command', () => {
  it('is accepted by the example book: alone, or after the one that it names', async () => {
    for (const { name, example, exampleFollows } of listCommands()) {
      const before = listCommands().filter((each) => each.name === exampleFollows);
      const envelopes = [...before, { name, example }].map((each) => ({
        command: each.name,
        data: each.example,
      }));
      const { results } = await book.sendLines(envelopes, '?check=true');
      expect([name, results.map(({ status, detail }) => detail ?? status)]).toEqual([
        name,
        envelopes.map(() => 201),
      ]);
    }
  });

  it('needs the example that it names', async () => {
    for (const { name, example, exampleFollows } of listCommands())
      if (exampleFollows !== undefined) {
        const { status } = await book.send(`/commands/${name}?check=true`, JSON.stringify(example));
        // A rule refuses it, or it refers to what only that example records.
        expect([name, [409, 422].includes(status)]).toEqual([name, true]);
      }
  });

  it('is recorded by the example book when all are sent in the order of the list', async () => {
    const lines = listCommands().map(({ name, example }) => ({ command: name, data: example }));
    const { results } = await book.sendLines(lines);
    expect(results.map(({ status, detail }, index) => [lines[index]?.command, detail ?? status])).toEqual(
      lines.map(({ command }) => [command, 201]),
    );
  });

  it('stands in the JSON Schema and in the OpenAPI document', async () => {
    const { paths } = (await book.get('/openapi.json')).json;
    for (const { name, example } of listCommands()) {
      expect((await book.get(`/commands/${name}`)).json.examples).toEqual([example]);
      const { content } = paths[`/commands/${name}`].post.requestBody;
      expect(content['application/json'].example).toEqual(example);
    }
  });
});
