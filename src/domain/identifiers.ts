/** Clients choose ids; unique within their kind and never reused. */
export const ID = /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/;

const PERSON = 'person:';

/** Where an organization or a person can stand: `<id>` is an organization, `person:<id>` a person. */
export const isParty = (text: string): boolean =>
  ID.test(text.startsWith(PERSON) ? text.slice(PERSON.length) : text);

/** The stream of what a party's id names. */
export const partyStream = (party: string): string =>
  party.startsWith(PERSON) ? `person-${party.slice(PERSON.length)}` : `organization-${party}`;

/** An event id (UUID), or `<stream>@<revision>`. */
export const FACT_NAME =
  /^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[a-z]+-[a-z0-9.:-]+@(?:0|[1-9][0-9]{0,9}))$/;
