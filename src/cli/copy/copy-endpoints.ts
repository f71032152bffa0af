// The ledgers that a book is copied between: a data directory, or a cluster's log.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectory } from '../../ledger/data-directory.js';
import { Cluster, type ClusterSettings } from '../../ledger/kurrentdb/client/kurrentdb-connection.js';
import { appendInOrder } from '../../ledger/kurrentdb/append/replicate-entries.js';
import { copyLog } from '../../ledger/kurrentdb/replication/copy-log.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { Together } from '../../ledger/entry-groups.js';
import { LedgerWriter } from '../../ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../ledger/sqlite/sqlite-ledger.js';
import { assertNotTruncated } from '../../ledger/sqlite/wal-integrity.js';
import type { Place } from './ledger-location.js';
import { directoryWithBook } from '../export/export-offline.js';

/** Whatever takes long is told, and ends when the signal comes. */
export type Work = {
  readonly tell: (doing: string, done: number, of: number) => void;
  readonly signal: AbortSignal;
  /** How long a cluster may not answer, in milliseconds. */
  readonly patience: number;
};

export type Source = {
  readonly ledger: Ledger;
  close(): Promise<void>;
};

export type Target = Source & {
  /**
   * Writes entries behind those that stand there, in their order, those of a group together. What is written is
   * durable. Rejects with NotTakenOver, LedgerUnusable, NotWritten or LedgerLost.
   */
  take(groups: readonly Together[]): Promise<void>;
  /** What stands there now, read anew. */
  reread(): Promise<Ledger>;
};

/** Rejects with Refused, DataDirectoryUnusable or LedgerUnusable. */
export function openSource(place: Place, work: Work): Promise<Source> {
  return 'cluster' in place ? ClusterLog.open(place, work) : Promise.resolve(stoppedBook(place.directory));
}

/** Makes a data directory if there is none. Rejects with DataDirectoryUnusable or LedgerUnusable. */
export function openTarget(place: Place, work: Work): Promise<Target> {
  return 'cluster' in place ? ClusterLog.open(place, work) : Promise.resolve(new Directory(place.directory));
}

function stoppedBook(path: string): Source {
  const directory = directoryWithBook(path, '--from');
  try {
    assertNotTruncated(directory.ledger);
    const ledger = new SqliteLedger(directory.ledger);
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
class Directory implements Target {
  readonly ledger: Ledger;
  readonly #directory: DataDirectory;
  readonly #writer: LedgerWriter;

  constructor(path: string) {
    this.#directory = DataDirectory.lock(path);
    try {
      this.#writer = new LedgerWriter(this.#directory.ledger);
      this.ledger = new SqliteLedger(this.#directory.ledger);
    } catch (error) {
      this.#directory.unlock();
      throw error;
    }
  }

  take(groups: readonly Together[]): Promise<void> {
    this.#writer.extend(groups.flat());
    return Promise.resolve();
  }

  reread(): Promise<Ledger> {
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
class ClusterLog implements Target {
  readonly #copies: Ledger[] = [];

  private constructor(
    private readonly place: Place,
    private readonly cluster: Cluster,
    private readonly folder: string,
    private readonly work: Work,
  ) {}

  static async open(place: Place & { readonly cluster: ClusterSettings }, work: Work): Promise<ClusterLog> {
    const cluster = new Cluster(place.cluster);
    const log = new ClusterLog(place, cluster, mkdtempSync(join(tmpdir(), 'minutebook-copy-')), work);
    try {
      await log.reread();
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

  async reread(): Promise<Ledger> {
    const { cluster, folder, place, work } = this;
    const { patience, signal } = work;
    const file = join(folder, `${this.#copies.length}.db`);
    const grown = (head: number): void => work.tell(`Reading ${place.name}`, head, 0);
    await copyLog({ cluster, file, patience, signal, grown });
    const copy = new SqliteLedger(file);
    this.#copies.push(copy);
    return copy;
  }

  async take(groups: readonly Together[]): Promise<void> {
    const { patience, signal } = this.work;
    for (const group of groups) {
      signal.throwIfAborted();
      await appendInOrder(this.cluster, group, patience, signal);
    }
  }

  close(): Promise<void> {
    for (const copy of this.#copies) copy.close();
    void this.cluster.close(); // which may wait for what a lost connection never ends
    rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }
}
