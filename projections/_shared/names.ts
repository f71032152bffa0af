// The names of organizations and people in time, for every read model that shows them.
import { parseBounds } from '../../src/dates/edtf.js';
import type { LocalizedNames } from '../../src/domain/event-fields.js';
import type {
  OrganizationRegistered,
  OrganizationRenamed,
} from '../../src/domain/organization/organization.js';
import type { PersonRegistered } from '../../src/domain/person/person.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import { foldText } from '../../src/read-models/declaration/search-text.js';
import { nullableJson, defineTable } from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';

type NameData = { readonly name: string; readonly abbreviation?: string; readonly names?: LocalizedNames };

/** The columns that all events with a name have in common. */
const toNameColumns = ({ name, abbreviation, names }: NameData) => ({
  name,
  abbreviation,
  names,
  folded: foldText([name, abbreviation ?? '', ...Object.values(names ?? {})].join('\n')),
});

export const nameTables = defineSharedTables<
  OrganizationRegistered | OrganizationRenamed | PersonRegistered
>()({
  tables: {
    names: defineTable({
      columns: {
        /** An organization's id, or `person:<id>`. */
        party: 'text',
        revision: 'integer',
        name: 'text',
        abbreviation: 'text?',
        names: nullableJson<LocalizedNames>(),
        /** All of these names, folded for searches. */
        folded: 'text',
        /** EDTF; null for the name it was registered with, which has no date. */
        effective: 'text?',
        /** The day from which it is certain; empty for the name it was registered with, null if there is no such day. */
        certain_from: 'text?',
      },
      key: ['party', 'revision'],
      indexes: [['party']],
    }),
  },
  standalone: 'all',
  when: {
    OrganizationRegistered: ({ data, revision }, { names }) =>
      names.put({ party: data.organization, revision, ...toNameColumns(data), certain_from: '' }),
    OrganizationRenamed: ({ data, revision }, { names }) =>
      names.put({
        party: data.organization,
        revision,
        ...toNameColumns(data),
        effective: data.effective,
        certain_from: parseBounds(data.effective).latest,
      }),
    PersonRegistered: ({ data, revision }, { names }) =>
      names.put({
        party: formatPersonParty(data.person),
        revision,
        ...toNameColumns(data),
        certain_from: '',
      }),
  },
});

export type NameRow = { readonly party: string };

const PERSON_PREFIX = 'person:';
/** The id of the person; undefined if the party is an organization. */
export const parsePersonParty = (party: string): string | undefined =>
  party.startsWith(PERSON_PREFIX) ? party.slice(PERSON_PREFIX.length) : undefined;

export const formatPersonParty = (person: string): string => `person:${person}`;

/** A name with its translations; null where there is no party. */
export type LocalizedName = { readonly name: string | null; readonly names: LocalizedNames | null };

/**
 * The name in the first of the languages that it exists in, exactly or without the tag's later parts (RFC 4647,
 * section 3.4: lookup); as registered if it exists in none.
 */
export function selectName(languages: readonly string[], { name, names }: LocalizedName): string | null {
  if (!names) return name;
  const translations = new Map(Object.entries(names).map(([tag, text]) => [tag.toLowerCase(), text]));
  for (const language of languages)
    for (
      let tag = language.toLowerCase();
      tag !== '';
      tag = tag.slice(0, Math.max(tag.lastIndexOf('-'), 0))
    ) {
      const text = translations.get(tag);
      if (text !== undefined) return text;
    }
  return name;
}

/**
/**
 * SQL to be joined: as `alias` the row of the table `names` that holds on a day for a party, which is the latest name
 * that is certain by then. `party` and `day` are expressions.
 */
export const nameOnDaySql = (view: View, alias: string, party: string, day = '@day'): string =>
  `${view.table('names')} ${alias} ON ${alias}.row = (
    SELECT x.row FROM ${view.table('names')} x WHERE x.party = ${party} AND x.certain_from <= ${day}
    ORDER BY x.certain_from DESC, x.revision DESC LIMIT 1)`;

/** A day on which the latest names hold. */
export const LATEST_NAMES_DAY = '9999-12-31';

/** Whether an organization, or a person by `person:<id>`, is registered as of the entry. */
export const isKnownParty = (view: View, party: string): boolean =>
  view.get(`SELECT 1 FROM ${view.table('names')} x WHERE x.party = @party LIMIT 1`, { party }) !== undefined;
