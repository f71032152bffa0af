// Starts on a full disk, with few file descriptors, and with files that are not what they should be. A start serves what it
// can, loses nothing, and what it cannot do it says in one sentence.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { type ChildProgram, runScript, startProgram, stopAllPrograms } from '../support/child-program.js';
import { describeEmbedded } from '../support/embedded-or-cluster.js';
import { fillDisk, mountSmallDisk, unmountSmallDisk } from '../support/small-disk.js';
import { cleanUp, createTemporaryDirectory, startTestServer } from '../support/test-server.js';
import { waitUntil } from '../support/wait-until.js';

const REASON = 'a node of a cluster needs its cluster to start';
const getUrl = ({ stdout }: ChildProgram): string => /open at (http:\S+)/.exec(stdout)?.[1] ?? '';

async function start(directory: string): Promise<{ readonly program: ChildProgram; readonly url: string }> {
  const program = runScript('main', [], { DATA_DIR: directory, PORT: '0' });
  await program.waitForOutput('open at');
  return { program, url: getUrl(program) };
}
const getKey = (directory: string) => readFileSync(join(directory, 'admin.key'), 'utf8').trim();
const registerSource = async (url: string, directory: string, source: string) => {
  const response = await fetch(`${url}/commands/register-source`, {
    method: 'POST',
    body: JSON.stringify({ source, title: source }),
    headers: { authorization: `Bearer ${getKey(directory)}`, 'content-type': 'application/json' },
  });
  return { status: response.status, json: (await response.json()) as { readonly code?: string } };
};
const getJson = async (address: string) => (await (await fetch(address)).json()) as Record<string, unknown>;
const getStatus = async (address: string) => (await fetch(address)).status;
/** The directory of a stopped server with one source. */
async function createBook(): Promise<string> {
  const server = await startTestServer();
  await server.recordCommands(['register-source', { source: 'one', title: 'one' }]);
  await server.close();
  return server.directory;
}
/** The numbers of the files of the read models: 1 as long as none was built again. */
const listGenerations = (directory: string) =>
  new Set(readdirSync(join(directory, 'read-models')).flatMap((name) => /-(\d+)\.db$/.exec(name)?.[1] ?? []));
const countLines = (text: string) => text.trim().split('\n').length;

afterEach(stopAllPrograms);
afterAll(cleanUp);

const disk = mountSmallDisk('16m');
afterAll(() => {
  if (disk !== undefined) unmountSmallDisk(disk);
});

describeEmbedded(REASON, 'a start on a full disk', () => {
  const onDisk = disk === undefined ? it.skip : it;
  const directory = join(disk ?? '', 'data');
  const ballast = join(disk ?? '', 'ballast');
  afterEach(() => rmSync(ballast, { force: true }));

  onDisk.each(['SIGTERM', 'SIGKILL'] as const)(
    'that was filled after %s serves reads, and records once there is space',
    async (signal) => {
      rmSync(directory, { recursive: true, force: true });
      const first = await start(directory);
      expect((await registerSource(first.url, directory, 'one')).status).toBe(201);
      await first.program.stop(signal);
      fillDisk(ballast);

      const second = await start(directory);
      await waitUntil(async () => (await getStatus(`${second.url}/health/ready`)) === 200);
      expect(await getStatus(`${second.url}/sources/one`)).toBe(200);
      expect(await getStatus(`${second.url}/sources`)).toBe(200);
      fillDisk(`${ballast}-2`);
      expect(await getJson(`${second.url}/health/ready?for=commands`)).toMatchObject({
        reads: true,
        commands: false,
        reasons: ['disk-full'],
      });
      rmSync(`${ballast}-2`);
      rmSync(ballast);
      await waitUntil(async () => (await getStatus(`${second.url}/health/ready?for=commands`)) === 200);
      expect((await registerSource(second.url, directory, 'two')).status).toBe(201);
      await second.program.stop();
      expect(listGenerations(directory)).toEqual(new Set(['1']));
    },
  );

  onDisk('that was full before it was stopped serves reads', async () => {
    rmSync(directory, { recursive: true, force: true });
    const first = await start(directory);
    await registerSource(first.url, directory, 'one');
    fillDisk(ballast);
    let refused = 0;
    for (let n = 0; n < 2_000 && refused === 0; n++)
      if ((await registerSource(first.url, directory, `more-${n}`)).status === 503) refused++;
    expect(refused).toBe(1);
    await first.program.stop();
    const second = await start(directory);
    await waitUntil(async () => (await getStatus(`${second.url}/health/ready`)) === 200);
    expect(await getStatus(`${second.url}/sources/one`)).toBe(200);
    await second.program.stop();
  });

  onDisk('that is the first one ends with a sentence', async () => {
    rmSync(directory, { recursive: true, force: true });
    for (const size of ['200k', '400k', '700k']) {
      const tiny = mountSmallDisk(size);
      if (tiny === undefined) return;
      try {
        const { code, stderr } = await runScript('main', [], { DATA_DIR: join(tiny, 'data'), PORT: '0' })
          .exit;
        const sentence = stderr.split('\n').filter((line) => line !== '' && !line.includes('WARN'));
        expect([code, sentence]).toEqual([1, [expect.stringMatching(/disk.*\.$/)]]);
      } finally {
        unmountSmallDisk(tiny);
      }
    }
  });

  onDisk('lets keys be listed and says why they cannot be changed', async () => {
    rmSync(directory, { recursive: true, force: true });
    const first = await start(directory);
    fillDisk(ballast);
    const add = (n: number) =>
      runScript('cli/minutebook', ['keys', 'add', `clerk-${n}`, '--role', 'recorder', '--data', directory])
        .exit;
    let refused = await add(0);
    // The log of keys.db may have some space of its own left.
    for (let n = 1; n < 10 && refused.code === 0; n++) refused = await add(n);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^The keys were not changed: the disk is full, .*\.\n$/);
    expect((await runScript('cli/minutebook', ['keys', 'list', '--data', directory]).exit).code).toBe(0);
    await first.program.stop();
  });
});

