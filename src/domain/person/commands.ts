import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest } from '../cited-request.js';
import { Edtf, Id, Identifiers, LocalizedNames, optional, Reference, Text } from '../field-decorators.js';
import type { OfficeAssumed, OfficeLeft, PersonRegistered } from './events.js';

export class RegisterPerson extends CitedRequest implements DataOf<PersonRegistered> {
  @Id() readonly person!: string;
  @Text() readonly name!: string;
  @LocalizedNames({ ...optional, about: 'The name in several languages.' }) readonly names?: Record<
    string,
    string
  >;
  @Identifiers({ ...optional, about: 'What others call the person: value by scheme.' })
  readonly identifiers?: Record<string, string>;
}

abstract class OfficeRequest extends CitedRequest {
  @Reference('person') readonly person!: string;
  @Text({ about: 'Its title, such as "Secretary General".' }) readonly office!: string;
  @Reference('organization') readonly organization!: string;
  @Edtf() readonly effective!: string;
}

export class AssumeOffice extends OfficeRequest implements DataOf<OfficeAssumed> {}

export class LeaveOffice extends OfficeRequest implements DataOf<OfficeLeft> {}
