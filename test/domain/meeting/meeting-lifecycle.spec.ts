import type { AnyCommand, AnyEvent } from '../../../src/eventsourcing/message.js';
import { meeting } from '../../../src/domain/meeting/aggregate.js';
import { courseAfter, given } from '../../support/meeting-fixtures.js';
import { CELLS, SENT, WAYS } from '../../support/meeting-lifecycle-table.js';

const eventOf = ({ name, data }: AnyCommand): AnyEvent => ({
  type: meeting.commands[name]?.event ?? '',
  data,
});

it('the table has a cell for every command in every status', () => {
  const named = new Set(Object.values(SENT).flatMap((commands) => commands.map(({ name }) => name)));
  expect([...named, 'schedule-meeting'].toSorted()).toEqual(Object.keys(meeting.commands).toSorted());
  expect(CELLS).toHaveLength(Object.keys(SENT).length * Object.keys(WAYS).length);
});

describe.each(Object.entries(WAYS))('%s', (status, ways) => {
  it('is what the ways into it lead to', () => {
    for (const way of ways) expect(courseAfter(...way)?.status).toBe(status);
  });
});

describe.each(CELLS)('$what when $status', ({ what, status, code }) => {
  const sent = WAYS[status].flatMap((way) => (SENT[what] ?? []).map((command) => ({ way, command })));
  it(code ?? 'is recorded', () => {
    expect(sent).not.toEqual([]);
    for (const { way, command } of sent) {
      if (code === undefined)
        given(...way)
          .when(command)
          .then(eventOf(command));
      else
        given(...way)
          .when(command)
          .thenRefused(code, 0);
    }
  });
});
