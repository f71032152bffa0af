import decisions from '../../../projections/decisions/decisions.js';
import meetings from '../../../projections/meetings/meetings.js';
import membership from '../../../projections/membership/membership.js';
import observers from '../../../projections/observers/observers.js';
import offices from '../../../projections/offices/offices.js';
import organizations from '../../../projections/organizations/organizations.js';
import { formatCountry } from '../countries.js';
import { DateText, DayText } from '../components/date.js';
import { Amendments, EntryLink, LabeledField, Provenance } from '../components/fact-marks.js';
import { OrganizationLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { DecisionList } from '../decisions/decision-list.js';
import { MeetingList } from '../meetings/meeting-list.js';
import {
  type AnswerOf,
  type AnswersTo,
  ask,
  askSubject,
  definePage,
  findRoute,
  type PageQuery,
} from '../page.js';
import { formatCount, toLabel } from '../text.js';
import { MembershipTimeline } from './membership-timeline.js';
import { MembershipTable, MemberTable, ObservationList, OfficeList } from './organization-lists.js';

type Organization = AnswerOf<typeof organizations, 'organization'>;

const convenedBy = ({ path }: PageQuery) => ({ filters: { convenedBy: path['organization'] ?? '' } });

const asks = {
  organization: askSubject(organizations, 'organization'),
  members: ask(membership, 'members'),
  history: ask(membership, 'history'),
  memberships: ask(membership, 'memberships'),
  observers: ask(observers, 'observers'),
  observes: ask(observers, 'observes'),
  offices: ask(offices, 'ofOrganization'),
  meetings: ask(meetings, 'calendar', convenedBy),
  decisions: ask(decisions, 'decisions', ({ path }) => ({
    filters: { organization: path['organization'] ?? '' },
  })),
};
type Answers = AnswersTo<typeof asks>;

const About = ({ organization }: { readonly organization: Organization }) => (
  <dl class="fields">
    <LabeledField name="Kind">{toLabel(organization.classification)}</LabeledField>
    <LabeledField name="Body of">
      {organization.partOf !== null && <OrganizationLink id={organization.partOf} />}
    </LabeledField>
    <LabeledField name="Founded">
      {organization.founded && <DateText date={organization.founded} />}
    </LabeledField>
    <LabeledField name="Country">
      {organization.country !== null && formatCountry(organization.country)}
    </LabeledField>
    <LabeledField name="Purpose">{organization.purpose}</LabeledField>
    {organization.legalStatuses.map((status) => (
      <LabeledField key={status.entry} name="Legal status">
        {status.status}, <DateText date={status.effective} />
        {status.grantedBy !== null && (
          <>
            , granted by <OrganizationLink id={status.grantedBy} />
          </>
        )}
        {status.instrument && `, ${status.instrument.title}`} <EntryLink entry={status.entry} />
        <Amendments fact={status} />
      </LabeledField>
    ))}
    {organization.dissolved && (
      <LabeledField name="Dissolved">
        <DateText date={organization.dissolved.effective} />
        {organization.dissolved.reason !== null && `, ${organization.dissolved.reason}`}{' '}
        <EntryLink entry={organization.dissolved.entry} />
      </LabeledField>
    )}
    {Object.entries(organization.identifiers).map(([scheme, value]) => (
      <LabeledField key={scheme} name={scheme}>
        {value}
      </LabeledField>
    ))}
  </dl>
);

const NamesInTime = ({ names }: Pick<Organization, 'names'>) => (
  <ul>
    {names.map(({ name, abbreviation, names: others, effective, entry }) => (
      <li key={entry}>
        {name}
        {abbreviation !== null && ` (${abbreviation})`}
        {effective && (
          <>
            , since <DateText date={effective} />
          </>
        )}{' '}
        <EntryLink entry={entry} />
        {Object.entries(others).map(([language, text]) => (
          <span key={language}>
            {' '}
            · <span lang={language}>{text}</span> ({language})
          </span>
        ))}
      </li>
    ))}
  </ul>
);

const Members = ({
  members,
  history,
  day,
}: Pick<Answers, 'members' | 'history'> & { readonly day: string }) => (
  <Section id="members" title="Members">
    {members.items.length === 0 ? (
      <p class="note">
        The book knows no member on <DayText day={day} />.
      </p>
    ) : (
      <MemberTable members={members.items} caption={formatCount(members.items.length, 'member')} />
    )}
    <MembershipTimeline history={history.items} today={day} />
  </Section>
);

const Relations = ({ organization, memberships, observers: granted, observes, offices: held }: Answers) => (
  <>
    {organization.bodies.length > 0 && (
      <Section id="bodies" title="Bodies">
        <ul>
          {organization.bodies.map((body) => (
            <li key={body}>
              <OrganizationLink id={body} />
            </li>
          ))}
        </ul>
      </Section>
    )}
    {memberships.items.length > 0 && (
      <Section id="memberships" title="Memberships">
        <MembershipTable memberships={memberships.items} />
      </Section>
    )}
    {granted.items.length > 0 && (
      <Section id="observers" title="Observers">
        <ObservationList items={granted.items} />
      </Section>
    )}
    {observes.items.length > 0 && (
      <Section id="observes" title="Observer in">
        <ObservationList items={observes.items} />
      </Section>
    )}
    {held.items.length > 0 && (
      <Section id="offices" title="Offices">
        <OfficeList offices={held.items} show="person" />
      </Section>
    )}
  </>
);

const Work = ({ meetings: convened, decisions: taken }: Answers) => (
  <>
    {convened.items.length > 0 && (
      <Section id="meetings" title="Meetings">
        <MeetingList meetings={convened.items} />
      </Section>
    )}
    {taken.items.length > 0 && (
      <Section id="decisions" title="Decisions">
        <DecisionList decisions={taken.items} />
      </Section>
    )}
  </>
);

export const organizationPage = definePage({
  path: '/organizations/:organization',
  route: findRoute(organizations, '/organizations/:organization'),
  section: '/organizations',
  asks,
  listStreams: ({ organization: { id }, history }) => [
    `organization-${id}`,
    ...history.items.map(({ member }) => `membership-${id}:${member}`),
  ],
  view: (answers, { day }) => {
    const { organization } = answers;
    const { name, abbreviation, id } = organization;
    return {
      title: name ?? id,
      children: (
        <>
          <h1>
            {name ?? id}
            {abbreviation !== null && abbreviation !== name && <small> {abbreviation}</small>}
          </h1>
          <About organization={organization} />
          <p class="note">
            <Provenance fact={organization} />
          </p>
          {organization.names.length > 1 && (
            <Section id="names" title="Names">
              <NamesInTime names={organization.names} />
            </Section>
          )}
          <Members members={answers.members} history={answers.history} day={day} />
          <Relations {...answers} />
          <Work {...answers} />
        </>
      ),
    };
  },
});
