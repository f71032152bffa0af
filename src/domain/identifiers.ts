import { refuse, type Refusal } from '../eventsourcing/refusal.js';

/** Ids are chosen by clients, unique within their category, and never reused. */
export const ID_PATTERN = /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/;

/** What an address ends in to select a representation: an id that ends so would need a second suffix to be reached. */
const REPRESENTATION_SUFFIX = /\.(?:json|html|csv|ics|md|atom|akn\.xml|popolo)$/;

/** Refuses a new id that ends like an address with a suffix; ids of earlier releases may. `field` is that of the id. */
export const createNewIdCheck =
  (field: string) =>
  (id: string): Refusal | undefined => {
    const [suffix] = REPRESENTATION_SUFFIX.exec(id) ?? [];
    return suffix === undefined
      ? undefined
      : refuse(
          'invalid-id',
          `"${id}" ends in "${suffix}", which selects a representation in an address: choose another id.`,
          `/${field}`,
        );
  };

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
