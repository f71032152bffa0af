import membership from '../../../projections/membership/membership.js';
import offices from '../../../projections/offices/offices.js';
import statements from '../../../projections/statements/statements.js';
import { Provenance, LabeledField } from '../components/fact-marks.js';
import { Empty, NextPage } from '../components/list-page.js';
import { PersonLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { MembershipTable, OfficeList } from '../organizations/organization-lists.js';
import { type AnswersTo, ask, askSubject, definePage, findRoute } from '../page.js';
import { StatementList } from '../statements/statement-list.js';
import { formatCount } from '../text.js';

export const peoplePage = definePage({
  path: '/people',
  route: findRoute(offices, '/people'),
  section: '/people',
  formats: ['json', 'csv'],
  asks: { people: askSubject(offices, 'people') },
  view: ({ people }) => ({
    title: 'People',
    children: (
      <>
        <h1>People</h1>
        {people.items.length === 0 ? (
          <Empty what="The book knows no such person." />
        ) : (
          <ul class="links columns">
            {people.items.map(({ id, name }) => (
              <li key={id}>
                <PersonLink id={id} name={name} />
              </li>
            ))}
          </ul>
        )}
        <NextPage list={people} />
      </>
    ),
  }),
});

const asks = {
  person: askSubject(offices, 'person'),
  offices: ask(offices, 'ofPerson'),
  memberships: ask(membership, 'personMemberships'),
  statements: ask(statements, 'search', ({ path }) => ({ filters: { speaker: path['person'] ?? '' } })),
};

const Work = ({ offices: held, memberships, statements: said }: AnswersTo<typeof asks>) => (
  <>
    {held.items.length > 0 && (
      <Section id="offices" title="Offices">
        <OfficeList offices={held.items} show="organization" />
      </Section>
    )}
    {memberships.items.length > 0 && (
      <Section id="memberships" title="Memberships">
        <MembershipTable memberships={memberships.items} />
      </Section>
    )}
    <Section id="statements" title="Statements">
      {said.items.length === 0 ? (
        <Empty what="The book has no statement of this person." />
      ) : (
        <StatementList statements={said.items} />
      )}
    </Section>
  </>
);

export const personPage = definePage({
  path: '/people/:person',
  route: findRoute(offices, '/people/:person'),
  section: '/people',
  asks,
  listStreams: ({ person }) => [`person-${person.id}`],
  view: (answers) => {
    const { person } = answers;
    const name = person.name ?? person.id;
    return {
      title: name,
      children: (
        <>
          <h1>{name}</h1>
          <dl class="fields">
            {Object.entries(person.names).map(([language, text]) => (
              <LabeledField key={language} name={language}>
                <span lang={language}>{text}</span>
              </LabeledField>
            ))}
            {Object.entries(person.identifiers).map(([scheme, value]) => (
              <LabeledField key={scheme} name={scheme}>
                {value}
              </LabeledField>
            ))}
          </dl>
          <p class="note">
            {formatCount(answers.statements.items.length, 'statement')} <Provenance fact={person} />
          </p>
          <Work {...answers} />
        </>
      ),
    };
  },
});

const person = ask(offices, 'person');

export const personOfficesPage = definePage({
  path: '/people/:person/offices',
  route: findRoute(offices, '/people/:person/offices'),
  section: '/people',
  formats: ['json', 'csv'],
  asks: { list: askSubject(offices, 'ofPerson'), person },
  view: ({ list, person: { id, name } }) => ({
    title: `Offices: ${name ?? id}`,
    children: (
      <>
        <h1>
          Offices of <PersonLink id={id} name={name} />
        </h1>
        {list.items.length === 0 ? (
          <Empty what="The book knows of none on this day." />
        ) : (
          <OfficeList offices={list.items} show="organization" />
        )}
        <NextPage list={list} />
      </>
    ),
  }),
});

export const personMembershipsPage = definePage({
  path: '/people/:person/memberships',
  route: findRoute(membership, '/people/:person/memberships'),
  section: '/people',
  formats: ['json', 'csv'],
  asks: { list: askSubject(membership, 'personMemberships'), person },
  view: ({ list, person: { id, name } }) => ({
    title: `Memberships: ${name ?? id}`,
    children: (
      <>
        <h1>
          Memberships of <PersonLink id={id} name={name} />
        </h1>
        {list.items.length === 0 ? (
          <Empty what="The book knows of none on this day." />
        ) : (
          <MembershipTable memberships={list.items} />
        )}
        <NextPage list={list} />
      </>
    ),
  }),
});
