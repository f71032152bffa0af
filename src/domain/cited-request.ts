import { Edtf, Label, optional, Reference, Text, Url } from './field-decorators.js';
import { NestedList } from './nested-field-decorators.js';

export class CitationRequest {
  @Reference('source') readonly source!: string;
  @Label({ ...optional, about: 'A page, a paragraph, a time code.' }) readonly locator?: string;
}

/** The fields that every command has. */
export abstract class CitedRequest {
  @NestedList(CitationRequest, { ...optional, about: 'Where the fact was read.' })
  readonly sources?: CitationRequest[];
  @Text(optional) readonly note?: string;
}

export class InstrumentRequest {
  @Label() readonly title!: string;
  @Label({ ...optional, about: 'Such as A/RES/59/50.' }) readonly symbol?: string;
  @Edtf(optional) readonly signed?: string;
  @Edtf(optional) readonly inForce?: string;
  @Url(optional) readonly url?: string;
}
