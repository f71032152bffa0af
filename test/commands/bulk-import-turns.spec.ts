// How lines of an import share the thread with others.
import { importLines, type ImportLineResult } from '../../src/commands/bulk-import.js';
import { InterruptibleLines } from '../../src/json/interruptible-lines.js';
import type { NdjsonLine } from '../../src/json/ndjson-lines.js';
import { ProblemError } from '../../src/problems/problem-error.js';
import { CommandHandlerFixture } from './support/command-handler-fixture.js';

async function* createLines(texts: readonly string[]): AsyncGenerator<NdjsonLine, undefined> {
  for (const [index, text] of texts.entries())
    yield await Promise.resolve({ number: index + 1, bytes: Buffer.from(text), tooLong: false });
}

let fixture: CommandHandlerFixture;
beforeEach(() => (fixture = new CommandHandlerFixture()));
afterEach(() => fixture.close());

/** Imports lines with these parts instead of those of a server, and returns the results. */
async function runImport(
  lines: InterruptibleLines,
  parts: { runTurn?: <T>(work: () => T) => Promise<T>; assertAllowed?: () => void },
): Promise<readonly ImportLineResult[]> {
  const results: ImportLineResult[] = [];
  fixture.sequencer.isAutomatic = true;
  await importLines(lines.next(), lines, {
    node: { ledger: fixture.ledger, sequencer: fixture.sequencer, commandHandler: fixture.handler },
    sender: { actor: 'clerk', correlationId: 'c1' },
    isAdmin: false,
    isCheck: false,
    stopOnFailure: false,
    write: (result) => {
      results.push(result);
      return Promise.resolve();
    },
    isCancelled: () => false,
    assertAllowed: () => undefined,
    runTurn: async (work) => Promise.resolve(work()),
    ...parts,
  });
  fixture.sequencer.isAutomatic = false;
  await new Promise(setImmediate); // a commit may still be scheduled, with nothing to commit
  return results;
}

const createSource = (source: string): string =>
  JSON.stringify({ command: 'register-source', data: { source, title: 'A report' } });

describe('an import of commands', () => {
  it('decides each line in a turn of its own, also one that is refused', async () => {
    let turns = 0;
    const runTurn = async <T>(work: () => T): Promise<T> => {
      turns++;
      return Promise.resolve(work());
    };
    const texts = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? createSource(`s-${n}`) : '{}'));
    const results = await runImport(new InterruptibleLines(createLines(texts)), { runTurn });
    expect(results.map(({ status }) => status)).toEqual(texts.map((_, n) => (n % 2 === 0 ? 201 : 422)));
    expect(turns).toBe(50);
  });

  it('waits for its turn before it decides', async () => {
    let grant: () => void = () => undefined;
    const runTurn = <T>(work: () => T): Promise<T> =>
      new Promise((resolve) => (grant = () => resolve(work())));
    const importing = runImport(new InterruptibleLines(createLines([createSource('s-1')])), { runTurn });
    await new Promise(setImmediate);
    expect(fixture.sequencer.receivedAppends).toHaveLength(0);
    grant();
    expect(await importing).toMatchObject([{ line: 1, status: 201 }]);
  });

  it('ends before a line that the sender may not send any more', async () => {
    let allowed = 2;
    const assertAllowed = (): void => {
      if (allowed-- === 0) throw new ProblemError('unknown-key', 'The key was revoked.');
    };
    const texts = ['s-1', 's-2', 's-3', 's-4'].map(createSource);
    const results = await runImport(new InterruptibleLines(createLines(texts)), { assertAllowed });
    expect(results.map(({ line, status, code }) => [line, status, code])).toEqual([
      [1, 201, undefined],
      [2, 201, undefined],
      [3, 401, 'unknown-key'],
    ]);
  });

  it('ends when its lines are interrupted while it waits for the next one', async () => {
    // eslint-disable-next-line require-yield -- the first line never comes
    async function* wait(): AsyncGenerator<NdjsonLine, undefined> {
      await new Promise(() => undefined);
      return undefined;
    }
    const lines = new InterruptibleLines(wait());
    const importing = runImport(lines, {});
    lines.interrupt(new ProblemError('unknown-key', 'The key was revoked.'));
    expect(await importing).toMatchObject([{ line: 1, status: 401, code: 'unknown-key' }]);
  });
});
