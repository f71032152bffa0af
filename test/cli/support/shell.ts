// The command line as a user runs it: real processes, real files, a real server.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ProgramExit,
  type ChildProgram,
  runScript,
  startProgram,
  stopAllPrograms,
} from '../../support/child-program.js';
import { projectRoot } from '../../support/project-root.js';

type Settings = { readonly [name: string]: string | undefined };

/** A temporary directory and the commands that run in it, outside of any data directory. */
export class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'minutebook-cli-'));
  readonly #emptySettings: Settings = {
    DATA_DIR: join(this.folder, 'nowhere'),
    MINUTEBOOK_URL: undefined,
    MINUTEBOOK_KEY: undefined,
    CHECKPOINT_KEY_FILE: undefined,
    PORT: '2',
  };

  path(name: string): string {
    return join(this.folder, name);
  }

  /** `input` is piped into the process. */
  runMinutebook(words: readonly string[], settings: Settings = {}, input?: string): Promise<ProgramExit> {
    const program = this.startMinutebook(words, settings, input !== undefined);
    program.child.stdin?.end(input);
    return program.exit;
  }

  startMinutebook(words: readonly string[], settings: Settings = {}, isPiped = false): ChildProgram {
    return runScript('cli/minutebook', words, { ...this.#emptySettings, ...settings }, isPiped);
  }

  /** Runs on a terminal of its own (util-linux), which shows standard output and error. */
  async runOnTerminal(words: readonly string[], settings: Settings = {}): Promise<string> {
    const quoted = [process.execPath, join(projectRoot, 'dist/src/cli/minutebook.js'), ...words].map(
      (word) => `'${word}'`,
    );
    const { stdout } = await startProgram('script', ['-qec', quoted.join(' '), '/dev/null'], {
      ...this.#emptySettings,
      ...settings,
    }).exit;
    return stdout;
  }

  async startServer(name: string, settings: Settings = {}): Promise<ShellServer> {
    mkdirSync(this.path(name), { recursive: true });
    const program = this.startMinutebook(['serve', '--port', '0', '--data', this.path(name)], settings);
    await program.waitForOutput('/docs).\n');
    const url = /open at (\S+)/.exec(program.stdout)?.[1] ?? '';
    return {
      program,
      url,
      directory: this.path(name),
      settings: { MINUTEBOOK_URL: url, DATA_DIR: this.path(name) },
    };
  }

  /** For `afterAll`. */
  async cleanUp(): Promise<void> {
    await stopAllPrograms();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type ShellServer = {
  readonly program: ChildProgram;
  readonly url: string;
  readonly directory: string;
  /** The environment variables that name the server and its admin key. */
  readonly settings: Settings;
};

export const SUCCESS = { code: 0, stderr: '' };
