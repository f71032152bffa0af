// A server process keeps running and responding while its cluster is down.
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ShellServer, Shell } from '../cli/support/shell.js';
import { KurrentDbDouble } from '../support/kurrentdb/kurrentdb-double.js';
import { waitUntil } from '../support/wait-until.js';

describe('a server whose cluster is down', () => {
  const shell = new Shell();
  let double: KurrentDbDouble;
  let node: ShellServer;
  beforeAll(async () => {
    double = await KurrentDbDouble.start({ nodes: 3 });
    node = await shell.startServer('node', { LEDGER: double.connectionString, LEDGER_PREFIX: 'outlives' });
  });
  afterAll(async () => {
    await shell.cleanUp();
    await double.stop();
  });

  const register = async (source: string): Promise<number> => {
    const { status } = await fetch(`${node.url}/commands/register-source`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${readFileSync(join(node.directory, 'admin.key'), 'utf8').trim()}`,
      },
      body: JSON.stringify({ source, title: source }),
    });
    return status;
  };

  it('keeps running when appends fail one after the other and discovery finds no server', async () => {
    const held = Array.from({ length: 8 }, (_, n) => `held-${n}`);
    const letGo = held.map((name) => double.faults.holdAppends((stream) => stream.endsWith(name)));
    const outcomes = held.map(register);
    await waitUntil(() => double.faults.heldAppends === held.length);
    double.faults.unavailable();
    outcomes.push(register('free'));
    await sleep(50);
    for (const refuse of letGo) {
      refuse();
      await sleep(50);
    }
    double.faults.available();
    for (const outcome of outcomes) expect([201, 503]).toContain(await outcome);
    // The node finds its servers again at its next attempt, which it makes by itself.
    await waitUntil(async () => (await fetch(`${node.url}/health/ready?for=commands`)).ok);
    expect(await register('afterwards')).toBe(201);
    expect(node.program.child.exitCode).toBeNull();
  });
});
