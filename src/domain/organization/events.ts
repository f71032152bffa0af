// States, intergovernmental organizations and their bodies. Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { CitationFields, Instrument, LocalizedNames } from '../citation.js';

export const ORGANIZATION_CLASSIFICATIONS = [
  'state',
  'intergovernmental',
  'council',
  'committee',
  'assembly',
  'force',
  'secretariat',
  'association',
  'company',
  'other',
] as const;

export type OrganizationRegistered = EventOf<
  'OrganizationRegistered',
  CitationFields & {
    organization: string;
    name: string;
    abbreviation?: string;
    names?: LocalizedNames;
    classification: (typeof ORGANIZATION_CLASSIFICATIONS)[number];
    /** A body (council, committee, force, secretariat) is an organization with a parent. */
    partOf?: string;
    /** EDTF. */
    founded?: string;
    /** ISO 3166-1 alpha-2. */
    country?: string;
    purpose?: string;
    /** Value by scheme. */
    identifiers?: { readonly [scheme: string]: string };
  }
>;
export type OrganizationRenamed = EventOf<
  'OrganizationRenamed',
  CitationFields & {
    organization: string;
    name: string;
    abbreviation?: string;
    names?: LocalizedNames;
    effective: string;
  }
>;
export type LegalStatusAcquired = EventOf<
  'LegalStatusAcquired',
  CitationFields & {
    organization: string;
    status: string;
    /** An organization. */
    grantedBy?: string;
    instrument?: Instrument;
    effective: string;
  }
>;
export type OrganizationDissolved = EventOf<
  'OrganizationDissolved',
  CitationFields & { organization: string; effective: string; reason?: string }
>;
export type OrganizationEvent =
  OrganizationRegistered | OrganizationRenamed | LegalStatusAcquired | OrganizationDissolved;
