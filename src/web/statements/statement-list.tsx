import type statements from '../../../projections/statements/statements.js';
import { Amendments, Provenance } from '../components/fact-marks.js';
import { encodeId, OrganizationLink, PersonLink, RecordLink, TopicLink } from '../components/record-link.js';
import { Listed } from '../components/listed.js';
import { HighlightedText } from '../components/highlight.js';
import { WordDiff } from '../components/word-diff.js';
import { MeetingReference } from '../meetings/meeting-list.js';
import type { ItemOf } from '../page.js';

export type Statement = ItemOf<typeof statements, 'search'>;
type OneStatement = { readonly statement: Statement };

const formatStatementPath = ({ meeting, statement }: Statement): string =>
  `/meetings/${encodeId(meeting)}/statements/${encodeId(statement)}`;

/** Who spoke, in which role, for whom, as far as it is recorded. */
const Speaker = ({ statement }: OneStatement) => {
  const { speaker, speakerName, nameAsPrinted, role, onBehalfOf, onBehalfOfName } = statement;
  const parts = [
    speaker === null ? nameAsPrinted : <PersonLink id={speaker} name={speakerName ?? nameAsPrinted} />,
    role,
    onBehalfOf !== null && (
      <>
        for <OrganizationLink id={onBehalfOf} name={onBehalfOfName} />
      </>
    ),
  ];
  return <Listed parts={parts} />;
};

/** The first words of a corrected statement, beside what they became. */
const Correction = ({ statement: { correction, text } }: OneStatement) => {
  const original = correction?.original['text'];
  return typeof original === 'string' && original !== text ? <WordDiff from={original} to={text} /> : null;
};

/** A statement as it stands: who said it, the text, its topics, and what became of it. */
export const StatementArticle = ({ statement }: OneStatement) => {
  const { statement: id, form, text, language, topics, inReplyTo, meeting } = statement;
  return (
    <article class="statement" id={`statement-${meeting}-${id}`}>
      <h3>
        <Speaker statement={statement} />
      </h3>
      <blockquote lang={language ?? undefined} dir="auto" class={form ?? undefined}>
        <HighlightedText text={text} />
      </blockquote>
      <p class="note">
        <RecordLink to={formatStatementPath(statement)}>{id}</RecordLink>
        {form !== null && ` · ${form}`}
        {inReplyTo !== null && (
          <>
            {' '}
            · in reply to{' '}
            <RecordLink to={formatStatementPath({ ...statement, meeting, statement: inReplyTo })}>
              {inReplyTo}
            </RecordLink>
          </>
        )}
        {topics.map((topic) => (
          <span key={topic}>
            {' '}
            · <TopicLink topic={topic} />
          </span>
        ))}{' '}
        · <Provenance fact={statement} />
      </p>
      <Amendments fact={statement} />
      <Correction statement={statement} />
    </article>
  );
};

/** Statements of several meetings, each group under its meeting, in the order in which they are given. */
export const StatementList = ({ statements: items }: { readonly statements: readonly Statement[] }) => (
  <>
    {items.map((statement, index) => (
      <div key={`${statement.meeting} ${statement.statement}`}>
        {items[index - 1]?.meeting !== statement.meeting && (
          <h2 class="group">
            <MeetingReference id={statement.meeting} />
          </h2>
        )}
        <StatementArticle statement={statement} />
      </div>
    ))}
  </>
);
