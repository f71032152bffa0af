// The command line as somebody at a shell uses it: real processes, real files, a real server.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, type Program, run, start, stopAll } from '../../support/child-program.js';
import { projectRoot } from '../../support/project-root.js';

type Settings = { readonly [name: string]: string | undefined };

/** A folder of its own, and what is run from a shell that stands nowhere near a book. */
export class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'minutebook-cli-'));
  readonly #nowhere: Settings = {
    DATA_DIR: join(this.folder, 'nowhere'),
    MINUTEBOOK_URL: undefined,
    MINUTEBOOK_KEY: undefined,
    CHECKPOINT_KEY_FILE: undefined,
    PORT: '2',
  };

  path(name: string): string {
    return join(this.folder, name);
  }

  /** `input` is piped in. */
  minutebook(words: readonly string[], settings: Settings = {}, input?: string): Promise<Ended> {
    const program = this.begin(words, settings, input !== undefined);
    program.child.stdin?.end(input);
    return program.ended;
  }

  begin(words: readonly string[], settings: Settings = {}, isPiped = false): Program {
    return run('cli/minutebook', words, { ...this.#nowhere, ...settings }, isPiped);
  }

  /** On a terminal of its own (util-linux), on which standard output and error are one. */
  async onTerminal(words: readonly string[], settings: Settings = {}): Promise<string> {
    const quoted = [process.execPath, join(projectRoot, 'dist/src/cli/minutebook.js'), ...words].map(
      (word) => `'${word}'`,
    );
    const { stdout } = await start('script', ['-qec', quoted.join(' '), '/dev/null'], {
      ...this.#nowhere,
      ...settings,
    }).ended;
    return stdout;
  }

  async serve(name: string, settings: Settings = {}): Promise<Serving> {
    mkdirSync(this.path(name), { recursive: true });
    const program = this.begin(['serve', '--port', '0', '--data', this.path(name)], settings);
    await program.says('/docs).\n');
    const url = /open at (\S+)/.exec(program.stdout)?.[1] ?? '';
    return {
      program,
      url,
      directory: this.path(name),
      here: { MINUTEBOOK_URL: url, DATA_DIR: this.path(name) },
    };
  }

  /** For `afterAll`. */
  async leave(): Promise<void> {
    await stopAll();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type Serving = {
  readonly program: Program;
  readonly url: string;
  readonly directory: string;
  /** Settings by which a verb finds the server and its admin key. */
  readonly here: Settings;
};

export const DONE = { code: 0, stderr: '' };
