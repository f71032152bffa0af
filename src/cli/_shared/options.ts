// What a verb works on: a running server, or the data directory of one that is stopped.
import { type Command, Option } from 'commander';

export type DirectoryOptions = { readonly data: string };

/** The data directory: the same one that `npm start` uses. */
export const createDataOption = (): Option =>
  new Option('--data <directory>', 'the data directory (also DATA_DIR)').default(
    process.env['DATA_DIR'] || './data',
  );

/** Adds the options that say which server, and who speaks to it. */
export const addServerOptions = (verb: Command): Command =>
  addConnectionOptions(verb).option(
    '--data <directory>',
    'where the admin.key is that is used by default (also DATA_DIR)',
  );

const addConnectionOptions = (verb: Command): Command =>
  verb
    .option(
      '--url <address>',
      'the server (also MINUTEBOOK_URL; http://127.0.0.1:3000, with PORT if that is set)',
    )
    .option(
      '--key <key>',
      'who speaks (also MINUTEBOOK_KEY; to a server of this machine, by default the admin.key of DATA_DIR)',
    );

/** Adds them for a verb that works without a server, too. `--data` makes it. */
export const addServerOrDirectoryOptions = (verb: Command): Command =>
  addConnectionOptions(verb).option(
    '--data <directory>',
    'not a server, but the data directory of a stopped one (DATA_DIR alone does not mean this)',
  );
