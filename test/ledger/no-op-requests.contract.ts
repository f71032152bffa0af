// The contract of every adapter that stores the requests which changed nothing.
import type { NoOpRequest, NoOpRequests } from '../../src/ledger/no-op-requests.js';

type NoOpRequestsFixture = {
  /** Opens the same store again. */
  open(): NoOpRequests;
  remove(): Promise<void>;
};

const createRequest = (key: string, entry = 1): NoOpRequest => ({
  key,
  body: `body of ${key}`,
  stream: 'organization-csto',
  revision: 0,
  entry,
});

export function describeNoOpRequests(where: string, createFixture: () => Promise<NoOpRequestsFixture>): void {
  describe(`the requests that changed nothing, of ${where}`, () => {
    let fixture: NoOpRequestsFixture;
    let requests: NoOpRequests;
    beforeEach(async () => {
      fixture = await createFixture();
      requests = fixture.open();
    });
    afterEach(async () => {
      await requests.close();
      await fixture.remove();
    });

    it('are found by their keys', async () => {
      expect(requests.find('a')).toBeUndefined();
      expect(await requests.add(createRequest('a'))).toEqual(createRequest('a'));
      await requests.add(createRequest('b', 7));
      expect(requests.find('a')).toEqual(createRequest('a'));
      expect(requests.find('b')).toEqual(createRequest('b', 7));
      expect(requests.find('c')).toBeUndefined();
    });

    it('may be added many at a time', async () => {
      const all = Array.from({ length: 20 }, (_, n) => createRequest(`k${n}`, n));
      expect(await Promise.all(all.map((each) => requests.add(each)))).toEqual(all);
      expect(all.map(({ key }) => requests.find(key))).toEqual(all);
    });

    it('are there after a restart', async () => {
      await requests.add(createRequest('a'));
      await requests.close();
      requests = fixture.open();
      expect(requests.find('a')).toEqual(createRequest('a'));
      expect(await requests.add(createRequest('b'))).toEqual(createRequest('b'));
    });
  });
}
