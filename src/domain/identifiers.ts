import { refuse, type Refusal } from '../eventsourcing/refusal.js';

/** Ids are chosen by clients, unique within their category, and never reused. */
export const ID_PATTERN = /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/;

/**
 * What an address ends in to select a representation, the longest suffix first: an id that ends so would need a second
 * suffix to be reached. `.popolo` would become another one by `.json`.
 */
const RESERVED_ID_ENDINGS = [
  'popolo.json',
  'akn.xml',
  'popolo',
  'html',
  'json',
  'atom',
  'csv',
  'ics',
  'md',
] as const;

/** Of the id of something new, for the schemas of commands. */
export const NEW_ID_RULE = `A new id may not end in ${RESERVED_ID_ENDINGS.map((each) => `.${each}`).join(' ')}, which select a representation in an address.`;

/** Refuses a new id that ends like an address with a suffix; ids of earlier releases may. `field` is that of the id. */
export const createNewIdCheck =
  (field: string) =>
  (id: string): Refusal | undefined => {
    const ending = RESERVED_ID_ENDINGS.find((each) => id.endsWith(`.${each}`));
    return ending === undefined
      ? undefined
      : refuse(
          'invalid-id',
          `"${id}" ends in ".${ending}", which selects a representation in an address: choose another id.`,
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
