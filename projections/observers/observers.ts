// Observers on a day, by organization and by observer.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import {
  type ObservershipEvent,
  type ObserverStatusGranted,
  observerTimeline,
} from '../../src/domain/observership/observership.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import type { ItemReference } from '../../src/read-models/declaration/item-reference.js';
import { mapPage, paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import {
  nullableJson,
  type Row,
  type RowStores,
  defineTable,
} from '../../src/read-models/declaration/table.js';
import { nullable, object, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  certaintyShape,
  dateShape,
  disputeMembers,
  entriesShape,
  nameShape,
} from '../_shared/answer-shapes.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import {
  type DissolvedRow,
  dissolutionTables,
  listRelationsOf,
  periodsWithDissolutionSql,
} from '../_shared/dissolutions.js';
import { membershipTables, type TenureRow } from '../_shared/membership-tables.js';
import {
  toCertainty,
  certainOnDaySql,
  listPeriodChangeDays,
  type PeriodColumns,
  PERIOD_COLUMNS,
  periodsOnDaySql,
  toPeriodColumns,
} from '../_shared/periods.js';
import {
  defineTimelineEvents,
  updatePeriods,
  type TimelineEvent,
  toTimelineEvent,
  ruleBreakingEvents,
} from '../_shared/timelines.js';
import { type Dispute, toDisputeFields } from '../_shared/disputes.js';
import { isKnownParty, selectName, type LocalizedName, nameOnDaySql, nameTables } from '../_shared/names.js';

const tables = {
  observer_facts: defineTimelineEvents<ObservershipEvent>(),
  unsorted_observer_facts: ruleBreakingEvents,
  observations: defineTable({
    columns: {
      organization: 'text',
      observer: 'text',
      kind: 'text?',
      granted_by: 'text?',
      ...PERIOD_COLUMNS,
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [
      ['organization', 'observer'],
      ['observer', 'organization'],
    ],
  }),
};

type ObservationRow = Row<typeof tables.observations>;

const toObservation = (
  begun: TimelineEvent<ObserverStatusGranted>,
  ended?: TimelineEvent<ObservershipEvent>,
): ObservationRow => {
  const { organization, observer, kind, grantedBy } = begun.data;
  return {
    organization,
    observer,
    kind: kind ?? null,
    granted_by: grantedBy ?? null,
    ...toPeriodColumns(begun, ended),
    disputes: begun.disputes,
  };
};

/** Of an observer at an organization there is one timeline in its stream. */
const timeline = { getTimeline: () => '', rules: observerTimeline.rules };

const keep = (fact: Fact<ObservershipEvent>, { observer_facts }: RowStores<typeof tables>): void =>
  observer_facts.put(toTimelineEvent(fact, timeline));

type ObserverRow = LocalizedName &
  Pick<ObservationRow, 'kind' | 'granted_by' | 'since' | 'since_entry' | 'disputes'> & {
    readonly id: string;
    readonly is_certain: number;
    readonly is_member: number;
  };

/** The observers or organizations of a party on a day: of two observerships the certain one, else the later one. */
function findObserversOnDay(
  view: View,
  whose: 'organization' | 'observer',
  { path, day, languages, limit, after, only }: QueryRequest,
) {
  const id = path['organization'] ?? '';
  if (!isKnownParty(view, id)) return undefined;
  const other = whose === 'organization' ? 'observer' : 'organization';
  const found = paginate<ObserverRow>(view, {
    sql: `SELECT b.${other} AS id, b.kind, b.granted_by, b.since, b.since_entry, b.is_certain, b.disputes, n.name, n.names,
        EXISTS (SELECT 1 FROM ${periodsWithDissolutionSql(view, 'tenures', 's.member', 's.organization = b.organization AND s.member = b.observer')} t
          WHERE ${certainOnDaySql('t')}) AS is_member
      FROM ${periodsOnDaySql(periodsWithDissolutionSql(view, 'observations', 's.observer', `s.${whose} = @id`), 't.organization, t.observer')} b
      LEFT JOIN ${nameOnDaySql(view, 'n', `b.${other}`)}`,
    parameters: { id, day },
    order: ['id'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      id: row.id,
      name: selectName(languages, row),
      kind: row.kind,
      since: toDateWithBounds(row.since),
      grantedBy: row.granted_by,
      certainty: toCertainty(row.is_certain),
      entries: [row.since_entry],
      // A member cannot be an observer: both events are kept, and the item shows the conflict.
      ...toConflictFields(row.is_certain === 1 && row.is_member === 1 && 'also-a-member'),
      ...toDisputeFields(row.disputes),
    })),
  };
}

