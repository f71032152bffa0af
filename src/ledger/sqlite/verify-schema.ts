// Compares the schema of a ledger with the one that this release writes.
import type Database from 'better-sqlite3';
import { getJsonIndexSql } from './json-indexes.js';
import { POSITIONS_SCHEMA } from './log-positions.js';
import { openHardenedDatabase } from './open-hardened-database.js';
import { SCHEMA } from './schema.js';

type SchemaObject = { readonly type: string; readonly name: string; readonly sql: string | null };

/** The statistics of the query planner, which an operator may have collected. */
const STATISTICS_TABLE = /^sqlite_stat\d$/;

const readSchema = (db: Database.Database): readonly SchemaObject[] =>
  db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all() as SchemaObject[];

/** Spaces are not compared, since a release may lay the same statement out differently. */
const normalize = (sql: string | null): string => (sql ?? '').replace(/\s+/g, ' ');

function readExpectedSchema(sql: string): ReadonlyMap<string, string> {
  const db = openHardenedDatabase(':memory:');
  try {
    db.exec(sql);
    return new Map(readSchema(db).map(({ type, name, sql }) => [`${type} ${name}`, normalize(sql)]));
  } finally {
    db.close();
  }
}

/**
 * What is missing, foreign or altered in the schema of a ledger, each as a clause such as "the trigger x is missing".
 * Optional are the table of log positions, which only a replica of a cluster's log has, and the indexes over the stored
 * JSON, which depend on the commands of the release.
 */
export function findSchemaDifferences(db: Database.Database): readonly string[] {
  const required = readExpectedSchema(SCHEMA);
  const known = readExpectedSchema(`${SCHEMA} ${POSITIONS_SCHEMA}`);
  const found = readSchema(db);
  const names = new Set(found.map(({ type, name }) => `${type} ${name}`));
  const missing = [...required.keys()].filter((name) => !names.has(name));
  return [
    ...missing.map((name) => `the ${name} is missing`),
    ...found.flatMap(({ type, name, sql }) => {
      if (type === 'table' && STATISTICS_TABLE.test(name)) return [];
      const expected = known.get(`${type} ${name}`) ?? (type === 'index' ? getJsonIndexSql(name) : undefined);
      if (expected === undefined) return [`the ${type} ${name} is not one of a ledger`];
      return normalize(expected) === normalize(sql) ? [] : [`the ${type} ${name} was altered`];
    }),
  ];
}
