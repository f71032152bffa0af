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

it('the lifecycle table has a cell for every command in every status', () => {
  const named = new Set(
    Object.values(COMMANDS_BY_ROW).flatMap((commands) => commands.map(({ name }) => name)),
  );
  expect([...named, 'schedule-meeting'].toSorted()).toEqual(Object.keys(meeting.commands).toSorted());
  expect(LIFECYCLE_CELLS).toHaveLength(
    Object.keys(COMMANDS_BY_ROW).length * Object.keys(HISTORIES_BY_STATUS).length,
  );
});

describe.each(Object.entries(HISTORIES_BY_STATUS))('the status %s', (status, histories) => {
  it('is the status after each of its example histories', () => {
    for (const history of histories) expect(foldLifecycle(...history)?.status).toBe(status);
  });
});

describe.each(LIFECYCLE_CELLS)('$what in the status $status', ({ what, status, code }) => {
  const sent = HISTORIES_BY_STATUS[status].flatMap((history) =>
    (COMMANDS_BY_ROW[what] ?? []).map((command) => ({ history, command })),
  );
  it(code === undefined ? 'is recorded' : `is refused with ${code}`, () => {
    expect(sent).not.toEqual([]);
    for (const { history, command } of sent) {
      if (code === undefined)
        given(...history)
          .when(command)
          .then(toEvent(command));
      else
        given(...history)
          .when(command)
          .thenRefused(code, 0);
    }
  });
});
