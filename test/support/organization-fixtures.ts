// What happens to the CSTO: commands, and the events that obey them.
import { organization } from '../../src/domain/organization/aggregate.js';
import type { AnyCommand, AnyEvent, JsonObject } from '../../src/eventsourcing/message.js';
import type { Views } from '../../src/eventsourcing/aggregate.js';
import { specification } from './decider-specification.js';

export const STREAM = 'organization-csto';
export const fact = (revision: number): string => `${STREAM}@${revision}`;

/** Other organizations, by the id of what they are a part of. */
export const among = (partOf: { readonly [organization: string]: string | undefined }): Views => ({
  organization: (id) =>
    id in partOf
      ? { registered: { id, ...(partOf[id] && { partOf: partOf[id] }) }, dissolutions: 0 }
      : undefined,
});
export const given = specification(organization, STREAM, among({}));
export const givenAmong = (partOf: { readonly [organization: string]: string | undefined }) =>
  specification(organization, STREAM, among(partOf));

export const csto = (more: JsonObject = {}): JsonObject => ({
  organization: 'csto',
  name: 'Collective Security Treaty Organization',
  classification: 'intergovernmental',
  ...more,
});
const renaming = (name: string, effective: string): JsonObject => ({ organization: 'csto', name, effective });
const status = (text: string, effective: string): JsonObject => ({
  organization: 'csto',
  status: text,
  effective,
});
const end = (effective: string, more: JsonObject = {}): JsonObject => ({
  organization: 'csto',
  effective,
  ...more,
});

export const register = (more: JsonObject = {}): AnyCommand => ({
  name: 'register-organization',
  data: csto(more),
});
export const rename = (name: string, effective: string): AnyCommand => ({
  name: 'rename-organization',
  data: renaming(name, effective),
});
export const acquire = (text: string, effective: string): AnyCommand => ({
  name: 'acquire-legal-status',
  data: status(text, effective),
});
export const dissolve = (effective: string, more: JsonObject = {}): AnyCommand => ({
  name: 'dissolve-organization',
  data: end(effective, more),
});

export const registered = (more: JsonObject = {}): AnyEvent => ({
  type: 'OrganizationRegistered',
  data: csto(more),
});
export const renamed = (name: string, effective: string): AnyEvent => ({
  type: 'OrganizationRenamed',
  data: renaming(name, effective),
});
export const acquired = (text: string, effective: string): AnyEvent => ({
  type: 'LegalStatusAcquired',
  data: status(text, effective),
});
export const dissolved = (effective: string, more: JsonObject = {}): AnyEvent => ({
  type: 'OrganizationDissolved',
  data: end(effective, more),
});
