import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseConnectionString } from '../../../../src/ledger/kurrentdb/client/connection-string.js';
import { createClient } from '../../../../src/ledger/kurrentdb/client/create-client.js';
import { LedgerUnusableError } from '../../../../src/ledger/ledger-unusable-error.js';
import { runScript } from '../../../support/child-program.js';
import { createTemporaryDirectory } from '../../support/temporary-directory.js';

const parse = (connection: string, password?: string) =>
  parseConnectionString({ connection, prefix: 'book', password });

describe('a connection string', () => {
  it.each([
    ['has an unknown option', 'esdb://clerk:S3cret@a:1?tls=false&foo=bar', /an unknown option \(number 2\)/],
    ['has an option twice assigned', 'esdb://clerk:S3cret@a:1?tls=false=x', /an unknown option/],
    [
      'does not verify certificates',
      'esdb://clerk:S3cret@a:1?tlsVerifyCert=false',
      /has tlsVerifyCert=false/,
    ],
    ['has a value of another type', 'esdb://clerk:S3cret@a:1?keepAliveInterval=soon', /"keepAliveInterval"/],
    ['names a user certificate', 'esdb://a:1?userCertFile=x&userKeyFile=S3cret', /"userCertFile"/],
    ['has a password with a slash', 'esdb://clerk:S3cret/x@a:1', /user and password .* are invalid/],
    ['has a password with a colon', 'esdb://clerk:S3cret:x@a:1', /user and password .* are invalid/],
    ['has a password with a question mark', 'esdb://clerk:S3cret?x@a:1', /user and password .* are invalid/],
    ['has a password with a number sign', 'esdb://clerk:S3cret#x@a:1', /user and password .* are invalid/],
    ['has a password with an at sign', 'esdb://clerk:S3cret@x@a:1', /is invalid: write/],
    ['has a password with a percent sign', 'esdb://clerk:S3cret%@a:1', /user and password .* are invalid/],
    ['has a password with an at sign and a slash', 'esdb://clerk:a@S3cret/x@a:1', /is invalid: write/],
    ['has no password', 'esdb://clerk@a:1', /user and password .* are invalid/],
    ['has neither user nor TLS', 'esdb://a:1?foo=S3cret', /an unknown option/],
  ])('is refused with a sentence that quotes no password if it %s', (_, connection, sentence) => {
    expect(() => parse(connection)).toThrow(LedgerUnusableError);
    expect(() => parse(connection)).toThrow(sentence);
    expect(() => parse(connection)).not.toThrow(/S3cret/);
  });

  it('takes the password that stands beside it, whatever characters it has', () => {
    const { credentials, connection } = parse('esdb://clerk@a:1', 'p@ss/w:rd?#%');
    expect(credentials).toEqual({ username: 'clerk', password: 'p@ss/w:rd?#%' });
    expect(() => createClient(connection)).not.toThrow();
    expect(() => parse('esdb://clerk:x@a:1', 'y')).toThrow(/given twice/);
    expect(() => parse('esdb://a:1', 'y')).toThrow(/names no user/);
  });

  it('gets the options that a cluster needs, before those of the operator, which win', () => {
    const { connection } = parse('esdb://a:1,b:2?tls=false&keepAliveTimeout=9000&gossip_timeout=7');
    expect(connection).toBe(
      'esdb://a:1,b:2?maxDiscoverAttempts=1&gossipTimeout=1&keepAliveInterval=3000&keepAliveTimeout=3000&tls=false&keepAliveTimeout=9000&gossip_timeout=7&throwOnAppendFailure=false',
    );
  });

  it.each([
    ['one server', 'esdb://a:1?tls=false', false],
    ['several servers', 'esdb://a:1,b:2?tls=false', true],
    ['servers by their domain', 'esdb+discover://a:1?tls=false', true],
    [
      'several servers of which followers are preferred',
      'esdb://a:1,b:2?tls=false&nodePreference=follower',
      false,
    ],
  ])('that names %s finds the leader: %s', (_, connection, findsLeader) => {
    expect(parse(connection).findsLeader).toBe(findsLeader);
  });
});

describe('a server', () => {
  it.each([
    ['an unknown option', 'esdb://clerk:S3cret@127.0.0.1:1?tls=false&foo=bar'],
    ['no verification', 'esdb://clerk:S3cret@127.0.0.1:1?tlsVerifyCert=false'],
    ['another scheme', 'edsb://clerk:S3cret@127.0.0.1:1'],
    ['an unescaped password', 'esdb://clerk:S3cret/x@127.0.0.1:1?tls=false'],
  ])('ends with one sentence without the password if LEDGER has %s', async (_, LEDGER) => {
    const { code, stdout, stderr } = await runScript('main', [], {
      LEDGER,
      DATA_DIR: createTemporaryDirectory(),
    }).exit;
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain('S3cret');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

it('a client for a server with an IP address prints no warning, neither of its interval nor of the server name', async () => {
  const script = `
    import { connect } from 'node:tls';
    const { createClient } = await import(${JSON.stringify(new URL('../../../../src/ledger/kurrentdb/client/create-client.js', import.meta.url).href)});
    createClient('esdb://clerk:S3cret@127.0.0.1:1?keepAliveInterval=3000').dispose();
    connect({ host: '127.0.0.1', port: 1, servername: '127.0.0.1' }).on('error', () => undefined);
  `;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ]);
  expect([stdout, stderr]).toEqual(['', '']);
});
