import {
  type ReaderQueueClient,
  ReaderQueue,
  ReadersBusyError,
} from '../../src/read-models/reading/reader-queue.js';

const createClient = (id: string): ReaderQueueClient & { hangUp: () => void } => {
  let isGone = false;
  return { id, isGone: () => isGone, hangUp: () => (isGone = true) };
};
const takeAll = (queue: ReaderQueue<string>): string[] => {
  const taken: string[] = [];
  for (let job = queue.take(); job !== undefined; job = queue.take()) taken.push(job);
  return taken;
};

describe('the queue of the reader threads', () => {
  it('takes one request of each client in turn', () => {
    const queue = new ReaderQueue<string>(() => undefined);
    for (let n = 1; n <= 4; n++) queue.add(createClient('a'), `a${n}`);
    for (let n = 1; n <= 2; n++) queue.add(createClient('b'), `b${n}`);
    queue.add(createClient('c'), 'c1');
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    expect(queue.size).toBe(0);
  });

  it('drops the requests of clients that have gone', () => {
    const dropped: string[] = [];
    const queue = new ReaderQueue<string>((job) => dropped.push(job));
    const [gone, waiting] = [createClient('a'), createClient('a')];
    for (let n = 1; n <= 3; n++) queue.add(gone, `gone ${n}`);
    queue.add(waiting, 'waiting');
    gone.hangUp();
    expect(takeAll(queue)).toEqual(['waiting']);
    expect(dropped).toEqual(['gone 1', 'gone 2', 'gone 3']);
  });

  it('refuses the 129th waiting request of one client, but not the first of another', () => {
    const queue = new ReaderQueue<string>(() => undefined);
    for (let n = 0; n < 128; n++) queue.add(createClient('a'), 'a');
    expect(() => queue.add(createClient('a'), 'a')).toThrow(ReadersBusyError);
    queue.add(createClient('b'), 'b');
    expect(queue.size).toBe(129);
  });

  it('refuses the 513th waiting request of all clients', () => {
    const queue = new ReaderQueue<string>(() => undefined);
    for (let n = 0; n < 512; n++) queue.add(createClient(`client ${n}`), 'job');
    expect(() => queue.add(createClient('another'), 'job')).toThrow(ReadersBusyError);
  });

  it('has room again when the clients of waiting requests have gone', () => {
    const queue = new ReaderQueue<string>(() => undefined);
    const gone = createClient('a');
    for (let n = 0; n < 128; n++) queue.add(gone, 'gone');
    gone.hangUp();
    queue.add(createClient('a'), 'waiting');
    expect(queue.size).toBe(1);
    expect(takeAll(queue)).toEqual(['waiting']);
  });
});
