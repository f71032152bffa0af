// What the commands of a meeting have in common.
import type { CommandDeclaration } from '../../eventsourcing/aggregate.js';
import { CitedRequest } from '../cited-request.js';
import { InstantOrEdtf, Label, optional, Party, Reference } from '../field-decorators.js';
import { AtLeastOneOf } from '../request-fields.js';
import type { MeetingCommand } from './decider.js';
import type { NamedParty } from './events.js';

export abstract class MeetingRequest extends CitedRequest {
  @Reference('meeting') readonly meeting!: string;
}

@AtLeastOneOf('party', 'nameAsPrinted')
export class NamedPartyRequest implements NamedParty {
  @Party(optional) readonly party?: string;
  @Label({ ...optional, about: 'As the source names it.' }) readonly nameAsPrinted?: string;
}

/** When it happened, where that is known more exactly than by the days of the meeting. */
export const AtTime = () =>
  InstantOrEdtf({ ...optional, about: 'When: an RFC 3339 instant, or an EDTF date.' });

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
