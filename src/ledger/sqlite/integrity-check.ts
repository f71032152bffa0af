// SQLite's own checks of a file: its pages, and whether every index has exactly the rows of its table.
import { getErrorMessage } from '../../errors/get-error-message.js';
import type Database from 'better-sqlite3';
import { openHardenedDatabase } from './open-hardened-database.js';

/** How many findings are listed; the first ones tell what kind of damage it is. */
const MAX_FINDINGS = 20;

/**
 * What is damaged in a database, each as a clause; empty if nothing is. `quick_check` leaves out whether indexes agree
 * with their tables. One call of SQLite, which lasts as long as reading the file does.
 */
export function checkIntegrity(
  db: Database.Database,
  pragma: 'integrity_check' | 'quick_check' = 'integrity_check',
): readonly string[] {
  try {
    const found = db.pragma(`${pragma}(${MAX_FINDINGS})`) as { readonly [name: string]: string }[];
    return found.map((row) => row[pragma] ?? '').filter((finding) => finding !== 'ok');
  } catch (error) {
    return [getErrorMessage(error)];
  }
}

/** As checkIntegrity, of a file that others may have open. A file that cannot be opened is a finding, too. */
export function checkFileIntegrity(
  file: string,
  pragma?: 'integrity_check' | 'quick_check',
): readonly string[] {
  let db: Database.Database | undefined;
  try {
    db = openHardenedDatabase(file, { readonly: true, fileMustExist: true });
    return checkIntegrity(db, pragma);
  } catch (error) {
    return [getErrorMessage(error)];
  } finally {
    db?.close();
  }
}
