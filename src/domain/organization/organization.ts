// States, intergovernmental organizations and their bodies. Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf, EventOf } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
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

// These names and shapes are stored forever: version with care.
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

type OrganizationCommand =
  | CommandOf<'register-organization', DataOf<OrganizationRegistered>>
  | CommandOf<'rename-organization', DataOf<OrganizationRenamed>>
  | CommandOf<'acquire-legal-status', DataOf<LegalStatusAcquired>>
  | CommandOf<'dissolve-organization', DataOf<OrganizationDissolved>>;

/** Only what a later decision needs. */
type Organization = {
  readonly registration?: { readonly partOf?: string };
  readonly dissolutions: number;
};

/** The state of other organizations that the rules read. */
type RelatedOrganizations = { readonly organization: (id: string) => Organization | undefined };

export const organizationDecider: Decider<
  OrganizationCommand,
  OrganizationEvent,
  Organization,
  RelatedOrganizations
> = {
  initialState: { dissolutions: 0 },

  decide({ name, data }, { registration }, related) {
    if (!registration && name !== 'register-organization')
      return refuse(
        'unknown-reference',
        `There is no organization "${data.organization}": register it first, or correct the id.`,
        '/organization',
      );
    switch (name) {
      case 'register-organization':
        if (registration)
          return refuse(
            'id-taken',
            `The organization "${data.organization}" is already registered with other data.`,
          );
        if (isPartOfItself(data.organization, data.partOf, related))
          return refuse(
            'circular-order',
            `"${data.organization}" would be a part of itself, through its own parts.`,
          );
        return [{ type: 'OrganizationRegistered', data }];
      case 'rename-organization':
        return [{ type: 'OrganizationRenamed', data }];
      case 'acquire-legal-status':
        return [{ type: 'LegalStatusAcquired', data }];
      case 'dissolve-organization':
        return [{ type: 'OrganizationDissolved', data }];
    }
  },

  evolve(state, { type, data }) {
    switch (type) {
      case 'OrganizationRegistered':
        return {
          ...state,
          registration: data.partOf === undefined ? {} : { partOf: data.partOf },
        };
      case 'OrganizationDissolved':
        return { ...state, dissolutions: state.dissolutions + 1 };
      case 'OrganizationRenamed':
      case 'LegalStatusAcquired':
        return state;
    }
  },

  invariant({ dissolutions }) {
    if (dissolutions > 1)
      return refuse(
        'already-dissolved',
        'The organization is already dissolved; an organization is dissolved only once.',
      );
    return undefined;
  },
};

function isPartOfItself(
  id: string,
  partOf: string | undefined,
  { organization }: RelatedOrganizations,
): boolean {
  const ancestors = new Set<string>();
  for (
    let parent = partOf;
    parent !== undefined && !ancestors.has(parent);
    parent = organization(parent)?.registration?.partOf
  ) {
    if (parent === id) return true;
    ancestors.add(parent);
  }
  return false;
}
