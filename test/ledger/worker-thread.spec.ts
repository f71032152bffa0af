import { describe, expect, it } from '@jest/globals';
import { WorkerThread } from '../../src/ledger/worker-thread.js';

/** Starts a thread that runs this module. */
function startThread(code: string, data: object = {}) {
  const messages: unknown[] = [];
  const thread = new WorkerThread<unknown, unknown>(
    new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    data,
    (message) => messages.push(message),
    { name: 'test' },
  );
  return { thread, messages };
}

const ECHO = `
  import { parentPort, workerData } from 'node:worker_threads';
  parentPort.postMessage(workerData.first);
  parentPort.on('message', (message) => {
    parentPort.postMessage(message);
    if (message === 'close') parentPort.close();
  });`;

describe('a worker thread', () => {
  it('gets its data and every message, and has ended after its last message', async () => {
    const { thread, messages } = startThread(ECHO, { first: 'data' });
    for (const message of ['a', { b: 1 }, 'close']) thread.send(message);
    expect(await thread.ended).toBeUndefined();
    expect(messages).toEqual(['data', 'a', { b: 1 }, 'close']);
  });

  it('ignores messages once it has ended', async () => {
    const { thread, messages } = startThread(ECHO, { first: 'data' });
    thread.send('close');
    await thread.ended;
    thread.send('late');
    expect(messages).toEqual(['data', 'close']);
  });

  it('ends with the error that its module throws', async () => {
    const { thread, messages } = startThread(`throw new TypeError('The module is broken.');`);
    expect(await thread.ended).toMatchObject({
      message: expect.stringContaining('The module is broken.') as unknown,
    });
    expect(messages).toEqual([]);
  });

  it('ends with an error if it throws what is no error', async () => {
    const { thread } = startThread(`throw 'broken';`);
    expect(await thread.ended).toMatchObject({ message: 'broken' });
  });

  it('ends with an error that names its exit code', async () => {
    const { thread } = startThread('process.exit(3);');
    expect(await thread.ended).toMatchObject({ message: 'it ended with code 3' });
  });
});
