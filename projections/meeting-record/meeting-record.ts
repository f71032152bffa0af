// The minutes of one meeting: what was planned, who came, what was said and decided, and what became of the record.
import { dateInTime } from '../../src/dates/edtf.js';
import type { Concern, MeetingEvent } from '../../src/domain/meeting/events.js';
import {
  nullableJson,
  page,
  query,
  readModel,
  table,
  type View,
} from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { decided, type Taken, taken } from '../_shared/decision-tables.js';
import { calendar, type Listed, listed } from '../_shared/meeting-tables.js';
import { corrected, type Correction, correctionOf } from '../_shared/corrections.js';
import { type Dispute, disputesOf, marked } from '../_shared/disputes.js';
import { nameIn, type Named, nameOn, names } from '../_shared/names.js';
import { said, type Spoken, statements } from '../_shared/statement-tables.js';

/** How many statements stand in the record itself; where there are more, it says where to read on. */
const STATEMENTS_MAX = 1_000;

const amendable = {
  entry: 'integer',
  correction: nullableJson<Correction>(),
  disputes: nullableJson<readonly Dispute[]>(),
} as const;

const record = readModel<MeetingEvent>()({
  name: 'meeting-record',
  version: 1,
  include: [names, calendar, statements, taken],
  tables: {
    agenda: table({
      columns: {
        meeting: 'text',
        item: 'text',
        title: 'text',
        topics: nullableJson<readonly string[]>(),
        ...amendable,
      },
      key: ['meeting', 'item'],
      indexes: [['meeting', 'entry']],
    }),
    withdrawals: table({
      columns: { meeting: 'text', item: 'text', reason: 'text?', ...amendable },
      key: ['meeting', 'item'],
      indexes: [['meeting', 'item']],
    }),
    participants: table({
      columns: {
        meeting: 'text',
        participant: 'text',
        person: 'text?',
        name_as_printed: 'text?',
        organization: 'text?',
        capacity: 'text',
        role: 'text?',
        presence: 'text',
        ...amendable,
      },
      key: ['meeting', 'participant'],
      indexes: [['meeting', 'entry']],
    }),
    minutes: table({
      columns: {
        meeting: 'text',
        revision: 'integer',
        /** `circulated` or `approved`. */
        step: 'text',
        on: 'text',
        at: 'text?',
        ...amendable,
      },
      key: ['meeting', 'revision'],
      indexes: [['meeting', 'revision']],
    }),
  },
  when: {
    AgendaItemAdded: (fact, { agenda }) => {
      const { meeting, item, title, topics } = fact.data;
      agenda.put({ meeting, item, title, topics, ...amendments(fact) });
    },
    AgendaItemWithdrawn: (fact, { withdrawals }) => {
      const { meeting, item, reason } = fact.data;
      withdrawals.put({ meeting, item, reason, ...amendments(fact) });
    },
    // Somebody who sent regrets and came all the same is one participant, as last recorded.
    ParticipantRecorded: (fact, { participants }) => {
      const { meeting, participant, person, nameAsPrinted, organization, capacity, role, presence } =
        fact.data;
      participants.put({
        meeting,
        participant,
        person,
        name_as_printed: nameAsPrinted,
        organization,
        capacity,
        role,
        presence,
        ...amendments(fact),
      });
    },
    MinutesCirculated: (fact, { minutes }) => {
      const { meeting, on } = fact.data;
      minutes.put({ meeting, revision: fact.revision, step: 'circulated', on, ...amendments(fact) });
    },
    MinutesApproved: (fact, { minutes }) => {
      const { meeting, on, at } = fact.data;
      minutes.put({ meeting, revision: fact.revision, step: 'approved', on, at, ...amendments(fact) });
    },
  },
  queries: {
    record: query(
      (view, { path, day, languages }: Asked) => {
        const meeting = path['meeting'] ?? '';
        const found = view.get<Listed>(`SELECT * FROM ${view.at('meetings')} WHERE meeting = @meeting`, {
          meeting,
        });
        if (!found) return undefined;
        return {
          ...listed(found),
          chair: found.chair,
          dateHistory: view
            .all<DateOfMeeting>(
              `SELECT * FROM ${view.at('meeting_dates')} WHERE meeting = @meeting ORDER BY revision`,
              { meeting },
            )
            .map((row) => ({
              scheduledFor: row.scheduled_for === null ? null : dateInTime(row.scheduled_for),
              change: row.change,
              reason: row.reason,
              ...standing(row),
            })),
          agenda: agendaOf(view, meeting),
          participants: participantsOf(view, meeting, day, languages),
          ...statementsOf(view, meeting, day, languages),
          reports: reportsOf(view, meeting, day, languages),
          decisions: view
            .all<Taken>(`SELECT * FROM ${view.at('decisions')} WHERE meeting = @meeting ORDER BY entry`, {
              meeting,
            })
            .map((row) => decided(view, row)),
          minutes: minutesOf(view, meeting),
        };
      },
      { scan: true },
    ),
  },
});

