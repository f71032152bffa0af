// The parties to the treaty of an organization on a day, by the stages that they have reached.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import type { Instrument } from '../../src/domain/event-fields.js';
import { paginate } from '../../src/read-models/declaration/paginate.js';
import type { QueryRequest } from '../../src/read-models/declaration/route.js';
import { list, nullable, object, oneOf, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import {
  certaintyShape,
  dateShape,
  disputeMembers,
  entriesShape,
  instrumentShape,
  nameShape,
} from '../_shared/answer-shapes.js';
import { type Dispute, toDisputeFields } from '../_shared/disputes.js';
import { createFilterConditions } from '../_shared/filters.js';
import { isKnownParty, type LocalizedName, nameOnDaySql, selectName } from '../_shared/names.js';
import { certainOnDaySql, possibleOnDaySql, toCertainty, toDateOrNull } from '../_shared/periods.js';
import { type StageRow, stagesSql } from '../_shared/treaty-tables.js';

const STAGES = ['signed', 'ratified', 'provisional'] as const;

export const partyFilters = {
  stage: {
    kind: 'one-of',
    values: STAGES,
    about:
      'Parties that signed, deposited an instrument, or apply the treaty provisionally. Who ratified has mostly signed, too, and is among both.',
  },
} as const;

export const partyShape = object(
  {
    member: text('An organization, or person:<id>; it need not be a member.'),
    name: nameShape,
    stage: oneOf(STAGES),
    fact: text('<stream>@<revision>'),
    since: dateShape,
    until: nullable(dateShape),
    endReason: nullable(text('Why a signature was withdrawn.')),
    certainty: certaintyShape,
    kind: nullable(text('Of a deposited instrument.')),
    entersIntoForce: nullable(dateShape),
    declarations: list(text()),
    instrument: nullable(instrumentShape),
    entries: entriesShape,
    ...disputeMembers,
  },
  'Party',
);

/** What each party did that holds on a day, one item for each fact. */
export function findParties(view: View, { path, day, languages, filters, limit, after, only }: QueryRequest) {
  const organization = path['organization'] ?? '';
  if (!isKnownParty(view, organization)) return undefined;
  const found = paginate<StageRow & LocalizedName & { readonly is_certain: number }>(view, {
    sql: `SELECT * FROM (SELECT g.*, n.name, n.names, ${certainOnDaySql('g')} AS is_certain
        FROM ${stagesSql(view, (t) => `${t}.organization = @organization`)} g
        LEFT JOIN ${nameOnDaySql(view, 'n', 'g.member')}
        WHERE ${possibleOnDaySql('g')})
      ${createFilterConditions(filters, { stage: 'stage = @stage' })}`,
    parameters: { organization, day, ...filters },
    order: ['member', 'stage', 'position'],
    after,
    only,
    limit,
  });
  return { ...found, items: found.items.map((row) => toParty(row, languages)) };
}

const parseJson = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));

const toParty = (
  row: StageRow & LocalizedName & { readonly is_certain: number },
  languages: readonly string[],
) => ({
  member: row.member,
  name: selectName(languages, row),
  stage: row.stage,
  fact: row.fact,
  since: toDateWithBounds(row.since),
  until: toDateOrNull(row.until),
  endReason: row.end_reason,
  certainty: toCertainty(row.is_certain),
  kind: row.kind,
  entersIntoForce: toDateOrNull(row.enters_into_force),
  declarations: parseJson<readonly string[]>(row.declarations) ?? [],
  instrument: parseJson<Instrument>(row.instrument),
  entries: row.until_entry === null ? [row.since_entry] : [row.since_entry, row.until_entry],
  ...toDisputeFields(
    parseJson<readonly Dispute[]>(row.disputes),
    parseJson<readonly Dispute[]>(row.end_disputes),
  ),
});
