// Files and directories that are whole after a crash or a power loss.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

type Content = string | AsyncIterable<Uint8Array | string>;

type DurableFileOptions = {
  /** Beside the file, since a rename is atomic only within one file system. Not to be shared by two writers. */
  readonly temporaryFile?: string;
  readonly mode?: number;
  readonly signal?: AbortSignal;
};

/**
 * Writes or replaces a file; resolves when the new content is durable. A crash at any moment leaves the old file or the
 * new one, never a part: the content is synced before the rename gives it the name, and the name is durable once the
 * directory is synced. A crash may leave the temporary file, which the next write removes. Rejects with what `content`
 * or the file system throws, or with the signal's reason; the file is then as it was before, unless only the sync of
 * the directory failed.
 */
export async function writeDurableFile(
  file: string,
  content: Content,
  { temporaryFile = `${file}.new`, mode = 0o666, signal }: DurableFileOptions = {},
): Promise<void> {
  await rm(temporaryFile, { force: true });
  // Fails for a name that exists, so that no link that another user left there is followed.
  const handle = await open(temporaryFile, 'wx', mode);
  try {
    try {
      await writeContent(handle, content, signal);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporaryFile, file);
  } catch (error) {
    await rm(temporaryFile, { force: true }).catch(() => undefined); // the first failure is the one to report
    throw error;
  }
  await syncDirectory(dirname(file));
}

async function writeContent(
  handle: FileHandle,
  content: Content,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (typeof content === 'string') return handle.writeFile(content);
  for await (const chunk of content) {
    signal?.throwIfAborted();
    await handle.appendFile(chunk);
  }
}

/** Syncs what was written to a file by others, such as SQLite with synchronous=OFF. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Gives a directory of files its final name; resolves when that is durable. A crash leaves it under the old name or
 * under the new one with everything in it. Rejects if the new name is taken by anything but an empty directory.
 */
export async function publishDirectory(temporary: string, path: string): Promise<void> {
  for (const name of readdirSync(temporary)) syncFile(join(temporary, name));
  await syncDirectory(temporary);
  await rename(temporary, path);
  await syncDirectory(dirname(resolve(path)));
}

/**
 * Creates a directory, and those above it, whose names are durable before anything in it is acknowledged. SQLite
 * syncs the directory that its files are in, but nothing syncs the one above, and a power loss could remove the whole
 * new data directory.
 */
export function createDurableDirectory(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let created = resolve(path); created.length >= resolve(first).length; created = dirname(created)) {
    const parent = openSync(dirname(created), 'r');
    try {
      fsyncSync(parent);
    } finally {
      closeSync(parent);
    }
  }
}
