// The key that signs checkpoints, made before there is a book: the nodes of a cluster are all given the same.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeKey } from '../ledger/checkpoints/checkpoint-file.js';
import { Refused } from './refused.js';

/** Returns what verifiers are given (vkey). Throws Refused; a file that is there stays as it is. */
export function makeSigningKey(file: string, name: string | undefined): string {
  const path = resolve(file);
  if (existsSync(path))
    throw new Refused(
      `There is a file ${path} already, and a key that has signed is not to be lost: name another file.`,
    );
  try {
    return makeKey(path, name).verifier;
  } catch (error) {
    throw new Refused(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
  }
}
