// A client subscribes to one meeting while it is recorded: it misses nothing and receives no other events, also over reconnections.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';
import {
  type Command,
  councilCommands,
  openMeeting,
  scheduleMeeting,
  recordStatement,
} from '../../projections/support/council-commands.js';

type Event = {
  readonly entry: number;
  readonly stream: string;
  readonly data: { readonly statement?: string };
};

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...councilCommands);
}, 60_000);
afterAll(cleanUp);

type Where = { readonly after?: number; readonly last?: string };

/** Receives this many events of a stream, then closes the connection. */
async function follow(stream: string, count: number, { after, last }: Where, connected = () => {}) {
  const query = new URLSearchParams({ stream, ...(after !== undefined && { after: String(after) }) });
  const response = await fetch(new URL(`/events?${query.toString()}`, book.url), {
    headers: { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) },
  });
  expect(response.headers.get('content-type')).toMatch('text/event-stream');
  connected();
  const body = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events: { readonly id: string; readonly event: Event }[] = [];
  for (let text = ''; events.length < count;) {
    const { value, done } = await body.read();
    if (done) throw new Error('it ended before all events were received');
    const messages = (text + value).split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const [, id, data] = /^id: (.*)\ndata: (.*)$/.exec(message) ?? [];
      // Events received beyond the count are lost with the connection, as for any client.
      if (id !== undefined && data !== undefined && events.length < count)
        events.push({ id, event: JSON.parse(data) as Event });
    }
  }
  await body.cancel();
  return events;
}

/** Two meetings recorded at the same time, with other events in between. */
async function record(meeting: string, other: string, statements: number): Promise<void> {
  const both = (words: (of: string) => Command) => book.recordCommands(words(meeting), words(other));
  await both((of) => scheduleMeeting(of, '2011-05-31'));
  await both((of) => openMeeting(of, '2011-05-31'));
  for (let n = 0; n < statements; n++) {
    await both((of) => recordStatement(of, `s${n}`, `Word ${n}.`));
    if (n % 7 === 0)
      await book.recordCommands(['register-source', { source: `${meeting}-${n}`, title: 'A paper' }]);
  }
}

it('receives every event of the meeting once and in order, over reconnections, and none of another stream', async () => {
  const STATEMENTS = 40;
  const begin = book.headEntry;
  let recording: Promise<void> | undefined;
  const seen: { id: string; event: Event }[] = [];
  const takes = [1, 2, 3, 11, 1, STATEMENTS + 2 - 18];
  for (const count of takes) {
    const last = seen.at(-1)?.id;
    seen.push(...(await follow('meeting-live', count, last === undefined ? { after: begin } : { last }, () => void (recording ??= record('live', 'other', STATEMENTS))))); // prettier-ignore
  }
  await recording;
  const { json } = await book.get('/streams/meeting-live?limit=1000');
  expect(seen.map(({ event }) => event)).toEqual(json.items);
  expect(seen.map(({ id }) => id)).toEqual(json.items.map(({ entry }: Event) => String(entry)));
  expect(seen.every(({ event }) => event.stream === 'meeting-live')).toBe(true);
  expect(seen.slice(2).map(({ event }) => event.data.statement)).toEqual(Array.from({ length: STATEMENTS }, (_, n) => `s${n}`)); // prettier-ignore
});

it('can read each received event at once, and all of them again from the first', async () => {
  const followed = follow('meeting-live', 1, { last: String(book.headEntry) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const entry = await book.recordCommands(
    recordStatement('other', 'last', 'Not for you.'),
    recordStatement('live', 'last', 'The end.'),
  );
  const [lastEvent] = await followed;
  expect(lastEvent).toMatchObject({ id: String(entry), event: { data: { statement: 'last' } } });
  const record = await book.get('/meetings/live', { 'ledger-entry': lastEvent?.id ?? '' });
  expect(record.json.statements.at(-1)).toMatchObject({ statement: 'last', entry });
  const again = await follow('meeting-live', 43, { after: 0 });
  expect(again.at(-1)).toEqual(lastEvent);
});
