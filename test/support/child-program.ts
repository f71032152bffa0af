// Programs of the project as child processes, on compiled code, ended when the tests are over.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Environment, addLedgerSettings } from './embedded-or-cluster.js';
import { projectRoot } from './project-root.js';

export type ProgramExit = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A child process with its output so far. */
export class ChildProgram {
  stdout = '';
  stderr = '';
  readonly exit: Promise<ProgramExit>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exit = once(child, 'close').then(([code]: unknown[]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves when this text was printed; rejects with the whole output if the process ends before. */
  async waitForOutput(text: string): Promise<void> {
    let isOver = false;
    const over = this.exit.then(() => (isOver = true));
    while (!this.stdout.includes(text)) {
      if (isOver) throw new Error(`It ended without printing "${text}": ${this.stdout}${this.stderr}`);
      await Promise.race([once(this.child.stdout!, 'data'), over]);
    }
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProgramExit> {
    this.child.kill(signal);
    return this.exit;
  }
}

const runningPrograms: ChildProgram[] = [];

/** Runs `dist/src/<file>.js` from the root of the project. */
export function runScript(
  file: string,
  words: readonly string[],
  environment: Environment = {},
  isPiped = false,
): ChildProgram {
  const path = join(projectRoot, 'dist/src', `${file}.js`);
  const named = words.indexOf('--data');
  const directory = named < 0 ? environment['DATA_DIR'] : words[named + 1];
  // Other verbs connect to a server, or work on a directory alone.
  const isNode = file === 'cli/demo/run-demo' || words[0] === 'serve' || words[0] === 'keys';
  const settings = isNode ? addLedgerSettings(environment, directory) : environment;
  return startProgram(process.execPath, [path, ...words], settings, isPiped);
}

/** Runs any program from the root of the project; `isPiped`: the test writes to its input. */
export function startProgram(
  command: string,
  words: readonly string[],
  environment: Environment = {},
  isPiped = false,
): ChildProgram {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const program = new ChildProgram(
    spawn(command, words, {
      cwd: projectRoot,
      env: { ...inherited, ...environment },
      stdio: [isPiped ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    }),
  );
  runningPrograms.push(program);
  return program;
}

/** For `afterAll`. */
export async function stopAllPrograms(): Promise<void> {
  for (const program of runningPrograms.splice(0)) {
    if (program.child.exitCode === null && program.child.signalCode === null) await program.stop('SIGKILL');
  }
}
