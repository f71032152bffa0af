import { Controller, Get, Param, Res } from '@nestjs/common';
import { Configuration } from '../../node/configuration.js';
import { encodeLeaf } from '../../ledger/entry.js';
import { Ledger } from '../../ledger/ledger.js';
import { TILE_WIDTH } from '../../ledger/merkle/tile.js';
import { Allow } from '../shared/access.guard.js';
import { getImmutableCacheControl } from '../shared/ledger-headers.js';
import { PAGE_BYTES_MAX } from '../shared/page-size.js';
import { ProblemError } from '../../problems/problem-error.js';
import type { Reply } from '../../http/request.js';
import { EventLoopScheduler } from '../shared/event-loop-scheduler.js';

type TileRequest = {
  /** `entries`: a bundle of entries instead of hashes. */
  readonly level: number | 'entries';
  readonly number: number;
  readonly width: number;
};

/** Tiles of the tree and bundles of entries, which never change: C2SP tlog-tiles, "Merkle Tree" and "Log entries". */
@Controller('tile')
@Allow('read', { ignoresAccept: true })
export class TilesController {
  constructor(
    private readonly ledger: Ledger,
    private readonly configuration: Configuration,
    private readonly turns: EventLoopScheduler,
  ) {}

  @Get('*')
  async getTile(@Param('*') path: string, @Res() reply: Reply): Promise<void> {
    const tile = parseTilePath(path);
    const bytes = tile && (await this.#readTile(tile));
    if (!bytes) throw new ProblemError('not-found', `The tree has no tile "${path}".`);
    await reply
      .type('application/octet-stream')
      .header('cache-control', getImmutableCacheControl(this.configuration))
      .send(bytes);
  }

  async #readTile({ level, number, width }: TileRequest): Promise<Buffer | undefined> {
    const { ledger } = this;
    if (level !== 'entries') return ledger.tree.getTile(level, number, width);
    const first = number * TILE_WIDTH;
    if (ledger.getHead().entry < first + width) return undefined;
    const leaves: Buffer[] = [];
    while (leaves.length < width)
      leaves.push(...(await this.#encodeLeaves(first + leaves.length, width - leaves.length)));
    return Buffer.concat(leaves);
  }

  /** The leaves after an entry, as many as one piece of work may read: a leaf is short, but what it hashes is not. */
  #encodeLeaves(after: number, limit: number): Promise<readonly Buffer[]> {
    return this.turns.run(() =>
      this.ledger
        .readAfter(after, limit, PAGE_BYTES_MAX)
        .map((entry) => prefixLength(Buffer.from(encodeLeaf(entry)))),
    );
  }
}

/** Levels go to 63, indexes are groups of three digits, widths are those of partial tiles. */
const TILE_PATH = /^(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

function parseTilePath(path: string): TileRequest | undefined {
  const [, level, index, width] = TILE_PATH.exec(path) ?? [];
  // A leading `x000/` would be a second address of the same tile.
  if (level === undefined || index === undefined || index.startsWith('x000')) return undefined;
  if (width !== undefined && Number(width) >= TILE_WIDTH) return undefined;
  return {
    level: level === 'entries' ? level : Number(level),
    number: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
}

/** The length as a big-endian uint16, then the bytes. */
function prefixLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
