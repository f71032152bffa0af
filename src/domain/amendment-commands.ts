import type { DataOf } from '../eventsourcing/message.js';
import type {
  FactCorrected,
  FactCorroborated,
  FactDisputed,
  FactRetracted,
} from '../eventsourcing/amendments.js';
import type { CommandDeclaration } from '../eventsourcing/aggregate.js';
import type { JsonObject } from '../json/json.js';
import { CitationRequest, CitedRequest } from './cited-request.js';
import { FactReference, Label, optional, Reference, Text } from './field-decorators.js';
import { AnyObject, NestedList } from './nested-field-decorators.js';
import { ExactlyOneOf } from './request-fields.js';

@ExactlyOneOf('with', 'change')
export class CorrectFact extends CitedRequest implements Omit<DataOf<FactCorrected>, 'with'> {
  @FactReference() readonly fact!: string;
  @AnyObject({
    ...optional,
    about:
      'The full replacement data, as the command that recorded the fact takes them. Either this or "change".',
  })
  readonly with?: JsonObject;
  @AnyObject({
    ...optional,
    about:
      'Only what is other than the fact says now (a JSON Merge Patch, RFC 7396): null removes a field, a list is replaced whole. Without "sources", those of the fact are dropped: they do not say the new words.',
  })
  readonly change?: JsonObject;
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

class CorroborateFact implements DataOf<FactCorroborated> {
  @FactReference() readonly fact!: string;
  @NestedList(CitationRequest, { about: 'Further sources that say what the fact says now.' })
  readonly sources!: CitationRequest[];
  @Text(optional) readonly note?: string;
}

/** The commands that every stream accepts. */
export const amendmentCommands: { readonly [name: string]: CommandDeclaration } = {
  'correct-fact': {
    request: CorrectFact,
    event: 'FactCorrected',
    about: 'Replaces the data of a fact; the earlier data stay readable.',
    example: {
      fact: 'person-yerzhan-kazykhanov@1',
      with: {
        person: 'yerzhan-kazykhanov',
        office: 'Minister of Foreign Affairs',
        organization: 'kazakhstan',
        effective: '2011-04-11',
      },
      reason: 'The day of his appointment became known.',
      requestedBy: 'The ministry',
      checkedAgainst: 'encyclopaedias',
      sources: [{ source: 'encyclopaedias', locator: 'Kazakhstan' }],
      note: 'The article of 2011 only shows that he was in office.',
    },
  },
  'retract-fact': {
    request: RetractFact,
    event: 'FactRetracted',
    about: 'Withdraws a fact that should not have been recorded; it stays readable.',
    example: {
      fact: 'meeting-csto-cfm-2011-05-31@21',
      reason: 'The text is that of the article, and no statement of the minister.',
      sources: [{ source: 'mfa-kz-2011-05-31', locator: 'the last paragraph' }],
      note: 'An example for trying out: no source says so.',
    },
  },
  'dispute-fact': {
    request: DisputeFact,
    event: 'FactDisputed',
    about: 'Records a competing claim, with its sources, beside a fact.',
    example: {
      fact: 'membership-csto:uzbekistan@4',
      claim: 'Uzbekistan did not suspend its membership, it withdrew.',
      sources: [{ source: 'encyclopaedias', locator: 'Uzbekistan' }],
      note: 'The two are not told apart in every source.',
    },
  },
  'corroborate-fact': {
    request: CorroborateFact,
    event: 'FactCorroborated',
    about: 'Records further sources that say what a fact says.',
    example: {
      fact: 'membership-csto:uzbekistan@4',
      sources: [{ source: 'encyclopaedias', locator: 'Uzbekistan' }],
      note: 'Read a year later.',
    },
  },
} satisfies {
  'correct-fact': CommandDeclaration<'FactCorrected', DataOf<FactCorrected>>;
  'retract-fact': CommandDeclaration<'FactRetracted', DataOf<FactRetracted>>;
  'dispute-fact': CommandDeclaration<'FactDisputed', DataOf<FactDisputed>>;
  'corroborate-fact': CommandDeclaration<'FactCorroborated', DataOf<FactCorroborated>>;
};
