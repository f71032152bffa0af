import { defineAggregate } from '../../eventsourcing/aggregate.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest } from '../cited-request.js';
import { Edtf, Id, Label, Language, optional, Sha256, Url } from '../field-decorators.js';
import { sourceDecider, type SourceRegistered } from './source.js';

class RegisterSource extends CitedRequest implements DataOf<SourceRegistered> {
  @Id() readonly source!: string;
  @Label() readonly title!: string;
  @Label(optional) readonly publisher?: string;
  @Edtf(optional) readonly published?: string;
  @Url(optional) readonly url?: string;
  @Language(optional) readonly language?: string;
  @Sha256({ ...optional, about: 'Of the document.' }) readonly sha256?: string;
}

export const source = defineAggregate({
  category: 'source',
  id: ({ source }) => source,
  isReferenced: true,
  decider: sourceDecider,
  commands: {
    'register-source': {
      request: RegisterSource,
      event: 'SourceRegistered',
      about: 'Registers a document that facts cite.',
    },
  },
  refusals: {},
});