describeEmbedded(REASON, 'a start with few file descriptors', () => {
  it.each([44, 60, 76])('such as %d does not take that for damage of the read models', async (limit) => {
    const directory = await createBook();
    const program = startProgram(
      'sh',
      ['-c', `ulimit -n ${limit}; exec "$0" dist/src/main.js`, process.execPath],
      { DATA_DIR: directory, PORT: '0' },
    );
    const isOpen = await program.waitForOutput('open at').then(
      () => true,
      () => false,
    );
    if (isOpen) await program.stop();
    else expect((await program.exit).stderr).not.toMatch(/^\s+at /m);
    expect(listGenerations(directory)).toEqual(new Set(['1']));
    const again = await startTestServer({ directory });
    expect((await again.get('/sources/one')).status).toBe(200);
    expect(listGenerations(directory)).toEqual(new Set(['1']));
  });
});

describeEmbedded(REASON, 'files that are not what they should be', () => {
  it.each([
    ['keys.db', /keys\.db cannot be read as the API keys .* restore it from a backup, .*\.$/],
    ['ledger.db', /ledger\.db cannot be read as a ledger .* restore it from a copy\.$/],
    ['checkpoint.key', /checkpoint\.key is not a key that signs checkpoints .*\.$/],
    ['checkpoint', /checkpoint is not a checkpoint signed by .*\.$/],
  ])(
    '%s with other content ends the start, and the command line, with one sentence',
    async (name, sentence) => {
      const directory = await createBook();
      writeFileSync(join(directory, name), 'these are no minutes at all\n'.repeat(400));
      for (const end of ['-wal', '-shm']) rmSync(join(directory, name + end), { force: true });
      const { code, stderr } = await runScript('main', [], { DATA_DIR: directory, PORT: '0' }).exit;
      expect([code, countLines(stderr)]).toEqual([1, 1]);
      expect(stderr.trim()).toMatch(sentence);
      if (name !== 'keys.db') return;
      const keys = await runScript('cli/minutebook', ['keys', 'list', '--data', directory]).exit;
      expect([keys.code, countLines(keys.stderr)]).toEqual([1, 1]);
      expect(keys.stderr.trim()).toMatch(sentence);
    },
  );
});

describeEmbedded(REASON, 'a copy on a read-only disk', () => {
  (disk === undefined ? it.skip : it)('is audited and exported, and nothing is written to it', async () => {
    const directory = await createBook();
    const evidence = mountSmallDisk('8m');
    if (evidence === undefined) return;
    try {
      cpSync(directory, join(evidence, 'data'), { recursive: true });
      rmSync(join(evidence, 'data', 'reserve'), { force: true });
      await startProgram('mount', ['-o', 'remount,ro', evidence]).exit;
      const before = readdirSync(join(evidence, 'data'), { recursive: true });
      const audit = await runScript('cli/minutebook', ['audit', '--data', join(evidence, 'data')]).exit;
      expect([audit.code, audit.stderr]).toEqual([0, '']);
      expect(audit.stdout).toMatch(
        /^The book up to entry 1 is intact, and \d+ read models match a rebuild\.$/m,
      );
      const file = join(createTemporaryDirectory(), 'book.ndjson');
      const exported = await runScript('cli/minutebook', [
        ...['export', '--data', join(evidence, 'data'), '--to', file],
      ]).exit;
      expect([exported.code, exported.stderr]).toEqual([0, '']);
      expect(countLines(readFileSync(file, 'utf8'))).toBe(2);
      expect(readdirSync(join(evidence, 'data'), { recursive: true })).toEqual(before);
    } finally {
      unmountSmallDisk(evidence);
    }
  });
});
