import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildProgram, runScript, startProgram, stopAllPrograms } from '../../support/child-program.js';

const END = 'records nothing twice.';
const directory = mkdtempSync(join(tmpdir(), "minute book's demo-")); // a path that needs quotes in a shell
const startDemo = async (): Promise<ChildProgram> => {
  const demo = runScript('cli/demo/run-demo', [], { PORT: '0', HOST: '127.0.0.1', DATA_DIR: directory });
  await demo.waitForOutput(END);
  return demo;
};
const findAddresses = ({ stdout }: ChildProgram): string[] =>
  [...stdout.matchAll(/^ {2}(http:\S+)$/gm)].map(([, address]) => address ?? '');

let demo: ChildProgram;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  await stopAllPrograms();
  rmSync(directory, { recursive: true, force: true });
});

describe('npm run demo', () => {
  it('records every line of the examples', () => {
    expect(demo.stdout).toContain('93 events were recorded, 0 were in the book already');
    expect(demo.stdout).not.toContain('left out');
  });

  it('prints URLs that work', async () => {
    const printed = findAddresses(demo);
    const paths = printed.map((address) => new URL(address).pathname + new URL(address).search);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/organizations/csto/members?on=2011-05-31',
        '/organizations/csto/members?on=2000-01-01',
        '/organizations/csto/members?on=2000-01-01&asOf=64',
        '/organizations/csto/membership-history',
        '/audit/trail/membership-csto:uzbekistan',
        '/organizations/csto/members?on=2024-06-21',
        '/docs',
      ]),
    );
    for (const address of printed) expect([address, (await fetch(address)).status]).toEqual([address, 200]);
  });

  it('prints a command that records a fact when it is pasted into a shell', async () => {
    const [curl = 'false'] = /^curl .*$/m.exec(demo.stdout) ?? [];
    const pasted = await startProgram('sh', [
      '-c',
      `${curl} --silent --show-error --write-out ' %{http_code}'`,
    ]).exit;
    expect(pasted.stdout).toMatch(/"type":"SourceRegistered".* 201$/);
  });

  it('records nothing twice when it is started again', async () => {
    const first = await demo.stop();
    expect(first.code).toBe(0);
    demo = await startDemo();
    expect(demo.stdout).toContain('0 events were recorded, 93 were in the book already');
    const { items } = (await (await fetch(new URL('/events?limit=1000', findAddresses(demo)[0]))).json()) as {
      items: unknown[];
    };
    expect(items).toHaveLength(94); // one more for the pasted command
  });

  it('ends with a sentence when the directory is in use', async () => {
    const second = await runScript('cli/demo/run-demo', [], { PORT: '0', DATA_DIR: directory }).exit;
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^.* is in use by .*\n$/) as string,
    });
  });
});
