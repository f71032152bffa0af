import { createNewIdCheck } from '../identifiers.js';
import { defineAggregate } from '../../eventsourcing/aggregate.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest } from '../cited-request.js';
import { Edtf, Label, Language, optional, Sha256, Url, StreamId } from '../field-decorators.js';
import { sourceDecider, type SourceRegistered } from './source.js';

class RegisterSource extends CitedRequest implements DataOf<SourceRegistered> {
  @StreamId() readonly source!: string;
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
  refuseNewId: createNewIdCheck('source'),
  isReferenced: true,
  decider: sourceDecider,
  commands: {
    'register-source': {
      request: RegisterSource,
      event: 'SourceRegistered',
      about: 'Registers a document that facts cite.',
      example: {
        source: 'a-res-46-224',
        title: 'General Assembly resolution 46/224: Admission of the Republic of Kazakhstan',
        publisher: 'United Nations',
        published: '1992-03-02',
        url: 'https://undocs.org/A/RES/46/224',
        language: 'en',
        sha256: '0d6c1c2e1e2fa58b6a5a4ea37e9ac0e4a1dbb1df2d8df4b7a2f5bb0d5c0c7f11',
        sources: [{ source: 'mfa-kz-2011-05-31', locator: 'paragraph 1' }],
        note: 'The hash is invented: give that of the file which you have read, or leave it out.',
      },
    },
  },
  refusals: {},
});
