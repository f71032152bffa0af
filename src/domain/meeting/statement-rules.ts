// What was said and reported.
import { checkIsNew, type EventRules, refersToItem, setPart } from './event-rule.js';
import type { ReportHeard, StatementRecorded } from './events.js';

export const statementRules: EventRules<StatementRecorded | ReportHeard> = {
  StatementRecorded: {
    availability: 'once-opened',
    listReferences: ({ agendaItem, inReplyTo }) => [
      refersToItem(agendaItem),
      { pointer: '/inReplyTo', kind: 'statement', id: inReplyTo },
    ],
    check: ({ meeting, statement }, state) => checkIsNew(statement, meeting, 'statement', state),
    listChanges: ({ statement }) => [setPart('statement', statement, true)],
  },
  ReportHeard: {
    availability: 'once-opened',
    listReferences: ({ concerning = [], agendaItem }) => [
      ...concerning.map(
        ({ meeting, decision }, index) =>
          ({ pointer: `/concerning/${index}/decision`, kind: 'decision', id: decision, meeting }) as const,
      ),
      refersToItem(agendaItem),
    ],
    check: ({ meeting, report }, state) => checkIsNew(report, meeting, 'report', state),
    listChanges: ({ report }) => [setPart('report', report, true)],
  },
};
