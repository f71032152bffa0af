// Consent to the treaties of organizations in valid time: signatures, deposited instruments, provisional application.
import { parseBounds } from '../../src/dates/edtf.js';
import type { Instrument } from '../../src/domain/event-fields.js';
import type {
  InstrumentEvent,
  ProvisionalApplicationBegun,
  ProvisionalApplicationEvent,
} from '../../src/domain/membership/events.js';
import { provisionalApplicationRules } from '../../src/domain/membership/timeline.js';
import type { Fact } from '../../src/eventsourcing/amendments.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import {
  defineTable,
  nullableJson,
  type Row,
  type RowStores,
  textOf,
} from '../../src/read-models/declaration/table.js';
import type { View } from '../../src/read-models/declaration/view.js';
import { type Dispute, getDisputes } from './disputes.js';
import { PERIOD_COLUMNS, toPeriodColumns } from './periods.js';
import {
  defineTimelineEvents,
  ruleBreakingEvents,
  type TimelineEvent,
  toSortedPosition,
  toTimelineEvent,
  updatePeriods,
} from './timelines.js';

const MEMBER_COLUMNS = { organization: 'text', member: 'text' } as const;
const tables = {
  provisional_facts: defineTimelineEvents<ProvisionalApplicationEvent>(),
  unsorted_provisional_facts: ruleBreakingEvents,
  provisional_applications: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      ...PERIOD_COLUMNS,
      revision: 'integer',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
  /** Signatures and deposits with their withdrawals, one row for each event. */
  instrument_facts: defineTable({
    columns: {
      ...MEMBER_COLUMNS,
      position: 'text',
      revision: 'integer',
      stage: textOf<'signed' | 'ratified'>(),
      /** 0 or 1. */
      is_withdrawal: 'integer',
      /** Of a deposit. */
      kind: 'text?',
      /** The title of the treaty; null if none is named. */
      treaty: 'text?',
      effective: 'text',
      earliest: 'text?',
      latest: 'text?',
      entry: 'integer',
      enters_into_force: 'text?',
      declarations: nullableJson<readonly string[]>(),
      reason: 'text?',
      instrument: nullableJson<Instrument>(),
      disputes: nullableJson<readonly Dispute[]>(),
    },
    key: ['position'],
    indexes: [['organization', 'member']],
  }),
};

type InstrumentFactRow = Row<typeof tables.instrument_facts>;
type ProvisionalApplicationRow = Row<typeof tables.provisional_applications>;

/** Of a party to the treaty of an organization there is one timeline in its stream. */
const provisionalTimeline = { getTimeline: () => '', rules: provisionalApplicationRules };

const keep = (
  fact: Fact<ProvisionalApplicationEvent>,
  { provisional_facts }: RowStores<typeof tables>,
): void => provisional_facts.put(toTimelineEvent(fact, provisionalTimeline));

const toProvisionalApplication = (
  begun: TimelineEvent<ProvisionalApplicationBegun>,
  ended?: TimelineEvent<ProvisionalApplicationEvent>,
): ProvisionalApplicationRow => ({
  organization: begun.data.organization,
  member: begun.data.member,
  ...toPeriodColumns(begun, ended),
  revision: begun.revision,
  instrument: begun.data.instrument ?? null,
  disputes: begun.disputes,
});

function putInstrumentFact(
  fact: Fact<InstrumentEvent>,
  { instrument_facts }: RowStores<typeof tables>,
): void {
  const { type, data, revision, effectiveEntry } = fact;
  const bounds = parseBounds(data.effective);
  instrument_facts.put({
    organization: data.organization,
    member: data.member,
    position: toSortedPosition(bounds, revision),
    revision,
    stage: type === 'InstrumentSigned' || type === 'SignatureWithdrawn' ? 'signed' : 'ratified',
    is_withdrawal: type === 'SignatureWithdrawn' || type === 'InstrumentWithdrawn' ? 1 : 0,
    kind: 'kind' in data ? data.kind : null,
    treaty: data.instrument?.title,
    effective: data.effective,
    ...bounds,
    entry: effectiveEntry,
    enters_into_force: 'entersIntoForce' in data ? data.entersIntoForce : null,
    declarations: 'declarations' in data ? data.declarations : null,
    reason: 'reason' in data ? data.reason : null,
    instrument: data.instrument,
    disputes: getDisputes(fact),
  });
}

