import { fileURLToPath } from 'node:url';

/** The folder of package.json. Tests run from dist/test. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));
