// Streams by the value of a field: SQLite indexes over the stored JSON, created or dropped without touching an entry.
// They find candidates; whether a stream still has the value is decided by its state.
import { AMENDMENT_TYPES } from '../../eventsourcing/amendments.js';
import { openHardenedDatabase } from './open-hardened-database.js';

/** A field of the data of an event type. Both names are constants of the code, never input, so they are safe in SQL. */
export type IndexedField = { readonly event: string; readonly field: string };

/** The paths of the field: in the event, in a correction of it, and in a correction of a correction. */
const getJsonPaths = (event: string, field: string) => [
  { type: event, path: `$.${field}` },
  { type: 'FactCorrected', path: `$.with.${field}` },
  { type: 'FactCorrected', path: `$.with.with.${field}` },
];

const formatCondition = ({ type, path }: { type: string; path: string }): string =>
  `type = '${type}' AND json_extract(data, '${path}') IS NOT NULL`;

/** The name of the event that an amendment amends. Event ids ignore case, and stream names have none. */
export const AMENDED_EVENT_REFERENCE_SQL = `lower(json_extract(data, '$.fact'))`;
export const AMENDMENT_CONDITION = `type IN (${[...AMENDMENT_TYPES].map((type) => `'${type}'`).join(', ')})`;

/** The index of amendments by the event that they name. */
export const AMENDMENT_INDEX = 'amendments by named event';
const buildAmendmentIndexSql = (
  table: string,
  name = AMENDMENT_INDEX,
  condition = AMENDMENT_CONDITION,
): string => `CREATE INDEX "${name}"
        ON ${table} (${AMENDED_EVENT_REFERENCE_SQL}, stream) WHERE ${condition}`;
/** That of releases before there were corroborations, which is dropped when the file is opened for writing. */
const FORMER_AMENDMENT_INDEX = 'amendments by event';
const FORMER_AMENDMENT_CONDITION = `type IN ('FactCorrected', 'FactRetracted', 'FactDisputed')`;

/** An index over a path, by which the streams of a value are found. */
const buildIndexSql = (path: { type: string; path: string }, table: string): string =>
  `CREATE INDEX "lookup ${path.type} ${path.path}"
        ON ${table} (json_extract(data, '${path.path}'), stream) WHERE ${formatCondition(path)}`;

/** The statements that create the indexes, of the table of a ledger file or of another one with its columns. */
export const buildCreateIndexStatements = (
  indexedFields: readonly IndexedField[],
  table = 'entries',
): string[] => [
  buildAmendmentIndexSql(table),
  ...indexedFields
    .flatMap(({ event, field }) => getJsonPaths(event, field))
    .map((path) => buildIndexSql(path, table)),
];

/** The SQL that an index of this name must have; undefined if it is not the name of one of these. */
export function getJsonIndexSql(name: string): string | undefined {
  if (name === AMENDMENT_INDEX) return buildAmendmentIndexSql('entries');
  if (name === FORMER_AMENDMENT_INDEX)
    return buildAmendmentIndexSql('entries', name, FORMER_AMENDMENT_CONDITION);
  const [, type, path] = /^lookup (\w+) (\$(?:\.\w+)+)$/.exec(name) ?? [];
  return type !== undefined && path !== undefined ? buildIndexSql({ type, path }, 'entries') : undefined;
}

/** Creates the missing indexes, and drops that of earlier releases. Call it before the first write, since it may read the whole ledger. */
export function createJsonIndexes(file: string, indexedFields: readonly IndexedField[]): void {
  const db = openHardenedDatabase(file);
  try {
    db.exec(`DROP INDEX IF EXISTS "${FORMER_AMENDMENT_INDEX}"`);
    for (const sql of buildCreateIndexStatements(indexedFields))
      db.exec(sql.replace('CREATE INDEX', 'CREATE INDEX IF NOT EXISTS'));
  } finally {
    db.close();
  }
}

/** SQL for the streams that may have `@value` in the field. */
export const buildStreamsQuery = ({ event, field }: IndexedField): string =>
  getJsonPaths(event, field)
    .map(
      (path) =>
        `SELECT stream FROM entries WHERE ${formatCondition(path)} AND json_extract(data, '${path.path}') = @value`,
    )
    .join(' UNION ');
