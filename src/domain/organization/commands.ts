import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import {
  Country,
  Edtf,
  Id,
  Identifiers,
  LocalizedNames,
  Nested,
  OneOf,
  optional,
  Reference,
  Text,
} from '../field-decorators.js';
import {
  ORGANIZATION_CLASSIFICATIONS,
  type LegalStatusAcquired,
  type OrganizationDissolved,
  type OrganizationRegistered,
  type OrganizationRenamed,
} from './events.js';

export class RegisterOrganization extends CitedRequest implements DataOf<OrganizationRegistered> {
  @Id() readonly organization!: string;
  @Text() readonly name!: string;
  @Text(optional) readonly abbreviation?: string;
  @LocalizedNames({ ...optional, about: 'The name in several languages.' }) readonly names?: Record<
    string,
    string
  >;
  @OneOf(ORGANIZATION_CLASSIFICATIONS)
  readonly classification!: DataOf<OrganizationRegistered>['classification'];
  @Reference('organization', { ...optional, about: 'The organization it is a body of.' })
  readonly partOf?: string;
  @Edtf(optional) readonly founded?: string;
  @Country({ ...optional, about: 'ISO 3166-1 alpha-2.' }) readonly country?: string;
  @Text(optional) readonly purpose?: string;
  @Identifiers({ ...optional, about: 'What others call it: value by scheme.' })
  readonly identifiers?: Record<string, string>;
}

export class RenameOrganization extends CitedRequest implements DataOf<OrganizationRenamed> {
  @Reference('organization') readonly organization!: string;
  @Text() readonly name!: string;
  @Text(optional) readonly abbreviation?: string;
  @LocalizedNames({ ...optional, about: 'The name in several languages.' }) readonly names?: Record<
    string,
    string
  >;
  @Edtf() readonly effective!: string;
}

export class AcquireLegalStatus extends CitedRequest implements DataOf<LegalStatusAcquired> {
  @Reference('organization') readonly organization!: string;
  @Text({ about: 'Such as "international regional organisation".' }) readonly status!: string;
  @Reference('organization', { ...optional, about: 'The organization that granted it.' })
  readonly grantedBy?: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
  @Edtf() readonly effective!: string;
}

export class DissolveOrganization extends CitedRequest implements DataOf<OrganizationDissolved> {
  @Reference('organization') readonly organization!: string;
  @Edtf() readonly effective!: string;
  @Text(optional) readonly reason?: string;
}
