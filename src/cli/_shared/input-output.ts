// The input and output of verbs: files, or the standard input and output.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { writeDurableFile } from '../../ledger/durable-file.js';
import { OperationFailedError, UsageError } from './errors.js';

/** Opens a file, or the standard input for "-". Throws UsageError if there is no such file. */
export function openInput(file: string): Readable {
  if (file === '-') return process.stdin;
  const status = statSync(file, { throwIfNoEntry: false });
  if (status?.isDirectory()) throw new UsageError(`"${file}" is a directory: name a file in it.`);
  if (/^\s*[[{]/.test(file) && !status)
    throw new UsageError('JSON is read from a file or from a pipe: write "-" for the file, and pipe it in.');
  if (!status) throw new UsageError(`There is no file "${file}".`);
  return createReadStream(file);
}

/**
 * Writes a file that exists whole or not at all: it has another name in the same directory until all of it is durable.
 * An existing file is replaced. Rejects with UsageError or OperationFailedError if the file cannot be written, and with
 * what `chunks` throws.
 */
export async function writeOutputFile(
  file: string,
  chunks: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<void> {
  const path = resolve(file);
  if (!existsSync(dirname(path))) throw new UsageError(`There is no directory "${dirname(path)}".`);
  // Another process may be writing the same file.
  const temporaryFile = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    await writeDurableFile(path, chunks, { temporaryFile, signal });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || code === undefined) throw error;
    throw new OperationFailedError(`"${file}" cannot be written (${code}).`);
  }
}
