// The whole tree made again from the leaves, as an audit does it, and held against the tiles that are stored.
import Database from 'better-sqlite3';
import { Frontier } from '../merkle/frontier.js';
import { TILE_WIDTH } from '../merkle/tile.js';
import { type FullTile, TreeEdge } from '../merkle/tree-edge.js';
import { assertSchema } from './schema.js';
import { SqliteTileStore } from './sqlite-tile-store.js';

/** Leaves that are read between two looks at how far it is. */
const BATCH_SIZE = 16 * TILE_WIDTH;

export type DamagedTile = { readonly level: number; readonly number: number; readonly what: string };
/** How far it is, and what was found on the way there. */
export type TreeVerificationProgress = { readonly entry: number; readonly damaged: readonly DamagedTile[] };

/**
 * Makes the tree of the first `until` entries in constant memory. Returns its roots at the sizes that were asked for,
 * as far as the ledger has as many entries. Throws LedgerUnusable, and what SQLite throws.
 */
export function* verifyTree(
  file: string,
  until: number,
  sizes: ReadonlySet<number>,
): Generator<TreeVerificationProgress, ReadonlyMap<number, Buffer>> {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    assertSchema(db);
    const stored = new SqliteTileStore(db);
    const after = db.prepare('SELECT entry, leaf FROM entries WHERE entry > ? ORDER BY entry LIMIT ?').raw();
    const frontier = new Frontier();
    const edge = new TreeEdge();
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
      // Behind an entry that is missing no tile can be judged; that it is missing is said where entries are read.
      if (size < begun + rows.length || rows.length === 0) break;
    }
    yield { entry: until, damaged: findMisplacedTiles(db) };
    return roots;
  } finally {
    db.close();
  }
}

/** A tile that the leaves fill must stand in the file. */
function findTileDamage(
  stored: SqliteTileStore,
  { level, number, hashes, root }: FullTile,
): string | undefined {
  try {
    const tile = stored.readTile(level, number);
    if (!tile) return 'is missing';
    return tile.hashes.equals(hashes) && tile.root?.equals(root)
      ? undefined
      : 'is not made of the leaves under it';
  } catch (error) {
    if (error instanceof RangeError) return 'has not the length of a tile';
    throw error;
  }
}

/** Tiles that no entry of the file can have filled. */
function findMisplacedTiles(db: Database.Database): DamagedTile[] {
  const entries = db.prepare('SELECT coalesce(max(entry), 0) FROM entries').pluck().get() as number;
  const levels = db
    .prepare('SELECT level, max(number), min(number) FROM tiles GROUP BY level')
    .raw()
    .all() as [number, number, number][];
  return levels.flatMap(([level, most, least]) =>
    [most, least]
      .filter((number) => number < 0 || level < 0 || (number + 1) * TILE_WIDTH ** (level + 1) > entries)
      .map((number) => ({ level, number, what: 'stands where none can' })),
  );
}
