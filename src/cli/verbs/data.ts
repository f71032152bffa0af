// The data directory that a verb works on.
import { Option } from 'commander';

export type Where = { readonly data: string };

/** The data directory: the same one that `npm start` uses. */
export const dataOption = (): Option =>
  new Option('--data <directory>', 'the data directory (also DATA_DIR)').default(
    process.env['DATA_DIR'] || './data',
  );
