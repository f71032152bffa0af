// The command line on a cluster whose servers are frozen or drop packets: connections to them are made for minutes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { runScript } from '../support/child-program.js';

/** Shorter than the two minutes for which the system tries to connect. */
const LIFETIME_MS = 90_000;

/** Prints its port and does nothing more, so that the system completes only as many connections as its queue holds. */
const FROZEN_SERVER = `
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, server.address().port + '\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${LIFETIME_MS});
  process.exit();
});`;

it('reports that the cluster does not respond, and ends although a connection is still being made', async () => {
  const frozen = spawn(process.execPath, ['--eval', FROZEN_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: frozen.stdout }), 'line')) as [string];
  const port = Number(line);
  const queued: Socket[] = Array.from({ length: 8 }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  );
  try {
    const hosts = [port, port, port].map((each) => `127.0.0.1:${each}`).join(',');
    const environment = {
      LEDGER: `esdb://${hosts}?tls=false`,
      LEDGER_PREFIX: 'silent',
      DATA_DIR: '/nowhere',
    };
    const { code, stdout, stderr } = await runScript('cli/minutebook', ['keys', 'list'], environment).exit;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The cluster cannot be reached now /);
  } finally {
    for (const socket of queued) socket.destroy();
    frozen.kill('SIGKILL');
  }
});