export const treatyTables = defineSharedTables<ProvisionalApplicationEvent | InstrumentEvent>()({
  tables,
  when: {
    ProvisionalApplicationBegun: keep,
    ProvisionalApplicationEnded: keep,
    InstrumentSigned: putInstrumentFact,
    SignatureWithdrawn: putInstrumentFact,
    InstrumentDeposited: putInstrumentFact,
    InstrumentWithdrawn: putInstrumentFact,
  },
  standalone: 'all',
  deriveRows: ({ removed, added }, rows) =>
    updatePeriods<ProvisionalApplicationEvent, 'off' | 'on'>(
      { removed: removed.filter(isProvisionalFact), added: added.filter(isProvisionalFact) },
      { events: rows.provisional_facts, unsorted: rows.unsorted_provisional_facts },
      [
        {
          begins: ['ProvisionalApplicationBegun'],
          ends: ['ProvisionalApplicationEnded'],
          rows: rows.provisional_applications,
          toRow: toProvisionalApplication,
        },
      ],
      provisionalTimeline,
    ),
});

function isProvisionalFact(
  fact: Fact<ProvisionalApplicationEvent | InstrumentEvent>,
): fact is Fact<ProvisionalApplicationEvent> {
  return fact.type === 'ProvisionalApplicationBegun' || fact.type === 'ProvisionalApplicationEnded';
}

/** What a party did, with the columns of a period and the fact that says so. Its JSON is text, as of every union. */
export type StageRow = Omit<ProvisionalApplicationRow, 'revision' | 'instrument' | 'disputes'> &
  Pick<InstrumentFactRow, 'kind' | 'enters_into_force'> & {
    readonly stage: 'signed' | 'ratified' | 'provisional';
    readonly fact: string;
    readonly end_reason: string | null;
    readonly declarations: string | null;
    readonly instrument: string | null;
    readonly disputes: string | null;
    readonly end_disputes: string | null;
  };

/**
 * SQL: the stages that parties to the treaty of an organization have reached. A signature or a deposit ends with the first
 * withdrawal after it of the same kind, unless the two name different treaties. No dissolution ends them.
 */
export const stagesSql = (view: View, where: (table: string) => string): string => {
  const facts = view.table('instrument_facts');
  const named = (t: string): string =>
    `'membership-' || ${t}.organization || ':' || ${t}.member || '@' || ${t}.revision`;
  return `(SELECT f.organization, f.member, f.stage, ${named('f')} AS fact, f.position, f.effective AS since,
      f.earliest AS since_earliest, f.latest AS since_latest, f.entry AS since_entry, w.effective AS until,
      w.earliest AS until_earliest, w.latest AS until_latest, w.entry AS until_entry, NULL AS dissolved_earliest,
      w.reason AS end_reason, f.kind, f.enters_into_force, f.declarations, f.instrument, f.disputes,
      w.disputes AS end_disputes
    FROM ${facts} f LEFT JOIN ${facts} w ON w.row = (
      SELECT x.row FROM ${facts} x
      WHERE x.organization = f.organization AND x.member = f.member AND x.is_withdrawal = 1 AND x.stage = f.stage
        AND x.kind IS f.kind AND (x.treaty IS NULL OR f.treaty IS NULL OR x.treaty = f.treaty) AND x.position > f.position
      ORDER BY x.position LIMIT 1)
    WHERE f.is_withdrawal = 0 AND ${where('f')}
    UNION ALL
    SELECT p.organization, p.member, 'provisional', ${named('p')}, p.position, p.since, p.since_earliest, p.since_latest,
      p.since_entry, p.until, p.until_earliest, p.until_latest, p.until_entry, NULL, NULL, NULL, NULL, NULL, p.instrument,
      p.disputes, NULL
    FROM ${view.table('provisional_applications')} p WHERE ${where('p')})`;
};
