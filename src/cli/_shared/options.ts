// Options that name what a verb works on: a running server, or the data directory of a stopped one.
import { type Command, Option } from 'commander';

export type DirectoryOptions = { readonly data: string };

/** The data directory; by default the one that `npm start` uses. */
export const createDataOption = (): Option =>
  new Option('--data <directory>', 'the data directory (also DATA_DIR)').default(
    process.env['DATA_DIR'] || './data',
  );

/** Adds the options that name the server and the API key. */
export const addServerOptions = (verb: Command): Command =>
  addConnectionOptions(verb).option(
    '--data <directory>',
    'the directory whose admin.key is used by default (also DATA_DIR)',
  );

const addConnectionOptions = (verb: Command): Command =>
  verb
    .option(
      '--url <address>',
      'the server (also MINUTEBOOK_URL; http://127.0.0.1:3000, with PORT if that is set)',
    )
    .option(
      '--key <key>',
      'the API key (also MINUTEBOOK_KEY; for a server of this machine, by default the admin.key of DATA_DIR)',
    );

/** Adds the options of a verb that also works on a directory with `--data`. */
export const addServerOrDirectoryOptions = (verb: Command): Command =>
  addConnectionOptions(verb).option(
    '--data <directory>',
    'the data directory of a stopped server, instead of a server (DATA_DIR alone does not select this)',
  );
