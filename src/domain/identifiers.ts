/** Ids are chosen by clients, unique within their category, and never reused. */
export const ID_PATTERN = /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/;

const PERSON_PREFIX = 'person:';

/** A party is an organization or a person: `<id>` is an organization, `person:<id>` a person. */
export const isParty = (text: string): boolean =>
  ID_PATTERN.test(text.startsWith(PERSON_PREFIX) ? text.slice(PERSON_PREFIX.length) : text);

/** The stream of the party with this id. */
export const getPartyStream = (party: string): string =>
  party.startsWith(PERSON_PREFIX) ? `person-${party.slice(PERSON_PREFIX.length)}` : `organization-${party}`;

/** An event id (UUID), or `<stream>@<revision>`. */
export const FACT_REFERENCE_PATTERN =
  /^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[a-z]{1,30}-[a-z0-9.:-]{1,400}@(?:0|[1-9][0-9]{0,9}))$/;
