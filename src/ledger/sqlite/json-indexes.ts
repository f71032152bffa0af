// Streams by the value of a field: indexes over the stored data themselves, made or dropped without touching an
// entry. They say where to look; what stands there now, the stream's own state says.
import Database from 'better-sqlite3';

/** A field of the data of an event type. Both are names of the domain's, never a client's words. */
export type IndexedField = { readonly event: string; readonly field: string };

/** Where the field can stand: in the fact, in a correction of it, in a correction of a correction. */
const getJsonPaths = (event: string, field: string) => [
  { type: event, path: `$.${field}` },
  { type: 'FactCorrected', path: `$.with.${field}` },
  { type: 'FactCorrected', path: `$.with.with.${field}` },
];

const formatCondition = ({ type, path }: { type: string; path: string }): string =>
  `type = '${type}' AND json_extract(data, '${path}') IS NOT NULL`;

/** Makes the indexes where they are not there yet. For when nobody writes yet: it may read the whole ledger. */
export function createJsonIndexes(file: string, lookups: readonly IndexedField[]): void {
  if (lookups.length === 0) return;
  const db = new Database(file);
  try {
    for (const place of lookups.flatMap(({ event, field }) => getJsonPaths(event, field)))
      db.exec(`CREATE INDEX IF NOT EXISTS "lookup ${place.type} ${place.path}"
        ON entries (json_extract(data, '${place.path}'), stream) WHERE ${formatCondition(place)}`);
  } finally {
    db.close();
  }
}

/** SQL for the streams that may have `@value` in the field. */
export const buildStreamsQuery = ({ event, field }: IndexedField): string =>
  getJsonPaths(event, field)
    .map(
      (place) =>
        `SELECT stream FROM entries WHERE ${formatCondition(place)} AND json_extract(data, '${place.path}') = @value`,
    )
    .join(' UNION ');
