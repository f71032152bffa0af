// The commands of a meeting, each with its event.
import type { CommandDeclaration } from '../../eventsourcing/aggregate.js';
import { agendaCommands } from './agenda-commands.js';
import { attendanceCommands } from './attendance-commands.js';
import { decisionCommands } from './decision-commands.js';
import { lifeCommands } from './life-commands.js';
import type { CommandDescription, CommandName } from './meeting-request.js';
import { minutesCommands } from './minutes-commands.js';
import { statementCommands } from './statement-commands.js';
import { MEETING_EVENTS_BY_COMMAND } from './decider.js';

const descriptions: { readonly [Name in CommandName]: CommandDescription<Name> } = {
  ...lifeCommands,
  ...agendaCommands,
  ...attendanceCommands,
  ...statementCommands,
  ...decisionCommands,
  ...minutesCommands,
};

export const meetingCommands = Object.fromEntries(
  Object.entries(MEETING_EVENTS_BY_COMMAND).map(([name, event]) => [
    name,
    { ...descriptions[name as CommandName], event },
  ]),
) as {
  readonly [Name in CommandName]: CommandDescription<Name> &
    CommandDeclaration<(typeof MEETING_EVENTS_BY_COMMAND)[Name]>;
};
