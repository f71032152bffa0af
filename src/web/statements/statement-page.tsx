import statements from '../../../projections/statements/statements.js';
import { Section } from '../components/section.js';
import { RecordLink, encodeId } from '../components/record-link.js';
import { AmendmentList } from '../entries/amendment-list.js';
import { type FactWithAmendments, readFactWithAmendments } from '../entries/fact-history.js';
import { MeetingDates, MeetingReference } from '../meetings/meeting-list.js';
import { ask, definePage } from '../page.js';
import { useRecordLookup } from '../record-lookup.js';
import { useSite } from '../site.js';
import { formatPinnedAddress, usePageState } from '../page-state.js';
import { type Statement, StatementArticle } from './statement-list.js';

/** What to quote the statement by: who, what, where, and the address of this version. */
const Citation = ({ statement }: { readonly statement: Statement }) => {
  const meeting = useRecordLookup()?.getMeeting(statement.meeting);
  const state = usePageState();
  const { baseUrl } = useSite();
  const speaker = statement.speakerName ?? statement.nameAsPrinted;
  return (
    <p>
      {speaker}, in: {meeting?.title ?? statement.meeting}
      {meeting && (
        <>
          , <MeetingDates meeting={meeting} />
        </>
      )}
      , statement {statement.statement}. {state && <code>{baseUrl + formatPinnedAddress(state)}</code>}
    </p>
  );
};

const Context = ({
  title,
  statement,
}: {
  readonly title: string;
  readonly statement: Statement | undefined;
}) =>
  statement ? (
    <Section id={`context-${statement.statement}`} title={title}>
      <StatementArticle statement={statement} />
    </Section>
  ) : null;

export const statementPage = definePage({
  path: '/meetings/:meeting/statements/:statement',
  route: { list: false, names: true },
  section: '/meetings',
  formats: [],
  asks: {
    found: ask(statements, 'search', ({ path: { meeting = '', statement = '' } }) => ({
      only: { meeting, statement },
    })),
    all: ask(statements, 'search', ({ path: { meeting = '' } }) => ({ filters: { meeting } })),
  },
  readFacts: (ledger, _query, until, { found }): FactWithAmendments | undefined => {
    const [statement] = found.items;
    return statement && readFactWithAmendments(ledger, statement.entry, until);
  },
  listStops: ({ fact, amendments }) => [fact.entry, ...amendments.map(({ entry }) => entry)],
  view: ({ found, all }, { path: { meeting = '' } }, { fact, amendments }) => {
    const [statement] = found.items;
    const index = all.items.findIndex((each) => each.statement === statement?.statement);
    const title = `Statement ${statement?.statement ?? ''}`;
    return {
      title,
      children: (
        <>
          <h1>{title}</h1>
          <p>
            <MeetingReference id={meeting} /> ·{' '}
            <RecordLink
              to={`/meetings/${encodeId(meeting)}#statement-${meeting}-${statement?.statement ?? ''}`}
            >
              in its place in the record
            </RecordLink>
          </p>
          {statement && (
            <Section id="statement" title="As it stands">
              <StatementArticle statement={statement} />
            </Section>
          )}
          {amendments.length > 0 && (
            <Section id="history" title="What became of it">
              <AmendmentList fact={fact} amendments={amendments} />
            </Section>
          )}
          <Context title="Before it" statement={index > 0 ? all.items[index - 1] : undefined} />
          <Context title="After it" statement={index === -1 ? undefined : all.items[index + 1]} />
          {statement && (
            <Section id="cite" title="Cite this">
              <Citation statement={statement} />
            </Section>
          )}
        </>
      ),
    };
  },
});
