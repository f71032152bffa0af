// The ledgers that a book is copied between: a data directory, or a cluster's log.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectory } from '../../ledger/data-directory.js';
import {
  KurrentDbConnection,
  type KurrentDbSettings,
} from '../../ledger/kurrentdb/client/kurrentdb-connection.js';
import { replicateEntries } from '../../ledger/kurrentdb/append/replicate-entries.js';
import { copyLog } from '../../ledger/kurrentdb/replication/copy-log.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { EntryGroup } from '../../ledger/entry-groups.js';
import { LedgerWriter } from '../../ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertNotTruncated } from '../../ledger/sqlite/wal-integrity.js';
import type { LedgerLocation } from './ledger-location.js';
import { lockBookDirectory } from '../export/export-offline.js';

/** Whatever takes long is told, and ends when the signal comes. */
export type CopyContext = {
  readonly reportProgress: (doing: string, done: number, of: number) => void;
  readonly signal: AbortSignal;
  /** How long a cluster may not answer, in milliseconds. */
  readonly timeoutMs: number;
};

export type CopySource = {
  readonly ledger: Ledger;
  close(): Promise<void>;
};

export type CopyTarget = CopySource & {
  /**
   * Writes entries behind those that stand there, in their order, those of a group together. What is written is
   * durable. Rejects with NotTakenOver, LedgerUnusable, NotWritten or LedgerLost.
   */
  appendGroups(groups: readonly EntryGroup[]): Promise<void>;
  /** What stands there now, read anew. */
  reload(): Promise<Ledger>;
};

/** Rejects with Refused, DataDirectoryUnusable or LedgerUnusable. */
export function openSource(place: LedgerLocation, work: CopyContext): Promise<CopySource> {
  return 'cluster' in place
    ? ClusterEndpoint.open(place, work)
    : Promise.resolve(openDirectorySource(place.directory));
}

/** Makes a data directory if there is none. Rejects with DataDirectoryUnusable or LedgerUnusable. */
export function openTarget(place: LedgerLocation, work: CopyContext): Promise<CopyTarget> {
  return 'cluster' in place
    ? ClusterEndpoint.open(place, work)
    : Promise.resolve(new DirectoryTarget(place.directory));
}

function openDirectorySource(path: string): CopySource {
  const directory = lockBookDirectory(path, '--from');
  try {
    assertNotTruncated(directory.ledgerFile);
    const ledger = new SqliteLedger(directory.ledgerFile);
    const close = (): Promise<void> => {
      ledger.close();
      directory.unlock();
      return Promise.resolve();
    };
    return { ledger, close };
  } catch (error) {
    directory.unlock();
    throw error;
  }
}

/** A data directory that is held, so that no server serves from it meanwhile. */
class DirectoryTarget implements CopyTarget {
  readonly ledger: Ledger;
  readonly #directory: DataDirectory;
  readonly #writer: LedgerWriter;

  constructor(path: string) {
    this.#directory = DataDirectory.lock(path);
    try {
      this.#writer = new LedgerWriter(this.#directory.ledgerFile);
      this.ledger = new SqliteLedger(this.#directory.ledgerFile);
    } catch (error) {
      this.#directory.unlock();
      throw error;
    }
  }

  appendGroups(groups: readonly EntryGroup[]): Promise<void> {
    this.#writer.appendEntries(groups.flat());
    return Promise.resolve();
  }

  reload(): Promise<Ledger> {
    return Promise.resolve(this.ledger);
  }

  close(): Promise<void> {
    this.ledger.close();
    this.#writer.close();
    this.#directory.unlock();
    return Promise.resolve();
  }
}

/** A cluster's log, by copies of it that are thrown away at the end. */
class ClusterEndpoint implements CopyTarget {
  readonly #copies: Ledger[] = [];

  private constructor(
    private readonly location: LedgerLocation,
    private readonly cluster: KurrentDbConnection,
    private readonly folder: string,
    private readonly context: CopyContext,
  ) {}

  static async open(
    place: LedgerLocation & { readonly cluster: KurrentDbSettings },
    work: CopyContext,
  ): Promise<ClusterEndpoint> {
    const cluster = new KurrentDbConnection(place.cluster);
    const log = new ClusterEndpoint(place, cluster, mkdtempSync(join(tmpdir(), 'minutebook-copy-')), work);
    try {
      await log.reload();
      return log;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  get ledger(): Ledger {
    const [first] = this.#copies;
    if (!first) throw new Error('the log was not read');
    return first;
  }

  async reload(): Promise<Ledger> {
    const { cluster: connection, folder, location, context } = this;
    const { timeoutMs, signal } = context;
    const file = join(folder, `${this.#copies.length}.db`);
    const onHead = (head: number): void => context.reportProgress(`Reading ${location.name}`, head, 0);
    await copyLog({ connection, file, idleTimeoutMs: timeoutMs, signal, onHead });
    const copy = new SqliteLedger(file);
    this.#copies.push(copy);
    return copy;
  }

  async appendGroups(groups: readonly EntryGroup[]): Promise<void> {
    const { timeoutMs, signal } = this.context;
    for (const group of groups) {
      signal.throwIfAborted();
      await replicateEntries(this.cluster, group, timeoutMs, signal);
    }
  }

  close(): Promise<void> {
    for (const copy of this.#copies) copy.close();
    void this.cluster.close(); // which may wait for what a lost connection never ends
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}
