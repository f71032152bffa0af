// The names of organizations in time, for every read model that shows them.
import { bounds } from '../../src/dates/edtf.js';
import type { Names } from '../../src/domain/cited.js';
import type { OrganizationRegistered, OrganizationRenamed } from '../../src/domain/organization/events.js';
import type { DataOf } from '../../src/eventsourcing/message.js';
import { nullableJson, shared, table, type View } from '../../src/read-models/read-model.js';

/** Without case, whatever way its accents are written. */
export const folded = (text: string): string => text.normalize('NFC').toLowerCase();

const foldedNames = ({
  name,
  abbreviation,
  names,
}: DataOf<OrganizationRenamed | OrganizationRegistered>): string =>
  folded([name, abbreviation ?? '', ...Object.values(names ?? {})].join('\n'));

export const names = shared<OrganizationRegistered | OrganizationRenamed>()({
  tables: {
    organization_names: table({
      columns: {
        organization: 'text',
        revision: 'integer',
        name: 'text',
        abbreviation: 'text?',
        names: nullableJson<Names>(),
        /** All of them, folded for a search. */
        folded: 'text',
        /** EDTF; null for the name it was registered with, which has no date. */
        effective: 'text?',
        /** The day from which it is certain; null if none is. */
        certain_from: 'text?',
      },
      key: ['organization', 'revision'],
      indexes: [['organization']],
    }),
  },
  when: {
    OrganizationRegistered: ({ data, revision }, { organization_names }) =>
      organization_names.put({
        organization: data.organization,
        revision,
        name: data.name,
        abbreviation: data.abbreviation,
        names: data.names,
        folded: foldedNames(data),
        certain_from: '',
      }),
    OrganizationRenamed: ({ data, revision }, { organization_names }) =>
      organization_names.put({
        organization: data.organization,
        revision,
        name: data.name,
        abbreviation: data.abbreviation,
        names: data.names,
        folded: foldedNames(data),
        effective: data.effective,
        certain_from: bounds(data.effective).latest,
      }),
  },
});

/** An organization's name in the languages of its choice. */
export type Named = { readonly name: string; readonly names: Names | null };

/**
 * The name in the first of the languages that it is had in, exactly or without the tag's later parts
 * (RFC 4647, section 3.4: lookup); as registered if it is had in none.
 */
export function nameIn(languages: readonly string[], { name, names }: Named): string {
  if (!names) return name;
  const had = new Map(Object.entries(names).map(([tag, text]) => [tag.toLowerCase(), text]));
  for (const language of languages)
    for (
      let tag = language.toLowerCase();
      tag !== '';
      tag = tag.slice(0, Math.max(tag.lastIndexOf('-'), 0))
    ) {
      const text = had.get(tag);
      if (text !== undefined) return text;
    }
  return name;
}

/**
 * SQL for the `row` of `organization_names` that holds on `@day`: the latest name that is certain by then.
 * `table` is the table as of the entry, `organization` an expression for its id.
 */
export const nameOn = (table: string, organization: string): string =>
  `(SELECT n.row FROM ${table} n WHERE n.organization = ${organization} AND n.certain_from <= @day
    ORDER BY n.certain_from DESC, n.revision DESC LIMIT 1)`;

/** Whether the book knows an organization of this id as of the entry. */
export const isKnown = (view: View, organization: string): boolean =>
  view.get(`SELECT 1 FROM ${view.at('organization_names')} WHERE organization = @organization LIMIT 1`, {
    organization,
  }) !== undefined;
