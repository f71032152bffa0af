// docs/first-book.md, carried out from its first line to its last in one shell, on a server with an empty directory.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript, startProgram, stopAllPrograms } from '../support/child-program.js';
import { describeEmbedded } from '../support/embedded-or-cluster.js';
import { projectRoot } from '../support/project-root.js';
import { readCodeBlocks, toExpectation } from './support/markdown-blocks.js';

const blocks = readCodeBlocks('docs/first-book.md');
const steps = blocks
  .map((block, n) => ({ ...block, then: blocks[n + 1] }))
  .filter(({ info }) => info === 'sh')
  .map((step, n) => ({ ...step, n }));
const END_OF_STEP = '---- end of step ----';
/** For some fifty programs, one after the other, on a machine that does other things, too. */
const SCRIPT_TIMEOUT_MS = 240_000;

describeEmbedded('the tutorial starts one server with an embedded ledger', 'the first book', () => {
  const folder = mkdtempSync(join(tmpdir(), 'minutebook-first-'));
  let outputs: readonly string[] = [];
  let errors = '';
  beforeAll(async () => {
    for (const name of ['dist', 'node_modules', 'package.json'])
      symlinkSync(join(projectRoot, name), join(folder, name));
    const server = runScript('cli/minutebook', ['serve', '--port', '0', '--data', join(folder, 'data')]);
    await server.waitForOutput('/docs).\n');
    const port = /open at \S+:(\d+) /.exec(server.stdout)?.[1];
    const script = steps.map(({ text }) => `${text}\necho '${END_OF_STEP}'\n`).join('');
    const { stdout, stderr } = await startProgram('sh', ['-eu', '-c', `cd '${folder}'\n${script}`], {
      PORT: port,
      DATA_DIR: undefined,
      MINUTEBOOK_URL: undefined,
      MINUTEBOOK_KEY: undefined,
    }).exit;
    outputs = stdout.split(`${END_OF_STEP}\n`);
    errors = stderr;
  }, SCRIPT_TIMEOUT_MS);
  afterAll(async () => {
    await stopAllPrograms();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is written to its end without an error that the text does not show', () => {
    const shown = [/^\/organisation: .*\(unknown-field\)\.$/, /is missing \(missing-field\)\.$/];
    const others = errors.split('\n').filter((line) => line !== '' && !shown.some((each) => each.test(line)));
    expect(others).toEqual([]);
    expect(outputs).toHaveLength(steps.length + 1);
  });

  it.each(steps.filter(({ then }) => then?.info === 'json'))('answers as line $line shows', ({ n, then }) => {
    expect(JSON.parse(outputs[n] ?? '')).toEqual(toExpectation(JSON.parse(then?.text ?? '')));
  });

  it('ends with a record, a correction, and a proof', () => {
    const all = outputs.join('');
    expect(all).toContain('Would be recorded: 12. Already recorded: 0. Refused: 0.');
    expect(all).toContain('Recorded: 12. Already recorded: 0. Refused: 0.');
    expect(all).toMatch(/4,300[\s\S]*4,200/);
    expect(all).toContain('All 21 entries match the checkpoint');
  });
});