const observationMembers = {
  name: nameShape,
  kind: nullable(text()),
  since: dateShape,
  grantedBy: nullable(text('An organization.')),
  certainty: certaintyShape,
  entries: entriesShape,
  ...conflictMembers,
  ...disputeMembers,
};
const observerShape = object({ observer: text(), ...observationMembers }, 'Observer');
const observedShape = object({ organization: text(), ...observationMembers }, 'ObservedOrganization');

const toReference = (organization: string, observer: string, span: PeriodColumns): ItemReference => ({
  query: 'observers',
  path: { organization },
  key: { observer },
  only: { id: observer },
  days: listPeriodChangeDays(span),
});

const toReferencesOfOrganization = (
  { organization, earliest = null, latest = null }: DissolvedRow,
  view: View,
): readonly ItemReference[] =>
  listRelationsOf<ObservationRow>(view, 'observations', 's.observer', organization).map((row) => {
    const reference = toReference(row.organization, row.observer, row);
    return { ...reference, days: [...(reference.days ?? []), earliest, latest] };
  });

const observers = defineReadModel<ObservershipEvent>()({
  name: 'observers',
  version: 4,
  include: [nameTables, membershipTables, dissolutionTables],
  tables,
  when: { ObserverStatusGranted: keep, ObserverStatusEnded: keep },
  standalone: 'all',
  deriveRows: (changed, rows) =>
    updatePeriods(
      changed,
      { events: rows.observer_facts, unsorted: rows.unsorted_observer_facts },
      [
        {
          begins: 'ObserverStatusGranted',
          ends: ['ObserverStatusEnded'],
          rows: rows.observations,
          toRow: toObservation,
        },
      ],
      timeline,
    ),
  shownIn: {
    observations: (row: ObservationRow) => [toReference(row.organization, row.observer, row)],
    dissolutions: toReferencesOfOrganization,
    parents: toReferencesOfOrganization,
    // A membership shows in the item of an observer that is a member as well.
    tenures: (row: TenureRow, view) =>
      view.get(
        `SELECT 1 FROM ${view.table('observations')} WHERE organization = @organization AND observer = @member`,
        { organization: row.organization, member: row.member },
      )
        ? [toReference(row.organization, row.member, row)]
        : [],
  },
  queries: {
    observers: defineQuery(
      (view, request: QueryRequest) =>
        mapPage(findObserversOnDay(view, 'organization', request), ({ id, ...item }) => ({
          observer: id,
          ...item,
        })),
      { item: observerShape },
    ),
    observes: defineQuery(
      (view, request: QueryRequest) =>
        mapPage(findObserversOnDay(view, 'observer', request), ({ id, ...item }) => ({
          organization: id,
          ...item,
        })),
      { item: observedShape },
    ),
  },
});

export default publishReadModel(observers, [
  {
    path: '/organizations/:organization/observers',
    about: 'The observers of an organization on a day.',
    query: 'observers',
    list: true,
    day: 'on',
    names: true,
  },
  {
    path: '/organizations/:organization/observes',
    about: 'The organizations where an organization is an observer on a day.',
    query: 'observes',
    list: true,
    day: 'on',
    names: true,
  },
]);
