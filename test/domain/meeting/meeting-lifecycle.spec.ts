import type { AnyCommand, AnyEvent } from '../../../src/eventsourcing/message.js';
import { meeting } from '../../../src/domain/meeting/aggregate.js';
import { foldLifecycle, given } from '../../support/meeting-fixtures.js';
import {
  LIFECYCLE_CELLS,
  COMMANDS_BY_ROW,
  HISTORIES_BY_STATUS,
} from '../../support/meeting-lifecycle-table.js';

const toEvent = ({ name, data }: AnyCommand): AnyEvent => ({
  type: meeting.commands[name]?.event ?? '',
  data,
});

it('the table has a cell for every command in every status', () => {
  const named = new Set(
    Object.values(COMMANDS_BY_ROW).flatMap((commands) => commands.map(({ name }) => name)),
  );
  expect([...named, 'schedule-meeting'].toSorted()).toEqual(Object.keys(meeting.commands).toSorted());
  expect(LIFECYCLE_CELLS).toHaveLength(
    Object.keys(COMMANDS_BY_ROW).length * Object.keys(HISTORIES_BY_STATUS).length,
  );
});

describe.each(Object.entries(HISTORIES_BY_STATUS))('%s', (status, ways) => {
  it('is what the ways into it lead to', () => {
    for (const way of ways) expect(foldLifecycle(...way)?.status).toBe(status);
  });
});

describe.each(LIFECYCLE_CELLS)('$what when $status', ({ what, status, code }) => {
  const sent = HISTORIES_BY_STATUS[status].flatMap((way) =>
    (COMMANDS_BY_ROW[what] ?? []).map((command) => ({ way, command })),
  );
  it(code ?? 'is recorded', () => {
    expect(sent).not.toEqual([]);
    for (const { way, command } of sent) {
      if (code === undefined)
        given(...way)
          .when(command)
          .then(toEvent(command));
      else
        given(...way)
          .when(command)
          .thenRefused(code, 0);
    }
  });
});
