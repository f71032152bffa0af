// The source and the target of a copy: data directories, or logs of clusters.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectory, keepNewFilesPrivate } from '../../ledger/data-directory.js';
import type { KurrentDbSettings } from '../../ledger/kurrentdb/client/connection-string.js';
import { KurrentDbConnection } from '../../ledger/kurrentdb/client/kurrentdb-connection.js';
import { appendEntriesInOrder } from '../../ledger/kurrentdb/append/append-entries-in-order.js';
import { copyLogToFile } from '../../ledger/kurrentdb/replication/copy-log-to-file.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { EntryGroup } from '../../ledger/entry-groups.js';
import { LedgerWriter } from '../../ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertDatabaseNotTruncated } from '../../ledger/sqlite/database-truncation.js';
import type { LedgerLocation } from './ledger-location.js';
import { lockForReading } from '../_shared/lock-data-directory.js';

/** What every step of a copy needs to report progress and to be interrupted. */
export type CopyContext = {
  readonly reportProgress: (task: string, done: number, total: number) => void;
  readonly signal: AbortSignal;
  /** How long a cluster may be silent. */
  readonly timeoutMs: number;
};

type CopySource = {
  readonly ledger: Ledger;
  close(): Promise<void>;
};

export type CopyTarget = CopySource & {
  /**
   * Appends groups in their order, the entries of a group together. Resolves when they are durable. Rejects with
   * ImportRefusedError, LedgerUnusableError, NotWrittenError or LedgerStateUnknownError.
   */
  appendGroups(groups: readonly EntryGroup[]): Promise<void>;
  /** The ledger as it is now, read again. */
  reload(): Promise<Ledger>;
};

/** Rejects with OperationFailedError, DataDirectoryError or LedgerUnusableError. */
export function openCopySource(location: LedgerLocation, context: CopyContext): Promise<CopySource> {
  return 'cluster' in location
    ? ClusterEndpoint.open(location, context)
    : Promise.resolve(openDirectorySource(location.directory));
}

/** Creates the data directory if there is none. Rejects with DataDirectoryError or LedgerUnusableError. */
export function openCopyTarget(location: LedgerLocation, context: CopyContext): Promise<CopyTarget> {
  return 'cluster' in location
    ? ClusterEndpoint.open(location, context)
    : Promise.resolve(new DirectoryTarget(location.directory));
}

function openDirectorySource(path: string): CopySource {
  const { directory, release } = lockForReading(path, '--from');
  try {
    assertDatabaseNotTruncated(directory.ledgerFile);
    const ledger = new SqliteLedger(directory.ledgerFile);
    const close = (): Promise<void> => {
      ledger.close();
      release();
      return Promise.resolve();
    };
    return { ledger, close };
  } catch (error) {
    release();
    throw error;
  }
}

/** A data directory that is locked, so that no server uses it meanwhile. */
class DirectoryTarget implements CopyTarget {
  readonly ledger: Ledger;
  readonly #directory: DataDirectory;
  readonly #writer: LedgerWriter;

  constructor(path: string) {
    keepNewFilesPrivate();
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

/** A cluster's log, read through temporary copies that are removed at the end. */
class ClusterEndpoint implements CopyTarget {
  readonly #copies: Ledger[] = [];

  private constructor(
    private readonly location: LedgerLocation,
    private readonly cluster: KurrentDbConnection,
    private readonly folder: string,
    private readonly context: CopyContext,
  ) {}

  static async open(
    location: LedgerLocation & { readonly cluster: KurrentDbSettings },
    context: CopyContext,
  ): Promise<ClusterEndpoint> {
    const cluster = new KurrentDbConnection(location.cluster);
    const log = new ClusterEndpoint(
      location,
      cluster,
      mkdtempSync(join(tmpdir(), 'minutebook-copy-')),
      context,
    );
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
    if (!first) throw new Error('The log was not read.');
    return first;
  }

  async reload(): Promise<Ledger> {
    const { cluster: connection, folder, location, context } = this;
    const { timeoutMs, signal } = context;
    const file = join(folder, `${this.#copies.length}.db`);
    const onHead = (head: number): void => context.reportProgress(`Reading ${location.name}`, head, 0);
    await copyLogToFile({ connection, file, idleTimeoutMs: timeoutMs, signal, onHead });
    const copy = new SqliteLedger(file);
    this.#copies.push(copy);
    return copy;
  }

  async appendGroups(groups: readonly EntryGroup[]): Promise<void> {
    const { timeoutMs, signal } = this.context;
    for (const group of groups) {
      signal.throwIfAborted();
      await appendEntriesInOrder(this.cluster, group, timeoutMs, signal);
    }
  }

  close(): Promise<void> {
    for (const copy of this.#copies) copy.close();
    this.cluster.close();
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}
