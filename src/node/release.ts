import { readFileSync } from 'node:fs';

/** Of this file, compiled: `dist/src/node/release.js`. */
const PACKAGE_FILE = new URL('../../../package.json', import.meta.url);

/** The version of this release, of which package.json is the only source. */
export const RELEASE = (JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as { readonly version: string })
  .version;
