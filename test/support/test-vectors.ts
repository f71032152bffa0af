// Public test vectors and data, which are not part of the project: a folder with `vectors/<suite>/...` and
// `data/<name>/...` in it.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from './project-root.js';

const VECTORS_DIRECTORY = resolve(projectRoot, process.env['MINUTEBOOK_VECTORS'] || '../shared');

/** The directory of one suite of vectors; undefined if there is none, which the console says. */
export const findVectors = (suite: string): string | undefined =>
  findFolder(`the vectors of ${suite}`, 'vectors', suite);

/** The folder of one set of data, or undefined, which is said on the console. */
export const findSharedData = (name: string): string | undefined =>
  findFolder(`the data of ${name}`, 'data', name);

function findFolder(what: string, ...path: string[]): string | undefined {
  const folder = join(VECTORS_DIRECTORY, ...path);
  if (existsSync(folder)) return folder;
  console.warn(`Skipped: ${what} are not at ${folder}; set MINUTEBOOK_VECTORS.`);
  return undefined;
}
