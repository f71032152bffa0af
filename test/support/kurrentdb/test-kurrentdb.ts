// The KurrentDB that tests run against: a double per suite, or the server at KURRENTDB_URL.
import { randomBytes } from 'node:crypto';
import { type KurrentDbDoubleOptions, KurrentDbDouble } from './kurrentdb-double.js';

/** The driver knows only the older name of the URL scheme. */
const url = (process.env['KURRENTDB_URL'] ?? '').replace(/^kurrentdb(?=[+:])/, 'esdb');

/** Whether tests can inject faults, stop the server and read its log. A real server must not be damaged. */
export const isDouble = url === '';

/** Credentials of the server at KURRENTDB_URL; a double accepts any. A call with credentials makes the driver use unary append. */
export const credentials = ((): { readonly username: string; readonly password: string } => {
  const [, username = 'admin', password = 'changeit'] =
    /^\w+(?:\+\w+)?:\/\/([^:/@]+):([^@]+)@/.exec(url) ?? [];
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
})();

export type TestKurrentDb = {
  readonly connectionString: string;
  /** A unique prefix: a real server keeps the events of earlier tests. */
  readonly prefix: string;
  /** Null for a real server. */
  readonly double: KurrentDbDouble | null;
  stop(): Promise<void>;
};

/** Options apply to a double only. */
export async function startKurrentDb(options?: KurrentDbDoubleOptions): Promise<TestKurrentDb> {
  const prefix = `test${randomBytes(6).toString('hex')}`;
  if (!isDouble) return { connectionString: url, prefix, double: null, stop: () => Promise.resolve() };
  const double = await KurrentDbDouble.start(options);
  return { connectionString: double.connectionString, prefix, double, stop: () => double.stop() };
}

/** The connection string with an additional option. */
export const addConnectionOption = (connectionString: string, option: string): string =>
  `${connectionString}${connectionString.includes('?') ? '&' : '?'}${option}`;

/** A test that needs a double; with a real server it is skipped, and its title gives the reason. */
export const itWithDouble = (name: string, test: () => Promise<void>): void => {
  if (isDouble) it(name, test);
  else it.skip(`${name} (skipped: the server at KURRENTDB_URL cannot be made to fail)`, test);
};
