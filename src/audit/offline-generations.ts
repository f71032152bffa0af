// The generations of read models in the data directory of a stopped server.
import { existsSync, rmSync, statSync } from 'node:fs';
import { openHardenedDatabase } from '../ledger/sqlite/open-hardened-database.js';
import { type Generation, listGenerations, hasEmptyFile } from '../read-models/projecting/generations.js';
import type { AnyReadModel } from '../read-models/declaration/read-model.js';
import type { AuditTask } from './run-audit.js';

/** Leases the generation that a server would serve: the highest complete one of the read model. */
export const leaseOfflineGeneration =
  (directory: string): NonNullable<AuditTask['lease']> =>
  (model) => {
    const found = findCompleteGeneration(directory, model);
    return Promise.resolve(found && { ...found, release: () => undefined });
  };

function findCompleteGeneration(directory: string, { name, version }: AnyReadModel): Generation | undefined {
  if (!existsSync(directory)) return undefined;
  return listGenerations(directory, name).find(
    (generation) => generation.version === version && !hasEmptyFile(generation) && isComplete(generation),
  );
}

/** A file that cannot be read counts as complete, since the comparison reports it. */
function isComplete({ file }: Generation): boolean {
  const db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
  try {
    return db.prepare('SELECT complete FROM checkpoint').pluck().get() !== 0;
  } catch {
    return true;
  } finally {
    db.close();
  }
}

/** Removes the companion files that reading leaves beside a database in WAL mode, if they are empty. No one may have it open. */
export function removeEmptyWal(file: string): void {
  const log = `${file}-wal`;
  if (statSync(log, { throwIfNoEntry: false })?.size !== 0) return;
  rmSync(log);
  rmSync(`${file}-shm`, { force: true });
}
