// States, intergovernmental organizations and their bodies. Pure: no clock, no identifiers, no I/O, no framework.
import { Map } from 'immutable';
import { isWhollyBefore, parseBounds } from '../../dates/edtf.js';
import type { Decider, StateParts, Violation } from '../../eventsourcing/decider.js';
import type { TypedCommand, DataOf, TypedEvent } from '../../eventsourcing/message.js';
import { refuse } from '../../eventsourcing/refusal.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { keepShape, type Shapes } from '../../eventsourcing/upcasters.js';
import type { CitationFields, Instrument, LocalizedNames } from '../event-fields.js';

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
export type OrganizationClassification = (typeof ORGANIZATION_CLASSIFICATIONS)[number];

// These names and shapes are stored forever: version with care.
export type OrganizationRegistered = TypedEvent<
  'OrganizationRegistered',
  CitationFields & {
    organization: string;
    name: string;
    abbreviation?: string;
    names?: LocalizedNames;
    classification?: OrganizationClassification;
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
export type OrganizationRenamed = TypedEvent<
  'OrganizationRenamed',
  CitationFields & {
    organization: string;
    name: string;
    abbreviation?: string;
    names?: LocalizedNames;
    effective: string;
  }
>;
export type LegalStatusAcquired = TypedEvent<
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
export type OrganizationDissolved = TypedEvent<
  'OrganizationDissolved',
  CitationFields & {
    organization: string;
    effective: string;
    reason?: string;
    /** Organizations. */
    successors?: readonly string[];
  }
>;
export type OrganizationEvent =
  OrganizationRegistered | OrganizationRenamed | LegalStatusAcquired | OrganizationDissolved;

/** Every event, with the functions that lift its older shapes; forever. */
export const organizationShapes: Shapes<OrganizationEvent> = {
  OrganizationRegistered: [keepShape],
  OrganizationRenamed: [],
  LegalStatusAcquired: [],
  OrganizationDissolved: [],
};

type OrganizationCommand =
  | TypedCommand<'register-organization', DataOf<OrganizationRegistered>>
  | TypedCommand<'rename-organization', DataOf<OrganizationRenamed>>
  | TypedCommand<'acquire-legal-status', DataOf<LegalStatusAcquired>>
  | TypedCommand<'dissolve-organization', DataOf<OrganizationDissolved>>;

/** Only what a later decision needs. */
type Organization = {
  readonly registration?: { readonly partOf?: string; readonly founded?: string };
  /** The dates (EDTF) of the dissolutions, by revision. */
  readonly dissolutions: Map<number, string>;
  /** The latest recorded of the renamings that are certain from the same day, by that day. */
  readonly renamings: Map<string, OrganizationRenamed['data']>;
};

/** The state of other organizations that the rules read. */
type RelatedOrganizations = { readonly organization: (id: string) => Organization | undefined };

/** The day from which a new name is certain; empty if there is none. */
const getCertainFrom = ({ effective }: OrganizationRenamed['data']): string =>
  parseBounds(effective).latest ?? '';

const listSetParts = ({ type, data }: OrganizationEvent, revision: number): readonly string[] => {
  switch (type) {
    case 'OrganizationRegistered':
      return ['isRegistered', 'registration'];
    case 'OrganizationDissolved':
      return [`dissolution ${revision}`];
    case 'OrganizationRenamed':
      return [`renaming ${getCertainFrom(data)}`];
    case 'LegalStatusAcquired':
      return [];
  }
};

const organizationParts: StateParts<OrganizationEvent, Organization> = {
  getAccess: (event, revision) => ({ sets: listSetParts(event, revision), reads: ['isRegistered'] }),

  getPart({ registration, dissolutions, renamings }, part) {
    const [kind, key = ''] = part.split(' ') as [string, string?];
    switch (kind) {
      case 'isRegistered':
        return registration !== undefined;
      case 'registration':
        return registration;
      case 'dissolution':
        return dissolutions.get(Number(key));
      default:
        return renamings.get(key);
    }
  },

  copyPart(organization, part, from) {
    const [kind, key = ''] = part.split(' ') as [string, string?];
    const { dissolutions, renamings } = organization;
    switch (kind) {
      case 'isRegistered':
        return organization; // with the registration
      case 'registration':
        return from.registration ? { ...organization, registration: from.registration } : organization;
      case 'dissolution': {
        const revision = Number(key);
        const effective = from.dissolutions.get(revision);
        return {
          ...organization,
          dissolutions:
            effective === undefined ? dissolutions.delete(revision) : dissolutions.set(revision, effective),
        };
      }
      default: {
        const data = from.renamings.get(key);
        return { ...organization, renamings: data ? renamings.set(key, data) : renamings.delete(key) };
      }
    }
  },
};

export const organizationDecider: Decider<
  OrganizationCommand,
  OrganizationEvent,
  Organization,
  RelatedOrganizations
> = {
  initialState: { dissolutions: Map(), renamings: Map() },
  parts: organizationParts,

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
        if (data.grantedBy === data.organization)
          return refuse('self-reference', `"${data.organization}" would grant a legal status to itself.`);
        return [{ type: 'LegalStatusAcquired', data }];
      case 'dissolve-organization':
        if (data.successors?.includes(data.organization))
          return refuse('self-reference', `"${data.organization}" would be its own successor.`);
        return [{ type: 'OrganizationDissolved', data }];
    }
  },

  evolve(state, { type, data }, revision) {
    switch (type) {
      case 'OrganizationRegistered':
        return {
          ...state,
          registration: {
            ...(data.partOf !== undefined && { partOf: data.partOf }),
            ...(data.founded !== undefined && { founded: data.founded }),
          },
        };
      case 'OrganizationDissolved':
        return { ...state, dissolutions: state.dissolutions.set(revision, data.effective) };
      case 'OrganizationRenamed':
        return { ...state, renamings: state.renamings.set(getCertainFrom(data), data) };
      case 'LegalStatusAcquired':
        return state;
    }
  },

  findViolations: (state) => [...findRepeatedDissolutions(state), ...findReversedDissolutions(state)],

  // Of two names from the same day on, the one that was recorded later holds.
  isSuperseded: ({ renamings }, { type, data }) =>
    type === 'OrganizationRenamed' &&
    canonicalJson(renamings.get(getCertainFrom(data)) ?? {}) !== canonicalJson(data),
};

function findRepeatedDissolutions({ dissolutions }: Organization): readonly Violation[] {
  const [, ...repeated] = [...dissolutions.keys()].sort((a, b) => a - b);
  return repeated.map((revision) => ({
    revision,
    refusal: refuse(
      'already-dissolved',
      'The organization is already dissolved; an organization is dissolved only once.',
    ),
  }));
}

/** What certainly ended before it was founded. A renaming or a legal status may be older: there may have been a forerunner. */
function findReversedDissolutions({ registration, dissolutions }: Organization): readonly Violation[] {
  const founded = registration?.founded;
  if (founded === undefined) return [];
  const bounds = parseBounds(founded);
  return [...dissolutions].flatMap(([revision, effective]) =>
    isWhollyBefore(parseBounds(effective), bounds)
      ? {
          revision,
          refusal: refuse(
            'ends-before-it-begins',
            `An organization that was founded in ${founded} cannot have been dissolved in ${effective}.`,
          ),
        }
      : [],
  );
}

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
