import type { VNode } from 'preact';
import decisions from '../../../projections/decisions/decisions.js';
import meetings from '../../../projections/meetings/meetings.js';
import offices from '../../../projections/offices/offices.js';
import organizations from '../../../projections/organizations/organizations.js';
import statements from '../../../projections/statements/statements.js';
import { foldText } from '../../read-models/declaration/search-text.js';
import { Highlight } from '../components/highlight.js';
import { OrganizationLink, PersonLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { DecisionList, getDecisionTitle } from '../decisions/decision-list.js';
import { MeetingList } from '../meetings/meeting-list.js';
import { type AnswersTo, ask, definePage, type PageQuery } from '../page.js';
import { StatementList } from '../statements/statement-list.js';
import { formatCount } from '../text.js';

/** Without words nothing is looked for. */
const byWords = ({ filters }: PageQuery) =>
  filters['q'] === undefined ? { limit: 1 } : { filters: { q: filters['q'] } };

const asks = {
  statements: ask(statements, 'search', byWords),
  organizations: ask(organizations, 'directory', byWords),
  people: ask(offices, 'people', byWords),
  meetings: ask(meetings, 'calendar'),
  decisions: ask(decisions, 'decisions'),
};

type Kind = { readonly id: string; readonly title: string; readonly count: number; readonly list: VNode };

const includesWords = (q: string, title: string): boolean => foldText(title).includes(foldText(q));

/** What was found, by kind. */
function listKinds(q: string, found: AnswersTo<typeof asks>): readonly Kind[] {
  const meetingsFound = found.meetings.items.filter(({ title }) => includesWords(q, title));
  const decisionsFound = found.decisions.items.filter((each) => includesWords(q, getDecisionTitle(each)));
  const { statements: said, organizations: parties, people } = found;
  const createKind = (id: string, title: string, items: readonly unknown[], list: VNode): Kind => ({
    ...{ id, title, list },
    count: items.length,
  });
  return [
    createKind(
      'organizations',
      'Organizations',
      parties.items,
      <ul>
        {parties.items.map(({ id, name }) => (
          <li key={id}>
            <OrganizationLink id={id} name={name} />
          </li>
        ))}
      </ul>,
    ),
    createKind(
      'people',
      'People',
      people.items,
      <ul>
        {people.items.map(({ id, name }) => (
          <li key={id}>
            <PersonLink id={id} name={name} />
          </li>
        ))}
      </ul>,
    ),
    createKind('meetings', 'Meetings', meetingsFound, <MeetingList meetings={meetingsFound} />),
    createKind('decisions', 'Decisions', decisionsFound, <DecisionList decisions={decisionsFound} />),
    createKind(
      'statements',
      'Statements',
      said.items,
      <Highlight words={q}>
        <StatementList statements={said.items} />
      </Highlight>,
    ),
  ];
}

const Found = ({ q, kinds }: { readonly q: string; readonly kinds: readonly Kind[] }) => {
  const some = kinds.filter(({ count }) => count > 0);
  return (
    <>
      <ul class="steps">
        {kinds.map(({ id, title, count }) => (
          <li key={id}>{count > 0 ? <a href={`#${id}`}>{`${title}: ${count}`}</a> : `${title}: 0`}</li>
        ))}
      </ul>
      <p class="note">
        Statements are looked for by whole words: “{q}” does not find a longer word that begins with it. Names
        and titles are looked for by any part.
      </p>
      {some.map(({ id, title, count, list }) => (
        <Section key={id} id={id} title={formatCount(count, title, title)}>
          {list}
        </Section>
      ))}
      {some.length === 0 && <p>The book has nothing with “{q}”.</p>}
    </>
  );
};

export const searchPage = definePage({
  path: '/search',
  route: {
    list: false,
    names: true,
    filters: { q: { kind: 'text', about: 'The words to look for.' } },
  },
  formats: [],
  asks,
  view: (answers, { filters: { q } }) => ({
    title: q === undefined ? 'Search' : `Search: ${q}`,
    children: (
      <>
        <h1>{q === undefined ? 'Search' : `Search: ${q}`}</h1>
        {q === undefined ? (
          <p>Write words of a statement, or a part of a name or a title, into the field above.</p>
        ) : (
          <Found q={q} kinds={listKinds(q, answers)} />
        )}
      </>
    ),
  }),
});
