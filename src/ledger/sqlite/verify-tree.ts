// Rebuilds the whole tree from the leaves, for an audit, and compares it with the stored tiles.
import type Database from 'better-sqlite3';
import { openHardenedDatabase } from './open-hardened-database.js';
import { CompactRange } from '../merkle/compact-range.js';
import { TILE_WIDTH } from '../merkle/tile.js';
import { type FullTile, PartialTiles } from '../merkle/partial-tiles.js';
import { assertSchemaVersion } from './schema.js';
import { SqliteTileStore } from './sqlite-tile-store.js';

/** The number of leaves between two reports of progress. */
const BATCH_SIZE = 16 * TILE_WIDTH;

type DamagedTile = { readonly level: number; readonly number: number; readonly what: string };
/** The last verified entry, and the damage found since the report before. */
type TreeVerificationProgress = { readonly entry: number; readonly damaged: readonly DamagedTile[] };

/**
 * Builds the tree of the first `until` entries in constant memory. Returns its roots at the requested sizes that the
 * ledger reaches. Throws LedgerUnusableError, and what SQLite throws.
 */
export function* verifyTree(
  file: string,
  until: number,
  sizes: ReadonlySet<number>,
): Generator<TreeVerificationProgress, ReadonlyMap<number, Buffer>> {
  const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
  try {
    assertSchemaVersion(db);
    const stored = new SqliteTileStore(db);
    const after = db.prepare('SELECT entry, leaf FROM entries WHERE entry > ? ORDER BY entry LIMIT ?').raw();
    const frontier = new CompactRange();
    const edge = new PartialTiles();
    const roots = new Map<number, Buffer>(sizes.has(0) ? [[0, frontier.root]] : []);
    let size = 0;
    while (size < until) {
      const rows = after.all(size, Math.min(BATCH_SIZE, until - size)) as [entry: number, leaf: Buffer][];
      const damaged: DamagedTile[] = [];
      const begun = size;
      for (const [entry, leaf] of rows) {
        if (entry !== size + 1) break;
        frontier.push(leaf);
        edge.push(leaf, (full) => {
          const { level, number } = full;
          const what = findTileDamage(stored, full);
          if (what !== undefined) damaged.push({ level, number, what });
        });
        size += 1;
        if (sizes.has(size)) roots.set(size, frontier.root);
      }
      yield { entry: size, damaged };
      // No tile after a missing entry can be verified; the missing entry is reported by verifyEntries.
      if (size < begun + rows.length || rows.length === 0) break;
    }
    yield { entry: until, damaged: findMisplacedTiles(db) };
    return roots;
  } finally {
    db.close();
  }
}

/** What is wrong with the stored copy of a full tile; undefined if nothing is. */
function findTileDamage(
  stored: SqliteTileStore,
  { level, number, hashes, root }: FullTile,
): string | undefined {
  try {
    const tile = stored.readTile(level, number);
    if (!tile) return 'is missing';
    return tile.hashes.equals(hashes) && tile.root?.equals(root)
      ? undefined
      : 'is not computed from the leaves under it';
  } catch (error) {
    if (error instanceof RangeError) return 'does not have the length of a tile';
    throw error;
  }
}

/** Stored tiles that the entries of the file cannot fill. */
function findMisplacedTiles(db: Database.Database): DamagedTile[] {
  const entries = db.prepare('SELECT coalesce(max(entry), 0) FROM entries').pluck().get() as number;
  const levels = db
    .prepare('SELECT level, max(number), min(number) FROM tiles GROUP BY level')
    .raw()
    .all() as [number, number, number][];
  return levels.flatMap(([level, most, least]) =>
    [most, least]
      .filter((number) => number < 0 || level < 0 || (number + 1) * TILE_WIDTH ** (level + 1) > entries)
      .map((number) => ({ level, number, what: 'is out of place' })),
  );
}
