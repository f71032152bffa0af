// The first address of the server leads on.
import { cleanUp, startTestServer } from '../../support/test-server.js';

afterAll(cleanUp);

describe('GET /', () => {
  it('names the release and addresses that all lead somewhere', async () => {
    const server = await startTestServer();
    const { status, json } = await server.get('/');
    expect([status, json.name]).toEqual([200, 'Minutebook']);
    expect(json.version).toMatch(/^\d+\.\d+\.\d+/);
    for (const address of Object.values(json.links as { [name: string]: string }))
      expect([address, (await server.get(address)).status]).toEqual([address, 200]);
  });

  it('shows a browser the book, and where reads need a key sends it to the documentation', async () => {
    const browser = { headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' } as const;
    const open = await startTestServer();
    const page = await open.fetch('/', browser);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('Nothing is recorded yet.');
    const closed = await startTestServer({ READ_ACCESS: 'authenticated' });
    const answer = await closed.fetch('/', browser);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/docs']);
  });

  it('is answered without a key where reads need one', async () => {
    const server = await startTestServer({ READ_ACCESS: 'authenticated' });
    expect((await server.fetch('/')).status).toBe(200);
  });

  it('leads on under the path of a proxy, which the OpenAPI document names', async () => {
    const server = await startTestServer({
      PUBLIC_URL: 'https://example.org/minutebook',
    });
    expect((await server.get('/')).json.links.meetings).toBe('/minutebook/meetings');
    expect((await server.get('/openapi.json')).json.servers[0].url).toBe('https://example.org/minutebook');
  });
});
