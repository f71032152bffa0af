import { createNewIdCheck } from '../identifiers.js';
import { defineAggregate } from '../../eventsourcing/aggregate.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { CIRCULAR_ORDER_PROBLEM } from '../circular-order-problem.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import {
  Country,
  Edtf,
  Identifiers,
  Label,
  NamesByLanguage,
  OneOf,
  optional,
  Reference,
  ReferenceList,
  Text,
  StreamId,
} from '../field-decorators.js';
import { Nested } from '../nested-field-decorators.js';
import {
  type LegalStatusAcquired,
  ORGANIZATION_CLASSIFICATIONS,
  organizationDecider,
  type OrganizationClassification,
  type OrganizationDissolved,
  type OrganizationRegistered,
  type OrganizationRenamed,
} from './organization.js';
import { ENDS_BEFORE_IT_BEGINS_PROBLEM } from '../ends-before-it-begins-problem.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';

class RegisterOrganization extends CitedRequest implements DataOf<OrganizationRegistered> {
  @StreamId() readonly organization!: string;
  @Label() readonly name!: string;
  @Label(optional) readonly abbreviation?: string;
  @NamesByLanguage({ ...optional, about: 'The name in several languages.' }) readonly names?: Record<
    string,
    string
  >;
  @OneOf(ORGANIZATION_CLASSIFICATIONS, optional)
  readonly classification?: OrganizationClassification;
  @Reference('organization', { ...optional, about: 'The organization that it is a body of.' })
  readonly partOf?: string;
  @Edtf(optional) readonly founded?: string;
  @Country({ ...optional, about: 'ISO 3166-1 alpha-2.' }) readonly country?: string;
  @Text(optional) readonly purpose?: string;
  @Identifiers({ ...optional, about: 'Identifiers of the organization in other registers: value by scheme.' })
  readonly identifiers?: Record<string, string>;
}

class RenameOrganization extends CitedRequest implements DataOf<OrganizationRenamed> {
  @Reference('organization') readonly organization!: string;
  @Label() readonly name!: string;
  @Label(optional) readonly abbreviation?: string;
  @NamesByLanguage({ ...optional, about: 'The name in several languages.' }) readonly names?: Record<
    string,
    string
  >;
  @Edtf() readonly effective!: string;
}

class AcquireLegalStatus extends CitedRequest implements DataOf<LegalStatusAcquired> {
  @Reference('organization') readonly organization!: string;
  @Label({ about: 'Such as "international regional organization".' }) readonly status!: string;
  @Reference('organization', { ...optional, about: 'The organization that granted it.' })
  readonly grantedBy?: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
  @Edtf() readonly effective!: string;
}

class DissolveOrganization extends CitedRequest implements DataOf<OrganizationDissolved> {
  @Reference('organization') readonly organization!: string;
  @Edtf({
    about:
      'The first day without it: what is dissolved at midnight of 31 December is dissolved on 1 January.',
  })
  readonly effective!: string;
  @Text(optional) readonly reason?: string;
  @ReferenceList('organization', { ...optional, about: 'The organizations that took its place.' })
  readonly successors?: string[];
}

export const organization = defineAggregate({
  category: 'organization',
  id: ({ organization }) => organization,
  refuseNewId: createNewIdCheck('organization'),
  isReferenced: true,
  decider: organizationDecider,
  reads: ['organization'],
  commands: {
    'register-organization': {
      request: RegisterOrganization,
      event: 'OrganizationRegistered',
      about: 'Registers a state, an organization or one of its bodies.',
      example: {
        organization: 'csto-pa',
        name: 'Parliamentary Assembly of the CSTO',
        abbreviation: 'CSTO PA',
        names: { ru: 'Парламентская Ассамблея ОДКБ' },
        classification: 'assembly',
        partOf: 'csto',
        founded: '2006-11-16',
        country: 'RU',
        purpose: 'Bringing the laws of the member states closer together.',
        identifiers: { website: 'paodkb.org' },
        sources: [{ source: 'encyclopaedias', locator: 'Organs' }],
        note: 'The country is that of its seat.',
      },
    },
    'rename-organization': {
      request: RenameOrganization,
      event: 'OrganizationRenamed',
      about: 'Records a new name of an organization from a date on; earlier names stay readable.',
      example: {
        organization: 'csto',
        name: 'Collective Security Treaty Organization',
        abbreviation: 'CSTO',
        names: { ru: 'Организация Договора о коллективной безопасности' },
        effective: '2002-05-14',
        sources: [{ source: 'encyclopaedias', locator: 'History' }],
        note: 'Before that day it was the Collective Security Treaty only.',
      },
    },
    'acquire-legal-status': {
      request: AcquireLegalStatus,
      event: 'LegalStatusAcquired',
      about: 'Records a legal status and who granted it.',
      example: {
        organization: 'csto',
        status: 'regional organization within the meaning of Chapter VIII',
        grantedBy: 'un',
        instrument: {
          title: 'Charter of the Collective Security Treaty Organization',
          symbol: 'UNTS 39775',
          signed: '2002-10-07',
          inForce: '2003-09-18',
          url: 'https://treaties.un.org/doc/39775.pdf',
        },
        effective: '2003-09-18',
        sources: [{ source: 'encyclopaedias', locator: 'History' }],
        note: 'An example for trying out: no source says so.',
      },
    },
    'dissolve-organization': {
      request: DissolveOrganization,
      event: 'OrganizationDissolved',
      about: 'Records that an organization ceased to exist.',
      example: {
        organization: 'eurasec',
        effective: '2015-01-01',
        reason: 'The Eurasian Economic Union took its place.',
        successors: ['cis'],
        sources: [{ source: 'encyclopaedias', locator: 'Relations with others' }],
        note: 'The book does not have the Union, so the example names another successor.',
      },
    },
  },
  refusals: {
    'self-reference': SELF_REFERENCE_PROBLEM,
    'already-dissolved': {
      title: 'Already dissolved',
      meaning: 'A dissolution of this organization is already recorded, and there can be only one.',
      remedy:
        'If the recorded date is wrong, correct that fact (correct-fact) instead of recording a second dissolution.',
    },
    'ends-before-it-begins': ENDS_BEFORE_IT_BEGINS_PROBLEM,
    'circular-order': CIRCULAR_ORDER_PROBLEM,
  },
});
