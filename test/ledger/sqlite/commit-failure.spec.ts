// After a failed write or sync the content of the disk is not known. The writer determines it, or ends.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LedgerWriter } from '../../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../../src/ledger/sqlite/sqlite-ledger.js';
import { hasStrace } from '../../support/strace.js';
import { createTemporaryDirectory } from '../support/temporary-directory.js';
import { assertLedgerIntegrity } from '../support/ledger-integrity.js';
import type { OutputLine } from '../support/writer-process.js';

const writerProcess = fileURLToPath(new URL('../support/writer-process.js', import.meta.url));
const APPENDS = 3;

type WriterRun = { readonly lines: readonly OutputLine[]; readonly code: number; readonly trace: string };

/** The output of the child when system calls on its ledger fail in this way, and the entries afterwards. */
async function runWriter(...tampering: string[]): Promise<WriterRun & { readonly words: readonly string[] }> {
  return runTracedWriter(true, ...tampering);
}

async function runTracedWriter(
  ledgerOnly: boolean,
  ...tampering: string[]
): Promise<WriterRun & { readonly words: readonly string[] }> {
  const place = createTemporaryDirectory();
  const file = join(place, 'ledger.db');
  const log = join(place, 'trace');
  const paths = ledgerOnly ? ['', '-wal', '-shm'].flatMap((suffix) => ['-P', file + suffix]) : [];
  const { lines, code } = await new Promise<Omit<WriterRun, 'trace'>>((resolve) => {
    execFile(
      'strace',
      [
        '-f',
        '-qq',
        '-o',
        log,
        ...paths,
        ...tampering,
        process.execPath,
        writerProcess,
        file,
        String(APPENDS),
      ],
      (error, stdout) =>
        resolve({
          lines: stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line) as OutputLine] : [])),
          code: Number(error?.code ?? 0),
        }),
    );
  });
  const writer = new LedgerWriter(file);
  const ledger = new SqliteLedger(file);
  const entries = assertLedgerIntegrity(ledger);
  ledger.close();
  writer.close();
  const words = entries.map(({ data }) => (JSON.parse(data) as { words: string }).words);
  for (const line of lines) if ('appended' in line) expect(words[line.entry - 1]).toBe(String(line.appended));
  const said = words.filter((word) => word !== 'and more');
  expect(said).toEqual([...new Set(said)]);
  expect(words).toHaveLength(2 * said.length);
  return { lines, code, trace: readFileSync(log, 'utf8'), words: said };
}

/** Runs with the n-th of these calls failing, for n = 1, 2, 3 ... until no call fails. */
async function failEachCall(
  calls: string,
  error: string,
  step: number,
  check: (ran: Awaited<ReturnType<typeof runWriter>>) => void,
) {
  let failed = 0;
  for (let n = 1; ; n += 2 * step) {
    const both = await Promise.all(
      [n, n + step].map((when) =>
        runWriter('-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${when}`),
      ),
    );
    for (const ran of both) {
      if (!ran.trace.includes('INJECTED')) {
        expect(ran.lines).toHaveLength(APPENDS);
        expect(failed).toBeGreaterThan(0);
        return;
      }
      failed++;
      check(ran);
    }
  }
}

const listAcknowledged = (lines: readonly OutputLine[]) =>
  lines.flatMap((line) => ('appended' in line ? [line.appended] : []));
const listCodes = (lines: readonly OutputLine[]) =>
  lines.flatMap((line) => ('code' in line ? [line.code] : []));
const listFatalMessages = (lines: readonly OutputLine[]) =>
  lines.flatMap((line) => ('ended' in line ? [line.ended] : []));
const FATAL_MESSAGE =
  /^The disk under .* then start again\.$|^A commit failed .* then start again: all acknowledged entries are safe\.$/s;

/** It continued, or it ended with a sentence; either way it acknowledged only what is durable. */
function expectTruthfulOutput({ lines, code, words }: Awaited<ReturnType<typeof runWriter>>): void {
  const [sentence] = listFatalMessages(lines);
  expect(code).toBe(sentence === undefined ? 0 : 1);
  if (sentence !== undefined) expect(sentence).toMatch(FATAL_MESSAGE);
  for (const number of listAcknowledged(lines)) expect(words).toContain(String(number));
}
const expectAllAppended = ({ lines }: WriterRun): void => {
  if (listFatalMessages(lines).length === 0) expect(listAcknowledged(lines)).toEqual([0, 1, 2]);
};

(hasStrace() ? describe : describe.skip)('a disk that fails', () => {
  it('every acknowledgment follows a sync of the log', async () => {
    const { trace, lines } = await runTracedWriter(false, '-y', '-e', 'trace=fdatasync,fsync,write');
    expect(listAcknowledged(lines)).toEqual([0, 1, 2]);
    const calls = trace
      .split('\n')
      .flatMap((line) =>
        /write\(1<.*appended/.test(line) ? 'said' : /sync\(.*-wal>/.test(line) ? 'synced' : [],
      );
    // After the last one the garbage collector may close the files, which syncs them once more.
    const untilLast = calls.slice(0, calls.lastIndexOf('said') + 1);
    expect(untilLast.join(' ')).toMatch(/synced said (synced )+said (synced )+said$/);
  });

  it('at the n-th sync: determines and reports what is durable', () =>
    failEachCall('fdatasync,fsync', 'EIO', 1, (ran) => {
      expectTruthfulOutput(ran);
      expectAllAppended(ran);
      expect(listCodes(ran.lines).every((code) => code === 'outcome-unknown')).toBe(true);
    }));

  it('at the n-th write: determines and reports what is durable', () =>
    failEachCall('pwrite64', 'EIO', 3, (ran) => {
      expectTruthfulOutput(ran);
      expectAllAppended(ran);
      expect(listCodes(ran.lines).every((code) => code === 'outcome-unknown')).toBe(true);
    }));

  it('for lack of space at the n-th write: reports that nothing was written', () =>
    failEachCall('pwrite64', 'ENOSPC', 3, (ran) => {
      expectTruthfulOutput(ran);
      expectAllAppended(ran);
      for (const sentence of listFatalMessages(ran.lines))
        expect(sentence).toMatch(/^The disk under .* is full or failing /);
      expect(listCodes(ran.lines).every((code) => code === 'disk-full')).toBe(true);
    }));

  it('permanently: reports it, or ends with a sentence, and all acknowledged entries are there', async () => {
    const calls = 'fdatasync,fsync,pwrite64,ftruncate';
    const sentences = new Set<string>();
    for (let from = 2; from < 60; from += 4) {
      const ran = await runWriter('-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO:when=${from}+`);
      expectTruthfulOutput(ran);
      for (const sentence of listFatalMessages(ran.lines)) sentences.add(sentence.replace(/ \(.*\)/s, ''));
    }
    expect([...sentences]).toContain(
      'A commit failed. Check the disk, then start again: all acknowledged entries are safe.',
    );
  });
});
