// The location of a ledger, as the command line names it.
import { resolve } from 'node:path';
import type { KurrentDbSettings } from '../../ledger/kurrentdb/client/connection-string.js';
import { UsageError } from '../_shared/errors.js';

export type LedgerLocation =
  | { readonly name: string; readonly directory: string }
  | { readonly name: string; readonly cluster: KurrentDbSettings };

/** Parses a data directory or the connection string of a cluster. The name has no password. Throws UsageError. */
export function parseLedgerLocation(
  given: string,
  prefix = process.env['LEDGER_PREFIX'] || 'minutebook',
): LedgerLocation {
  if (!/^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(given)) {
    const directory = resolve(given);
    return { name: directory, directory };
  }
  if (!/^[a-z0-9]+$/.test(prefix))
    throw new UsageError(`A prefix must consist of a-z and 0-9, but is "${prefix}".`);
  const [, scheme = '', hosts = ''] = /^([^:]+:\/\/)(?:[^/?]*@)?([^/?]*)/.exec(given) ?? [];
  return { name: `${scheme}${hosts} (prefix ${prefix})`, cluster: { connection: given, prefix } };
}
