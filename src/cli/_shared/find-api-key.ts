// Which API key a verb sends, if the command line does not say.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSigningKey } from '../../ledger/checkpoints/checkpoint-files.js';

/** The server and the API key, as far as the command line states them. */
export type ConnectionOptions = { readonly url?: string; readonly key?: string; readonly data?: string };

type Environment = { readonly [name: string]: string | undefined };

/** `origin` names the option, the variable or the file that it is from. */
export type FoundApiKey = { readonly key: string; readonly origin: string };

/** Where `npm start` and `npm run demo` keep their books by default. */
const DEFAULT_DIRECTORIES = ['./data', './demo-data'] as const;

/**
 * The key that the user names; or else, for a server of this machine, that of its data directory. No other server is sent
 * a key that the user did not name. If there are several directories, the one that signs the checkpoints of the server is
 * chosen; `fetchVerifierKey` resolves to the public key of these, or to undefined.
 */
export async function findApiKey(
  { key, data }: ConnectionOptions,
  url: string,
  environment: Environment,
  fetchVerifierKey: () => Promise<string | undefined>,
): Promise<FoundApiKey | undefined> {
  if (key !== undefined) return { key, origin: '--key' };
  const variable = environment['MINUTEBOOK_KEY'];
  if (variable) return { key: variable, origin: 'MINUTEBOOK_KEY' };
  if (data !== undefined) return readAdminKey(data);
  if (!isLocalAddress(url)) return undefined;
  const directories = environment['DATA_DIR'] ? [environment['DATA_DIR']] : DEFAULT_DIRECTORIES;
  const candidates = directories.flatMap((directory) => {
    const found = readAdminKey(directory);
    return found ? [{ directory, found }] : [];
  });
  const [first, ...others] = candidates;
  if (others.length === 0) return first?.found;
  const verifierKey = await fetchVerifierKey();
  const own = candidates.find(({ directory }) => readVerifierKey(directory) === verifierKey);
  return (own ?? first)?.found;
}

const isLocalAddress = (url: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

function readAdminKey(directory: string): FoundApiKey | undefined {
  const file = join(directory, 'admin.key');
  return existsSync(file) ? { key: readFileSync(file, 'utf8').trim(), origin: file } : undefined;
}

/** Undefined if the directory does not sign checkpoints itself. */
function readVerifierKey(directory: string): string | undefined {
  const file = join(directory, 'checkpoint.key');
  return existsSync(file) ? readSigningKey(file).verifierKey : undefined;
}
