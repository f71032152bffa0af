import type decisions from '../../../projections/decisions/decisions.js';
import { Amendments, Provenance } from '../components/fact-marks.js';
import { encodeId, OrganizationLink, RecordLink } from '../components/record-link.js';
import { MeetingReference } from '../meetings/meeting-list.js';
import type { ItemOf } from '../page.js';
import { formatCount, humanize, toLabel } from '../text.js';

export type DecisionItem = ItemOf<typeof decisions, 'decisions'>;
type OneDecision = { readonly decision: DecisionItem };

/** A number of a tally that may not be recorded. */
const formatVotes = (votes: number | null): string => (votes === null ? 'not recorded' : String(votes));

/** How it was decided, in words: `adopted by vote: 5 for, 1 against, 0 abstaining`. */
const Outcome = ({ decision: { outcome, by, tally, kind } }: OneDecision) => (
  <p>
    {[toLabel(kind), humanize(outcome)].filter((text) => text !== '').join(', ')}
    {by !== null && ` by ${humanize(by)}`}
    {tally &&
      `: ${formatVotes(tally.for)} for, ${formatVotes(tally.against)} against, ${formatVotes(tally.abstain)} abstaining`}
  </p>
);

/** The title of a decision, or its id where none is recorded. */
export const getDecisionTitle = ({ title, decision }: DecisionItem): string => title ?? decision;

const Ballots = ({ decision: { ballots } }: OneDecision) =>
  ballots.length === 0 ? null : (
    <details>
      <summary>{formatCount(ballots.length, 'ballot')}</summary>
      <ul>
        {ballots.map(({ voter, choice }) => (
          <li key={voter}>
            <OrganizationLink id={voter} />: {humanize(choice)}
          </li>
        ))}
      </ul>
    </details>
  );

const Reports = ({ decision: { reports } }: OneDecision) =>
  reports.length === 0 ? null : (
    <ul>
      {reports.map(({ meeting, report, title }) => (
        <li key={`${meeting} ${report}`}>
          Reported on:{' '}
          <RecordLink to={`/meetings/${encodeId(meeting)}#report-${encodeId(report)}`}>{title}</RecordLink>
        </li>
      ))}
    </ul>
  );

/** What was decided, how, with which reservations, and what came of it. */
export const DecisionText = ({ decision }: OneDecision) => (
  <>
    <Outcome decision={decision} />
    {decision.text !== null && <blockquote dir="auto">{decision.text}</blockquote>}
    <Ballots decision={decision} />
    {decision.reservations.map(({ organization, text }) => (
      <p key={organization}>
        Reservation of <OrganizationLink id={organization} />: <span dir="auto">{text}</span>
      </p>
    ))}
    <Reports decision={decision} />
    <Amendments fact={decision} />
  </>
);

export const DecisionList = ({
  decisions: items,
  heading: Heading = 'h3',
}: {
  readonly decisions: readonly DecisionItem[];
  readonly heading?: 'h2' | 'h3';
}) => (
  <ul class="cards">
    {items.map((decision) => (
      <li key={`${decision.meeting} ${decision.decision}`}>
        <Heading>
          <RecordLink to={`/meetings/${encodeId(decision.meeting)}#decision-${encodeId(decision.decision)}`}>
            {getDecisionTitle(decision)}
          </RecordLink>{' '}
          <Provenance fact={decision} />
        </Heading>
        <p class="note">
          <MeetingReference id={decision.meeting} />
        </p>
        <DecisionText decision={decision} />
      </li>
    ))}
  </ul>
);
