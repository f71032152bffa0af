// What the commands of a meeting have in common.
import type { CommandDeclaration } from '../../eventsourcing/aggregate.js';
import { CitedRequest } from '../cited-request.js';
import { Reference } from '../field-decorators.js';
import type { MeetingCommand } from './decider.js';

export abstract class MeetingRequest extends CitedRequest {
  @Reference('meeting') readonly meeting!: string;
}

export const describeInnerId = (what: string) => ({ about: `The id of ${what} of the same meeting.` });

export type CommandName = MeetingCommand['name'];
export type CommandDescription<Name extends CommandName> = Omit<
  CommandDeclaration<string, Extract<MeetingCommand, { readonly name: Name }>['data']>,
  'event'
>;

/** The commands of a subject; their events stand beside the decider. */
export const describeCommands = <Name extends CommandName>(descriptions: {
  readonly [N in Name]: CommandDescription<N>;
}) => descriptions;
