import { stringify } from 'csv-stringify/sync';
import type { RegisteredCommand } from '../../commands/command-validation.js';
import { isObject } from '../../json/is-object.js';
import type { Json } from '../../json/json.js';
import { UsageError } from '../_shared/errors.js';

/** The paths of all values in a value, as columns of a table name them: `sources.0.source`. */
function listPaths(value: Json, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, member]) =>
    listPaths(member, path === '' ? name : `${path}.${name}`),
  );
}

/**
 * The header of a table whose rows are this command: the columns of its example, which has every field. Throws UsageError
 * if the command takes the data of another one, whose fields no table knows.
 */
export function formatTableHeader({ name, example }: RegisteredCommand): string {
  if (isObject(example['with']))
    throw new UsageError(
      `${name} takes the data of another command, which no table has: import it as NDJSON.`,
    );
  return stringify([[...listPaths(example)]]);
}