const amendments = (fact: Parameters<typeof correctionOf>[0]) => ({
  entry: fact.entry,
  correction: correctionOf(fact),
  disputes: disputesOf(fact),
});

type Amendable = {
  readonly entry: number;
  readonly correction: Correction | null;
  readonly disputes: readonly Dispute[] | null;
};
const standing = ({ entry, correction, disputes }: Amendable) => ({
  entry,
  ...corrected(correction),
  ...marked(disputes),
});

type DateOfMeeting = Amendable & {
  readonly scheduled_for: string | null;
  readonly change: string;
  readonly reason: string | null;
};

function agendaOf(view: View, meeting: string) {
  type Item = Amendable & {
    readonly item: string;
    readonly title: string;
    readonly topics: readonly string[] | null;
    readonly withdrawn: number | null;
    readonly reason: string | null;
    readonly withdrawal_correction: Correction | null;
    readonly withdrawal_disputes: readonly Dispute[] | null;
  };
  return view
    .all<Item>(
      `SELECT a.*, w.entry AS withdrawn, w.reason, w.correction AS withdrawal_correction, w.disputes AS withdrawal_disputes FROM ${view.at('agenda')} a
        LEFT JOIN ${view.at('withdrawals')} w ON w.meeting = a.meeting AND w.item = a.item
        WHERE a.meeting = @meeting ORDER BY a.entry`,
      { meeting },
    )
    .map((row) => ({
      item: row.item,
      title: row.title,
      topics: row.topics ?? [],
      ...(row.withdrawn !== null && {
        withdrawn: {
          reason: row.reason,
          ...standing({
            entry: row.withdrawn,
            correction: row.withdrawal_correction,
            disputes: row.withdrawal_disputes,
          }),
        },
      }),
      ...standing(row),
    }));
}

function participantsOf(view: View, meeting: string, day: string, languages: readonly string[]) {
  type Participant = Amendable & {
    readonly participant: string;
    readonly person: string | null;
    readonly name_as_printed: string | null;
    readonly organization: string | null;
    readonly capacity: string;
    readonly role: string | null;
    readonly presence: string;
    readonly person_name: string | null;
    readonly person_names: Named['names'];
    readonly organization_name: string | null;
    readonly organization_names: Named['names'];
  };
  return view
    .all<Participant>(
      `SELECT t.*, p.name AS person_name, p.names AS person_names, g.name AS organization_name, g.names AS organization_names
        FROM ${view.at('participants')} t
        LEFT JOIN ${view.at('names')} p ON p.row = ${nameOn(view, `'person:' || t.person`)}
        LEFT JOIN ${view.at('names')} g ON g.row = ${nameOn(view, 't.organization')}
        WHERE t.meeting = @meeting ORDER BY t.entry`,
      { meeting, day },
    )
    .map((row) => ({
      participant: row.participant,
      person: row.person,
      name: nameIn(languages, { name: row.person_name, names: row.person_names }),
      nameAsPrinted: row.name_as_printed,
      organization: row.organization,
      organizationName: nameIn(languages, { name: row.organization_name, names: row.organization_names }),
      capacity: row.capacity,
      role: row.role,
      presence: row.presence,
      ...standing(row),
    }));
}

