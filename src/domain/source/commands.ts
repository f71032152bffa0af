import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest } from '../cited-request.js';
import { Edtf, Id, Language, optional, Sha256, Text, Url } from '../field-decorators.js';
import type { SourceRegistered } from './events.js';

export class RegisterSource extends CitedRequest implements DataOf<SourceRegistered> {
  @Id() readonly source!: string;
  @Text() readonly title!: string;
  @Text(optional) readonly publisher?: string;
  @Edtf(optional) readonly published?: string;
  @Url(optional) readonly url?: string;
  @Language(optional) readonly language?: string;
  @Sha256({ ...optional, about: 'Of the document.' }) readonly sha256?: string;
}
