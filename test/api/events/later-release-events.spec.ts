// A node of an older release on a ledger with events of a later one serves what it can read, and names the rest.
import { canonicalJson } from '../../../src/json/canonical-json.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

const id = '6ca38d88-bdad-5909-8d7a-8eff8ea76d50';
const data = { organization: 'csto', called: [{ name: 'CSTO' }], classification: 'intergovernmental' };
const expectedDetail =
  'organization-csto@0 gives OrganizationRegistered in shape 3, and this release knows the first 2: run a later one.';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  const metadata = {
    actor: 'a',
    command: 'register-organization',
    correlationId: 'c',
    salt: '00',
    version: 3,
  };
  const { sequencer, readModels } = book.server.node;
  await sequencer.append({
    stream: 'organization-csto',
    expectedRevision: -1,
    events: [
      {
        id,
        type: 'OrganizationRegistered',
        data: canonicalJson(data),
        metadata: canonicalJson(metadata),
        requestKey: null,
      },
    ],
    requires: [],
  });
  await readModels.waitForEntry(1, { timeoutMs: 5_000 });
});
afterAll(cleanUp);

it('is shown as it was recorded, with its version', async () => {
  const fact = { id, data, metadata: { version: 3 } };
  expect((await book.get('/events')).json.items).toMatchObject([fact]);
  expect((await book.get(`/events/${id}`)).json).toMatchObject(fact);
  expect((await book.get('/streams/organization-csto')).json.items).toMatchObject([fact]);
});

it('parks its stream in the read models that handle it, and their answers are marked as degraded', async () => {
  const { items } = (await book.get('/projections')).json;
  const organizations = items.find(({ name }: { name: string }) => name === 'organizations');
  expect(organizations).toMatchObject({
    status: 'live',
    lag: 0,
    parked: [{ stream: 'organization-csto', entry: 1, reason: `OrganizationRegistered: ${expectedDetail}` }],
  });
  const answer = await book.get('/organizations');
  expect(answer.headers.get('degraded')).toBe('1');
  expect(answer.json.items).toEqual([]);
});

it('refuses every command that depends on it', async () => {
  const renaming = { organization: 'csto', name: 'Organization of the Treaty', effective: '2010' };
  const refused = await book.sendCommand('rename-organization', renaming);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('60');
  expect(refused.json).toMatchObject({ code: 'later-release', detail: expectedDetail });
  const { results } = await book.sendLines([{ command: 'rename-organization', data: renaming }]);
  expect(results).toEqual([{ line: 1, status: 503, code: 'later-release', detail: expectedDetail }]);
  expect(book.headEntry).toBe(1);
});

it('does not prevent commands on other streams', async () => {
  const others = { organization: 'cis', name: 'CIS', classification: 'intergovernmental' };
  expect((await book.sendCommand('register-organization', others)).status).toBe(201);
  expect((await book.get('/organizations')).json.items).toMatchObject([{ id: 'cis' }]);
});
