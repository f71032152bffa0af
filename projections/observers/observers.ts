// Observers on a day, by organization and by observer.
import { toDateWithBounds } from '../../src/dates/edtf.js';
import {
  type ObservershipEvent,
  type ObserverStatusEnded,
  type ObserverStatusGranted,
  observerTimeline,
} from '../../src/domain/observership/observership.js';
import type { Instrument } from '../../src/domain/event-fields.js';
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
import { inTable, list, nullable, object, text } from '../../src/read-models/declaration/shape.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import {
  certaintyShape,
  dateShape,
  disputeMembers,
  entriesShape,
  instrumentShape,
  nameShape,
} from '../_shared/answer-shapes.js';
import { conflictMembers, toConflictFields } from '../_shared/conflicts.js';
import {
  type DissolvedRow,
  beginsAfterDissolution,
  dissolutionTables,
  findDissolution,
  isFoundedAfter,
  listRelationsOf,
  periodsWithDissolutionSql,
} from '../_shared/dissolutions.js';
import { hasLapsedSql, membershipTables, type TenureRow } from '../_shared/membership-tables.js';
import {
  toCertainty,
  certainOnDaySql,
  listPeriodChangeDays,
  type PeriodColumns,
  PERIOD_COLUMNS,
  periodsOnDaySql,
  selectPeriodEnd,
  toPeriod,
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
      instrument: nullableJson<Instrument>(),
      ...PERIOD_COLUMNS,
      disputes: nullableJson<readonly Dispute[]>(),
      end_reason: 'text?',
      end_disputes: nullableJson<readonly Dispute[]>(),
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
  ended?: TimelineEvent<ObserverStatusEnded>,
): ObservationRow => {
  const { organization, observer, kind, grantedBy, instrument } = begun.data;
  return {
    organization,
    observer,
    kind: kind ?? null,
    granted_by: grantedBy ?? null,
    instrument: instrument ?? null,
    ...toPeriodColumns(begun, ended),
    disputes: begun.disputes,
    end_reason: ended?.data.reason ?? null,
    end_disputes: ended?.disputes ?? null,
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
          WHERE ${certainOnDaySql('t')} AND NOT ${hasLapsedSql(view, 't')}) AS is_member
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

const observershipShape = object(
  {
    from: dateShape,
    to: nullable(dateShape),
    kind: nullable(text()),
    grantedBy: nullable(text('An organization.')),
    instrument: nullable(inTable(instrumentShape, 'json')),
    endReason: nullable(text()),
    entries: entriesShape,
    ...conflictMembers,
    ...disputeMembers,
  },
  'Observership',
);
const observerHistoryShape = object(
  {
    observer: text('An organization, or person:<id>.'),
    name: nameShape,
    // One row for each interval.
    intervals: inTable(list(observershipShape), observershipShape.column),
  },
  'ObserverHistory',
);

/** Every observer that an organization ever had. */
function findObserverHistory(view: View, { path, day, languages, limit, after, only }: QueryRequest) {
  const organization = path['organization'] ?? '';
  if (!isKnownParty(view, organization)) return undefined;
  const found = paginate<LocalizedName & { readonly observer: string }>(view, {
    sql: `SELECT t.observer, n.name, n.names
      FROM (SELECT DISTINCT observer FROM ${view.table('observations')} WHERE organization = @organization) t
      LEFT JOIN ${nameOnDaySql(view, 'n', 't.observer')}`,
    parameters: { organization, day },
    order: ['observer'],
    after,
    only,
    limit,
  });
  return {
    ...found,
    items: found.items.map((row) => ({
      observer: row.observer,
      name: selectName(languages, row),
      intervals: listObserverships(view, organization, row.observer),
    })),
  };
}

/** Every observership of one observer. */
function listObserverships(view: View, organization: string, observer: string) {
  const dissolution = findDissolution(view, organization, observer);
  return view
    .all<ObservationRow>(
      `SELECT * FROM ${view.table('observations')} WHERE organization = @organization AND observer = @observer
        ORDER BY position`,
      { organization, observer },
    )
    .map((row) => {
      const until = selectPeriodEnd(row, dissolution);
      return {
        ...toPeriod({ ...row, until }),
        kind: row.kind,
        grantedBy: row.granted_by,
        instrument: row.instrument,
        endReason: until === row.until ? row.end_reason : (dissolution?.reason ?? null),
        entries: row.until_entry === null ? [row.since_entry] : [row.since_entry, row.until_entry],
        ...toConflictFields(
          isFoundedAfter(view, organization, row.since_latest) && 'before-founded',
          dissolution !== undefined && beginsAfterDissolution(row, dissolution) && dissolution.reason,
        ),
        ...toDisputeFields(row.disputes, row.end_disputes),
      };
    });
}

const toReference = (organization: string, observer: string, span: PeriodColumns): ItemReference => ({
  query: 'observers',
  path: { organization },
  key: { observer },
  only: { id: observer },
  days: listPeriodChangeDays(span),
});

const toHistoryReference = ({ organization, observer }: ObservationRow): ItemReference => ({
  query: 'history',
  path: { organization },
  key: { observer },
});

const toReferencesOfOrganization = (
  { organization, earliest = null, latest = null }: DissolvedRow,
  view: View,
): readonly ItemReference[] =>
  listRelationsOf<ObservationRow>(view, 'observations', 's.observer', organization).flatMap((row) => {
    const reference = toReference(row.organization, row.observer, row);
    const days = [...(reference.days ?? []), earliest, latest];
    return [{ ...reference, days }, toHistoryReference(row)];
  });

const observers = defineReadModel<ObservershipEvent>()({
  name: 'observers',
  version: 5,
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
          begins: ['ObserverStatusGranted'],
          ends: ['ObserverStatusEnded'],
          rows: rows.observations,
          toRow: toObservation,
        },
      ],
      timeline,
    ),
  shownIn: {
    observations: (row: ObservationRow) => [
      toReference(row.organization, row.observer, row),
      toHistoryReference(row),
    ],
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
    history: defineQuery(findObserverHistory, { scan: true, item: observerHistoryShape }),
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
    path: '/organizations/:organization/observer-history',
    about: 'All observers that an organization ever had, with every observership.',
    query: 'history',
    list: true,
    day: 'on',
    names: true,
  },
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
