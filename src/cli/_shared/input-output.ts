// What verbs read and write: files, or the standard input and output.
import { createReadStream, createWriteStream, existsSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OperationFailedError, UsageError } from './errors.js';

/** A file, or the standard input for "-". Throws WrongUsage if there is no such file. */
export function openInput(file: string): Readable {
  if (file === '-') return process.stdin;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`There is no file "${file}".`);
  return createReadStream(file);
}

/**
 * Writes a file that is there whole or not at all: it has another name beside it until all of it is on disk. A file
 * of this name is replaced. Rejects with Refused if the file cannot be written, and with what `chunks` throws.
 */
export async function writeFileAtomically(
  file: string,
  chunks: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<void> {
  const path = resolve(file);
  if (!existsSync(dirname(path))) throw new UsageError(`There is no directory "${dirname(path)}".`);
  const unfinished = join(dirname(path), `.${basename(path)}.${process.pid}`);
  const out = createWriteStream(unfinished, { flags: 'wx', flush: true });
  const closed = new Promise<void>((resolve) => out.once('close', resolve));
  try {
    await pipeline(chunks, out, { signal });
    await rename(unfinished, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await closed; // what is still being opened would be there afterwards
    rmSync(unfinished, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || code === undefined) throw error;
    throw new OperationFailedError(`"${file}" cannot be written (${code}).`);
  }
}

/** The name of a file is on disk once its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
