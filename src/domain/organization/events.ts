// States, intergovernmental organizations and their bodies. Names and shapes are stored forever: version with care.
import type { EventOf } from '../../eventsourcing/message.js';
import type { Cited, Instrument, Names } from '../citation.js';

export const CLASSIFICATIONS = [
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
  Cited & {
    organization: string;
    name: string;
    abbreviation?: string;
    names?: Names;
    classification: (typeof CLASSIFICATIONS)[number];
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
  Cited & { organization: string; name: string; abbreviation?: string; names?: Names; effective: string }
>;
export type LegalStatusAcquired = EventOf<
  'LegalStatusAcquired',
  Cited & {
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
  Cited & { organization: string; effective: string; reason?: string }
>;
export type OrganizationEvent =
  OrganizationRegistered | OrganizationRenamed | LegalStatusAcquired | OrganizationDissolved;