function statementsOf(view: View, meeting: string, day: string, languages: readonly string[]) {
  const found = page<Spoken>(view, {
    sql: `SELECT s.*, p.name AS speaker_name, p.names AS speaker_names, g.name AS behalf_name, g.names AS behalf_names
      FROM ${view.at('statements')} s
      LEFT JOIN ${view.at('names')} p ON p.row = ${nameOn(view, `'person:' || s.speaker`)}
      LEFT JOIN ${view.at('names')} g ON g.row = ${nameOn(view, 's.on_behalf_of')}
      WHERE s.meeting = @meeting`,
    parameters: { meeting, day },
    order: ['entry'],
    limit: STATEMENTS_MAX,
  });
  return {
    statements: found.items.map((row) => said(row, languages)),
    ...(found.next && { allStatements: `/statements?meeting=${meeting}` }),
  };
}

function reportsOf(view: View, meeting: string, day: string, languages: readonly string[]) {
  type Report = Amendable & {
    readonly report: string;
    readonly title: string;
    readonly presented_by: string | null;
    readonly name_as_printed: string | null;
    readonly on_behalf_of: string | null;
    readonly concerning: readonly Concern[] | null;
    readonly agenda_item: string | null;
    readonly name: string | null;
    readonly names: Named['names'];
  };
  return view
    .all<Report>(
      `SELECT r.*, p.name, p.names FROM ${view.at('reports')} r
        LEFT JOIN ${view.at('names')} p ON p.row = ${nameOn(view, `'person:' || r.presented_by`)}
        WHERE r.meeting = @meeting ORDER BY r.entry`,
      { meeting, day },
    )
    .map((row) => ({
      report: row.report,
      title: row.title,
      presentedBy: row.presented_by,
      presentedByName: nameIn(languages, row),
      nameAsPrinted: row.name_as_printed,
      onBehalfOf: row.on_behalf_of,
      concerning: (row.concerning ?? []).map((concern) => ({
        ...concern,
        ...(concern.decision !== undefined && {
          decisionTitle: titleOf(view, concern.meeting ?? meeting, concern.decision),
        }),
      })),
      agendaItem: row.agenda_item,
      ...standing(row),
    }));
}

const titleOf = (view: View, meeting: string, decision: string): string | null =>
  view.get<{ readonly title: string }>(
    `SELECT title FROM ${view.at('decisions')} WHERE meeting = @meeting AND decision = @decision`,
    { meeting, decision },
  )?.title ?? null;

function minutesOf(view: View, meeting: string) {
  type Step = Amendable & { readonly step: string; readonly on: string; readonly at: string | null };
  const steps = view.all<Step>(
    `SELECT * FROM ${view.at('minutes')} WHERE meeting = @meeting ORDER BY revision`,
    { meeting },
  );
  const approved = steps.findLast(({ step }) => step === 'approved');
  const circulated = steps.filter(({ step }) => step === 'circulated');
  return {
    status: approved ? 'approved' : circulated.length > 0 ? 'circulated' : 'none',
    circulated: circulated.map((row) => ({ on: dateInTime(row.on), ...standing(row) })),
    approvedOn: approved ? dateInTime(approved.on) : null,
    approvedAt: approved?.at ?? null,
    ...(approved && { approval: standing(approved) }),
  };
}

export default published(record, [
  {
    path: '/meetings/:meeting',
    about: 'The record of one meeting.',
    query: 'record',
    list: false,
    day: 'on',
    names: true,
  },
]);
