// Where a ledger is, as the command line names it.
import { resolve } from 'node:path';
import type { ClusterSettings } from '../../ledger/kurrentdb/client/kurrentdb-connection.js';
import { WrongUsage } from '../_shared/errors.js';

export type Place =
  | { readonly name: string; readonly directory: string }
  | { readonly name: string; readonly cluster: ClusterSettings };

/** A data directory, or a cluster by its connection string; its password is no part of the name. Throws WrongUsage. */
export function placeOf(given: string, prefix = process.env['LEDGER_PREFIX'] || 'minutebook'): Place {
  if (!/^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(given)) {
    const directory = resolve(given);
    return { name: directory, directory };
  }
  if (!/^[a-z0-9]+$/.test(prefix))
    throw new WrongUsage(`A prefix must be of a-z and 0-9, but is "${prefix}".`);
  const [, scheme = '', hosts = ''] = /^([^:]+:\/\/)(?:[^/?]*@)?([^/?]*)/.exec(given) ?? [];
  return { name: `${scheme}${hosts} (prefix ${prefix})`, cluster: { connection: given, prefix } };
}
