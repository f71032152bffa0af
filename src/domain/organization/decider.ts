// The rules of an organization. Pure: no clock, no identifiers, no I/O, no framework.
import type { Decider } from '../../eventsourcing/decider.js';
import type { CommandOf, DataOf } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import type {
  LegalStatusAcquired,
  OrganizationDissolved,
  OrganizationEvent,
  OrganizationRegistered,
  OrganizationRenamed,
} from './events.js';

export type OrganizationCommand =
  | CommandOf<'register-organization', DataOf<OrganizationRegistered>>
  | CommandOf<'rename-organization', DataOf<OrganizationRenamed>>
  | CommandOf<'acquire-legal-status', DataOf<LegalStatusAcquired>>
  | CommandOf<'dissolve-organization', DataOf<OrganizationDissolved>>;

/** Only what a later decision needs to know. */
export type Organization = {
  readonly registered?: { readonly partOf?: string };
  readonly dissolutions: number;
};

/** What the rules may see of other streams. */
export type RelatedOrganizations = { readonly organization: (id: string) => Organization | undefined };

export const organizationDecider: Decider<
  OrganizationCommand,
  OrganizationEvent,
  Organization,
  RelatedOrganizations
> = {
  initialState: { dissolutions: 0 },

  decide({ name, data }, { registered }, views) {
    if (!registered && name !== 'register-organization')
      return refuse(
        'unknown-reference',
        `The book does not know "${data.organization}": register it first, or correct the id.`,
        '/organization',
      );
    switch (name) {
      case 'register-organization':
        if (registered)
          return refuse(
            'id-taken',
            `The organization "${data.organization}" is registered already, with other words.`,
          );
        if (isPartOfItself(data.organization, data.partOf, views))
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
          registered: data.partOf === undefined ? {} : { partOf: data.partOf },
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
        'The organization was dissolved already, and is dissolved only once.',
      );
    return undefined;
  },
};

function isPartOfItself(
  id: string,
  partOf: string | undefined,
  { organization }: RelatedOrganizations,
): boolean {
  const above = new Set<string>();
  for (
    let each = partOf;
    each !== undefined && !above.has(each);
    each = organization(each)?.registered?.partOf
  ) {
    if (each === id) return true;
    above.add(each);
  }
  return false;
}
