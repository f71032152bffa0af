import { postFile } from '../../../src/cli/demo/example-history.js';
import { fetchSupportedCommands, isCommandSupported } from '../../../src/cli/demo/supported-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(cleanUp);

const onlyMemberships = {
  commands: new Set(['register-source', 'register-organization', 'admit-member', 'correct-fact']),
  categories: new Set(['source', 'organization', 'membership']),
};

describe('the example history on a server that does not have every command', () => {
  it('does not get the lines of other commands', async () => {
    const posted = await postFile(server.url, server.getKey(), 'minsk-2011', onlyMemberships);
    expect(posted).toMatchObject({ recorded: 29, alreadyRecorded: 0, skipped: 35, head: 29 });
  });

  it('does not get corrections of streams that it does not have', () => {
    const correction = (fact: string) => ({ command: 'correct-fact', data: { fact } });
    expect(isCommandSupported(correction('membership-csto:armenia@0'), onlyMemberships)).toBe(true);
    expect(isCommandSupported(correction('observership-un-ga:csto@0'), onlyMemberships)).toBe(false);
  });

  it('gets the rest once it has the commands', async () => {
    const posted = await postFile(
      server.url,
      server.getKey(),
      'minsk-2011',
      await fetchSupportedCommands(server.url),
    );
    expect(posted).toMatchObject({ recorded: 35, alreadyRecorded: 29, skipped: 0 });
  });

  it('ends with a sentence at a line that is refused', async () => {
    const empty = await startTestServer();
    await expect(
      postFile(empty.url, empty.getKey(), 'history', await fetchSupportedCommands(empty.url)),
    ).rejects.toThrow(
      /^Line 12 of history\.ndjson \(correct-fact\) was refused with 422 unknown-reference: /,
    );
  });

  it('ends with a sentence when the key may not record', async () => {
    await expect(
      postFile(server.url, server.getKey('reader'), 'history', await fetchSupportedCommands(server.url)),
    ).rejects.toThrow(/^The server does not accept history\.ndjson: .*forbidden/);
  });
});
