// Records with strace, in order and with every byte, what a process does to the files of a folder and what it prints.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Paths are relative to the folder; the folder itself is ''. */
export type Operation =
  | { readonly is: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly is: 'truncate'; readonly path: string; readonly length: number }
  | { readonly is: 'create' | 'remove' | 'make-directory'; readonly path: string }
  /** Of a file or a directory. It covers the operations before `covers`: those that had ended when it began. */
  | { readonly is: 'sync'; readonly path: string; readonly failed: boolean; readonly covers: number }
  | { readonly is: 'output'; readonly line: string };

export type Recording = {
  readonly operations: readonly Operation[];
  /** Lines of its standard output. */
  readonly outputLines: readonly string[];
  /** Null if it was killed. */
  readonly code: number | null;
  readonly stderr: string;
  /** Whether strace has injected a fault. */
  readonly injected: boolean;
};

/** After this time a process is considered hanging. */
const PROCESS_TIMEOUT_MS = 120_000;
const TRACED_CALLS =
  'openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,truncate,ftruncate,fallocate,fsync,fdatasync,sync_file_range,msync,unlink,unlinkat,rmdir,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,copy_file_range,sendfile,io_uring_setup';

export type InjectedFaults = {
  /** Expressions of strace's `-e inject=`, such as `fsync:error=EIO:when=3`: the third call of each thread. */
  readonly inject: readonly string[];
  /** The only files and directories whose calls are counted and recorded; all by default. */
  readonly only?: readonly string[];
};

/** Runs `node <script> <args>` and records what it does in the folder. */
export function recordProcess(
  folder: string,
  script: string,
  args: readonly string[],
  { inject, only = [] }: InjectedFaults = { inject: [] },
): Recording {
  const directory = mkdtempSync(join(tmpdir(), 'minutebook-trace-'));
  try {
    const trace = join(directory, 'trace');
    const killing = inject.some((each) => each.includes('signal='));
    const { status, stdout, stderr, error } = spawnSync(
      'strace',
      [
        // Calls that are not recorded do not stop the process, unless it is to be killed, for which strace needs
        // every call.
        ...(killing ? [] : ['--seccomp-bpf']),
        ...['-f', '-qq', '-y', '-xx', '-s', '10000000', '-o', trace, '-e', `trace=${TRACED_CALLS}`],
        ...inject.flatMap((each) => ['-e', `inject=${each}`]),
        ...only.flatMap((path) => ['-P', path]),
        ...[process.execPath, script, ...args],
      ],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
        timeout: PROCESS_TIMEOUT_MS,
        killSignal: 'SIGKILL',
      },
    );
    if (error) throw error;
    const text = readFileSync(trace, 'latin1');
    return {
      operations: parseOperations(text, folder),
      outputLines: stdout.split('\n').filter((line) => line !== ''),
      code: status,
      stderr,
      injected: text.includes('(INJECTED)') || (killing && status === null),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type SystemCall = {
  readonly name: string;
  readonly rest: string;
  readonly result: string;
  readonly began: number;
};

/** Calls that were cut in two by those of other threads are whole again. A sync counts from its end, the rest from its beginning. */
function parseOperations(trace: string, folder: string): Operation[] {
  const operations: Operation[] = [];
  const unfinished = new Map<
    string,
    { readonly head: string; readonly began: number; readonly at: number }
  >();
  const take = (call: SystemCall, at?: number): void => {
    const found = toOperation(call, folder);
    if (at === undefined || found?.is === 'sync') operations.push(...(found ? [found] : []));
    else if (found) operations[at] = found;
  };
  for (const line of trace.split('\n')) {
    const [, pid = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (text === '' || text.startsWith('+++') || text.startsWith('---')) continue;
    const cut = /^(.*?)\s*<unfinished \.\.\.>$/.exec(text)?.[1];
    if (cut !== undefined) {
      unfinished.set(pid, { head: cut, began: operations.length, at: operations.length });
      operations.push({ is: 'output', line: '' }); // keeps the directory
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const before = resumed === undefined ? undefined : unfinished.get(pid);
    unfinished.delete(pid);
    const call = parseCall(before ? before.head + (resumed ?? '') : text, before?.began ?? operations.length);
    if (call) take(call, before?.at);
  }
  // A process that was killed in the middle of a call has begun it.
  for (const { head, began, at } of unfinished.values()) {
    const call = parseCall(`${head}) = 0`, began);
    if (call && !call.name.endsWith('sync')) take(call, at);
  }
  return operations;
}

function parseCall(text: string, began: number): SystemCall | undefined {
  const [, name, rest, result] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(text) ?? [];
  return name === undefined ? undefined : { name, rest: rest ?? '', result: result ?? '', began };
}

const decodeHex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const HEX_STRING_PATTERN = /"((?:\\x[0-9a-f]{2})*)"/;

function toOperation({ name, rest, result, began }: SystemCall, folder: string): Operation | undefined {
  const failed = result.startsWith('-1') || result.startsWith('?');
  const inside = (path: string): string | undefined => {
    const found = relative(folder, path);
    // What SQLite's connections share in memory need not survive, and is not read after a crash.
    return found.startsWith('..') || found.endsWith('-shm') ? undefined : found;
  };
  const [, fd, hexPath] = /^(\d+)<((?:\\x[0-9a-f]{2})*)>/.exec(rest) ?? [];
  const ofDescriptor = hexPath === undefined ? undefined : inside(decodeHex(hexPath).toString());
  const named = HEX_STRING_PATTERN.exec(rest)?.[1];
  const ofName = named === undefined ? undefined : inside(decodeHex(named).toString());
  const unknown = (): never => {
    throw new Error(`What a power loss leaves of this call is not known here: ${name}(${rest.slice(0, 300)}`);
  };
  switch (name) {
    case 'write':
    case 'writev':
      if (fd === '1')
        return {
          is: 'output',
          line: decodeHex(named ?? '')
            .toString()
            .trim(),
        };
      return ofDescriptor === undefined ? undefined : unknown();
    case 'pwrite64': {
      if (ofDescriptor === undefined || failed) return undefined;
      const bytes = decodeHex(named ?? '');
      const offset = Number(/, (\d+)$/.exec(rest)?.[1]);
      return { is: 'write', path: ofDescriptor, offset, bytes };
    }
    case 'ftruncate':
      if (ofDescriptor === undefined || failed) return undefined;
      return { is: 'truncate', path: ofDescriptor, length: Number(/, (\d+)$/.exec(rest)?.[1]) };
    case 'fsync':
    case 'fdatasync':
      if (ofDescriptor === undefined) return undefined;
      return { is: 'sync', path: ofDescriptor, failed, covers: began };
    case 'openat':
      if (ofName === undefined || failed || !rest.includes('O_CREAT')) return undefined;
      if (rest.includes('O_TRUNC') && !rest.includes('O_EXCL')) return unknown();
      return { is: 'create', path: ofName };
    case 'unlink':
      return ofName === undefined || failed ? undefined : { is: 'remove', path: ofName };
    case 'mkdir':
      return ofName === undefined || failed ? undefined : { is: 'make-directory', path: ofName };
    default:
      return (ofDescriptor ?? ofName) === undefined || failed ? undefined : unknown();
  }
}
