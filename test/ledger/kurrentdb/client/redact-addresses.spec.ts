import { createCutOffError } from '../../../../src/ledger/kurrentdb/append/append-state.js';
import { redactAddresses } from '../../../../src/ledger/kurrentdb/client/redact-addresses.js';

describe('the reason of a failure for clients', () => {
  it.each([
    ['connect ECONNREFUSED 10.0.0.7:2113', 'connect ECONNREFUSED [address]'],
    ['connect ECONNREFUSED ::1:2113', 'connect ECONNREFUSED [address]'],
    ['connect ETIMEDOUT [fe80::1]:2113', 'connect ETIMEDOUT [address]'],
    ['getaddrinfo ENOTFOUND db-1.internal', 'getaddrinfo ENOTFOUND [address]'],
    [
      'Failed to discover after 10 attempts: node1.local:2113',
      'Failed to discover after 10 attempts: [address]',
    ],
    ['cannot use esdb://user:secret@db:2113?tls=true now', 'cannot use [address] now'],
    ["ENOENT: no such file, open '/etc/minutebook/ca.crt'", "ENOENT: no such file, open '[address]'"],
  ])('names no address: %s', (reason, expected) => {
    expect(redactAddresses(reason)).toBe(expected);
  });
  it.each(['it does not respond', '14 UNAVAILABLE: read ECONNRESET', 'another server leads now'])(
    'keeps what is no address: %s',
    (reason) => expect(redactAddresses(reason)).toBe(reason),
  );
  it('is what a cut-off node answers', () =>
    expect(createCutOffError('connect ECONNREFUSED 10.0.0.7:2113').message).not.toMatch(/10\.0|2113/));
});
