import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Notices that files which this process has open were removed or replaced under their names. SQLite goes on with the
 * files that it opened, so that whatever it commits afterwards is gone with the process.
 */
export class FileReplacementDetector {
  readonly #identities: ReadonlyMap<string, string>;

  /** Guards those of the files that exist now. */
  constructor(files: readonly string[]) {
    const found = files.map((file) => [file, readIdentity(file)] as const);
    this.#identities = new Map(found.filter((each): each is readonly [string, string] => !!each[1]));
  }

  /** The name of a file that is not the one that was opened; undefined if all are in place. */
  findDisplaced(): string | undefined {
    for (const [file, identity] of this.#identities)
      if (readIdentity(file) !== identity) return basename(file);
    return undefined;
  }
}

/** Device and inode, which a name has for as long as it names the same file. */
function readIdentity(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found && `${found.dev}:${found.ino}`;
}

/** What must stay in place while a ledger is open: its files, and the file whose lock keeps other processes away. */
export const listLedgerFiles = (file: string): readonly string[] => [
  file,
  `${file}-wal`,
  `${file}-shm`,
  join(dirname(file), 'lock.db'),
];
