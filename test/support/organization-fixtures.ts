// The organization CSTO: commands, and the events that they record.
import { organization } from '../../src/domain/organization/organization-commands.js';
import type { AnyCommand, AnyEvent } from '../../src/eventsourcing/message.js';
import type { JsonObject } from '../../src/json/json.js';
import type { RelatedState } from '../../src/eventsourcing/aggregate.js';
import { createSpecification } from './decider-specification.js';

export const STREAM = 'organization-csto';
export const getFactReference = (revision: number): string => `${STREAM}@${revision}`;

/** Other organizations: the `partOf` of each, by id. */
export const createRelatedOrganizations = (partOf: {
  readonly [organization: string]: string | undefined;
}): RelatedState => ({
  organization: (id) =>
    id in partOf
      ? { registration: { id, ...(partOf[id] && { partOf: partOf[id] }) }, dissolutions: 0 }
      : undefined,
});
export const given = createSpecification(organization, STREAM, createRelatedOrganizations({}));
export const givenOrganizations = (partOf: { readonly [organization: string]: string | undefined }) =>
  createSpecification(organization, STREAM, createRelatedOrganizations(partOf));

export const organizationData = (more: JsonObject = {}): JsonObject => ({
  organization: 'csto',
  name: 'Collective Security Treaty Organization',
  classification: 'intergovernmental',
  ...more,
});
const renamingData = (name: string, effective: string): JsonObject => ({
  organization: 'csto',
  name,
  effective,
});
const statusData = (text: string, effective: string): JsonObject => ({
  organization: 'csto',
  status: text,
  effective,
});
const dissolutionData = (effective: string, more: JsonObject = {}): JsonObject => ({
  organization: 'csto',
  effective,
  ...more,
});

export const register = (more: JsonObject = {}): AnyCommand => ({
  name: 'register-organization',
  data: organizationData(more),
});
export const rename = (name: string, effective: string): AnyCommand => ({
  name: 'rename-organization',
  data: renamingData(name, effective),
});
export const acquireLegalStatus = (text: string, effective: string): AnyCommand => ({
  name: 'acquire-legal-status',
  data: statusData(text, effective),
});
export const dissolve = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'dissolve-organization',
  data: dissolutionData(effective, more),
});

export const registered = (more: JsonObject = {}): AnyEvent => ({
  type: 'OrganizationRegistered',
  data: organizationData(more),
});
export const renamed = (name: string, effective: string): AnyEvent => ({
  type: 'OrganizationRenamed',
  data: renamingData(name, effective),
});
export const legalStatusAcquired = (text: string, effective: string): AnyEvent => ({
  type: 'LegalStatusAcquired',
  data: statusData(text, effective),
});
export const dissolved = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'OrganizationDissolved',
  data: dissolutionData(effective, more),
});
