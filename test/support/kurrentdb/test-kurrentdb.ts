// The KurrentDB that tests run against: a double of their own, or the server at KURRENTDB_URL.
import { randomBytes } from 'node:crypto';
import { type KurrentDbDoubleOptions, KurrentDbDouble } from './kurrentdb-double.js';

/** The client knows the older name of the scheme only. */
const url = (process.env['KURRENTDB_URL'] ?? '').replace(/^kurrentdb(?=[+:])/, 'esdb');

/** Whether tests can make it fail, stop it, and look into its log. A real server is not ours to break. */
export const isDouble = url === '';

/** Of the server at KURRENTDB_URL; a double takes any. Named on a call, they make the client use unary append. */
export const credentials = ((): { readonly username: string; readonly password: string } => {
  const [, username = 'admin', password = 'changeit'] =
    /^\w+(?:\+\w+)?:\/\/([^:/@]+):([^@]+)@/.exec(url) ?? [];
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
})();

export type TestKurrentDb = {
  readonly connectionString: string;
  /** A ledger's prefix that nothing else uses: a real server keeps what earlier tests wrote. */
  readonly prefix: string;
  /** Null when it is a real server. */
  readonly double: KurrentDbDouble | null;
  stop(): Promise<void>;
};

/** Options are for a double; a real server is as it is. */
export async function startKurrentDb(options?: KurrentDbDoubleOptions): Promise<TestKurrentDb> {
  const prefix = `test${randomBytes(6).toString('hex')}`;
  if (!isDouble) return { connectionString: url, prefix, double: null, stop: () => Promise.resolve() };
  const double = await KurrentDbDouble.start(options);
  return { connectionString: double.connectionString, prefix, double, stop: () => double.stop() };
}

/** The connection string with one more option. */
export const addConnectionOption = (connectionString: string, option: string): string =>
  `${connectionString}${connectionString.includes('?') ? '&' : '?'}${option}`;

/** A test that needs what only a double can do; with a real server it is skipped, and its name says why. */
export const itWithDouble = (name: string, test: () => Promise<void>): void => {
  if (isDouble) it(name, test);
  else it.skip(`${name} (skipped: the server at KURRENTDB_URL cannot be made to fail)`, test);
};
