import type { DataOf } from '../eventsourcing/message.js';
import type { FactCorrected, FactDisputed, FactRetracted } from '../eventsourcing/amendments.js';
import type { CommandDeclaration } from '../eventsourcing/aggregate.js';
import { CitedRequest } from './cited-request.js';
import { AnyObject, FactReference, Label, optional, Reference, Text } from './field-decorators.js';

export class CorrectFact extends CitedRequest implements DataOf<FactCorrected> {
  @FactReference() readonly fact!: string;
  @AnyObject({ about: 'The full replacement data, as the command that recorded the fact takes them.' })
  readonly with!: DataOf<FactCorrected>['with'];
  @Text() readonly reason!: string;
  @Label({ ...optional, about: 'Who asked for the correction.' }) readonly requestedBy?: string;
  @Reference('source', { ...optional, about: 'The source it was checked against.' })
  readonly checkedAgainst?: string;
}

class RetractFact extends CitedRequest implements DataOf<FactRetracted> {
  @FactReference() readonly fact!: string;
  @Text() readonly reason!: string;
}

class DisputeFact extends CitedRequest implements DataOf<FactDisputed> {
  @FactReference() readonly fact!: string;
  @Text({ about: 'What is claimed instead; the claim\'s own sources go into "sources".' })
  readonly claim!: string;
}

/** The commands that every stream accepts. */
export const amendmentCommands: { readonly [name: string]: CommandDeclaration } = {
  'correct-fact': {
    request: CorrectFact,
    event: 'FactCorrected',
    about: 'Replaces the data of a fact; the earlier data stay readable.',
  },
  'retract-fact': {
    request: RetractFact,
    event: 'FactRetracted',
    about: 'Withdraws a fact that should not have been recorded; it stays readable.',
  },
  'dispute-fact': {
    request: DisputeFact,
    event: 'FactDisputed',
    about: 'Records a competing claim, with its sources, beside a fact.',
  },
};
