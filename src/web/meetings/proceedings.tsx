import type meetingRecord from '../../../projections/meeting-record/meeting-record.js';
import { Amendments, Provenance } from '../components/fact-marks.js';
import { encodeId, OrganizationLink, PersonLink, RecordLink, TopicLink } from '../components/record-link.js';
import { useSite } from '../site.js';
import { type DecisionItem, DecisionText, getDecisionTitle } from '../decisions/decision-list.js';
import type { AnswerOf } from '../page.js';
import { type Statement, StatementArticle } from '../statements/statement-list.js';

export type MeetingRecord = AnswerOf<typeof meetingRecord, 'record'>;
type Report = MeetingRecord['reports'][number];

/** What was said, reported or decided under an item of the agenda. */
type Step = { readonly entry: number; readonly agendaItem: string | null } & (
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'decision'; readonly decision: DecisionItem }
);

/** In the order of the record. */
const listSteps = ({ statements, reports, decisions }: MeetingRecord): readonly Step[] =>
  [
    ...statements.map((statement) => ({ kind: 'statement' as const, statement, ...pickPlace(statement) })),
    ...reports.map((report) => ({ kind: 'report' as const, report, ...pickPlace(report) })),
    ...decisions.map((decision) => ({ kind: 'decision' as const, decision, ...pickPlace(decision) })),
  ].sort((a, b) => a.entry - b.entry);

const pickPlace = ({ entry, agendaItem }: Pick<Step, 'entry' | 'agendaItem'>) => ({ entry, agendaItem });

const ReportArticle = ({ report }: { readonly report: Report }) => (
  <article class="report" id={`report-${report.report}`}>
    <h3>
      Report: {report.title} <Provenance fact={report} />
    </h3>
    <p>
      {report.presentedBy === null ? (
        report.nameAsPrinted
      ) : (
        <>
          Presented by <PersonLink id={report.presentedBy} name={report.presentedByName} />
        </>
      )}
      {report.onBehalfOf !== null && (
        <>
          {report.presentedBy === null && report.nameAsPrinted === null ? 'Presented' : ','} for{' '}
          <OrganizationLink id={report.onBehalfOf} />
        </>
      )}
    </p>
    {report.concerning.map((subject, index) => (
      <p class="note" key={index}>
        Concerns <ReportSubject subject={subject} />
      </p>
    ))}
    <Amendments fact={report} />
  </article>
);

const ReportSubject = ({ subject }: { readonly subject: Report['concerning'][number] }) => {
  const { meeting, decision, decisionTitle, text } = subject;
  if (meeting === undefined) return <>{text}</>;
  const title = decisionTitle ?? text ?? decision ?? meeting;
  const fragment = decision === undefined ? '' : `#decision-${encodeId(decision)}`;
  return <RecordLink to={`/meetings/${encodeId(meeting)}${fragment}`}>{title}</RecordLink>;
};

const DecisionArticle = ({ decision }: { readonly decision: DecisionItem }) => (
  <article class="decision" id={`decision-${decision.decision}`}>
    <h3>
      Decision: {getDecisionTitle(decision)} <Provenance fact={decision} />
    </h3>
    <DecisionText decision={decision} />
  </article>
);

const StepArticle = ({ step }: { readonly step: Step }) => {
  if (step.kind === 'statement') return <StatementArticle statement={step.statement} />;
  if (step.kind === 'report') return <ReportArticle report={step.report} />;
  return <DecisionArticle decision={step.decision} />;
};

const Agenda = ({ record: { agenda } }: { readonly record: MeetingRecord }) => (
  <ol class="agenda">
    {agenda.map((item) => (
      <li key={item.item} id={`item-${item.item}`}>
        {item.withdrawn ? <s>{item.title}</s> : item.title}
        {item.withdrawn && ` withdrawn${item.withdrawn.reason === null ? '' : `: ${item.withdrawn.reason}`}`}
        {item.topics.map((topic) => (
          <span key={topic}>
            {' '}
            · <TopicLink topic={topic} />
          </span>
        ))}{' '}
        <Provenance fact={item} />
        <Amendments fact={item} />
      </li>
    ))}
  </ol>
);

/** The heading of an item where the record comes to it; it may do so several times. */
const ItemHeading = ({ record, item }: { readonly record: MeetingRecord; readonly item: string | null }) => {
  const index = record.agenda.findIndex((each) => each.item === item);
  const title = record.agenda[index]?.title ?? item;
  return (
    <p class="item">{item === null ? 'Without an item of the agenda' : `${index + 1}. ${title ?? ''}`}</p>
  );
};

/** The agenda, and the record in its order, with a heading wherever the item changes. */
export const Proceedings = ({ record }: { readonly record: MeetingRecord }) => {
  const { toPublicPath } = useSite();
  const steps = listSteps(record);
  return (
    <>
      {record.agenda.length > 0 && <Agenda record={record} />}
      {steps.length === 0 && <p class="note">Nothing is recorded of what was said.</p>}
      {steps.map((step, index) => (
        <div key={step.entry}>
          {record.agenda.length > 0 && (index === 0 || steps[index - 1]?.agendaItem !== step.agendaItem) && (
            <ItemHeading record={record} item={step.agendaItem} />
          )}
          <StepArticle step={step} />
        </div>
      ))}
      {record.allStatements !== undefined && (
        <p>
          <a href={toPublicPath(record.allStatements)}>All statements of this meeting</a>
        </p>
      )}
    </>
  );
};
