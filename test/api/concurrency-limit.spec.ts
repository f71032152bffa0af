import { ConcurrencyLimit } from '../../src/api/shared/concurrency-limit.js';

const createLimit = (): ConcurrencyLimit => new ConcurrencyLimit({ what: 'exports', total: 4, perClient: 2 });

describe('a limit of open answers', () => {
  it('refuses what is too much for one client with 429, and for all clients with 503', () => {
    const limit = createLimit();
    limit.acquire('a');
    limit.acquire('a');
    expect(() => limit.acquire('a')).toThrow(
      expect.objectContaining({ code: 'rate-limited', status: 429, retryAfterSeconds: 30 }),
    );
    limit.acquire('b');
    limit.acquire('c');
    expect(() => limit.acquire('d')).toThrow(
      expect.objectContaining({ code: 'busy', status: 503, retryAfterSeconds: 30 }),
    );
  });

  it('has room again for what has ended', () => {
    const limit = createLimit();
    const release = limit.acquire('a');
    limit.acquire('a');
    release();
    limit.acquire('a');
    expect(() => limit.acquire('a')).toThrow();
    limit.acquire('b');
    limit.acquire('b');
    expect(() => limit.acquire('c')).toThrow();
  });
});
