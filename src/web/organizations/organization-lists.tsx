import type { VNode } from 'preact';
import type membership from '../../../projections/membership/membership.js';
import type observers from '../../../projections/observers/observers.js';
import type offices from '../../../projections/offices/offices.js';
import { DateText } from '../components/date.js';
import { Amendments, Provenance } from '../components/fact-marks.js';
import { OrganizationLink, PartyLink, PersonLink } from '../components/record-link.js';
import type { ItemOf } from '../page.js';
import { humanize, toLabel } from '../text.js';

type Member = ItemOf<typeof membership, 'members'>;
type Membership = ItemOf<typeof membership, 'memberships'>;
type Observer = ItemOf<typeof observers, 'observers'>;
type Observed = ItemOf<typeof observers, 'observes'>;
type Office = ItemOf<typeof offices, 'ofOrganization'>;
type TreatyParty = ItemOf<typeof membership, 'parties'>;
type PastObserver = ItemOf<typeof observers, 'history'>;

/** Whether something holds on the day, in words. */
const Certainty = ({ certainty }: { readonly certainty: 'certain' | 'possible' }) =>
  certainty === 'possible' ? <span class="tag">possible</span> : null;

const Participation = ({ participation }: Pick<Member, 'participation'>) =>
  participation === 'suspended' ? <span class="tag">suspended</span> : null;

/** Memberships on a day: `heading` says what each row is about, and `subject` shows it. */
const RelationTable = <Item extends Member | Membership>({
  items,
  caption,
  heading,
  subject,
}: {
  readonly items: readonly Item[];
  readonly caption: string;
  readonly heading: string;
  readonly subject: (item: Item) => VNode;
}) => (
  <table>
    <caption>{caption}</caption>
    <thead>
      <tr>
        <th scope="col">{heading}</th>
        <th scope="col">Since</th>
        <th scope="col">Standing</th>
        <th scope="col">Rests on</th>
      </tr>
    </thead>
    <tbody>
      {items.map((item) => (
        <tr key={item.entries.join(' ')}>
          <th scope="row">{subject(item)}</th>
          <td>
            <DateText date={item.since} />
          </td>
          <td>
            {item.certainty === 'certain' && item.participation === 'active' && 'active'}
            <Certainty certainty={item.certainty} /> <Participation participation={item.participation} />
            <Amendments fact={item} />
          </td>
          <td>
            <Provenance fact={item} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const MemberTable = ({
  members,
  caption,
}: {
  readonly members: readonly Member[];
  readonly caption: string;
}) => (
  <RelationTable
    items={members}
    caption={caption}
    heading="Member"
    subject={({ member, name }) => <PartyLink id={member} name={name} />}
  />
);

export const MembershipTable = ({ memberships }: { readonly memberships: readonly Membership[] }) => (
  <RelationTable
    items={memberships}
    caption="Member of"
    heading="Organization"
    subject={({ organization, name }) => <OrganizationLink id={organization} name={name} />}
  />
);

/** What each party did to the treaty of an organization, one line for each fact. */
export const PartyList = ({ parties }: { readonly parties: readonly TreatyParty[] }) => (
  <ul>
    {parties.map((item) => (
      <li key={item.fact}>
        <PartyLink id={item.member} name={item.name} />, {toLabel(item.kind ?? item.stage)} since{' '}
        <DateText date={item.since} />
        {item.until && (
          <>
            , until <DateText date={item.until} />
          </>
        )}{' '}
        <Certainty certainty={item.certainty} /> <Provenance fact={item} />
        {item.declarations.map((declaration) => (
          <p key={declaration}>{declaration}</p>
        ))}
        <Amendments fact={item} />
      </li>
    ))}
  </ul>
);

export const ObserverHistory = ({ observers: items }: { readonly observers: readonly PastObserver[] }) => (
  <ul>
    {items.map(({ observer, name, intervals }) => (
      <li key={observer}>
        <PartyLink id={observer} name={name} />
        <ul>
          {intervals.map((interval) => (
            <li key={interval.entries.join(' ')}>
              {interval.kind !== null && `${humanize(interval.kind)} `}since <DateText date={interval.from} />
              {interval.to && (
                <>
                  , until <DateText date={interval.to} />
                </>
              )}{' '}
              <Provenance fact={interval} />
              <Amendments fact={interval} />
            </li>
          ))}
        </ul>
      </li>
    ))}
  </ul>
);

/** One observership: of an observer, or in an organization. */
const Observation = ({ item }: { readonly item: Observer | Observed }) => (
  <li>
    {'observer' in item ? (
      <PartyLink id={item.observer} name={item.name} />
    ) : (
      <OrganizationLink id={item.organization} name={item.name} />
    )}
    , {humanize(item.kind)} since <DateText date={item.since} />
    {item.grantedBy !== null && (
      <>
        , granted by <OrganizationLink id={item.grantedBy} />
      </>
    )}{' '}
    <Certainty certainty={item.certainty} /> <Provenance fact={item} />
    {item.conflict && <p class="amendment">The facts contradict each other: it is also a member.</p>}
    <Amendments fact={item} />
  </li>
);

export const ObservationList = ({ items }: { readonly items: readonly (Observer | Observed)[] }) => (
  <ul>
    {items.map((item) => (
      <Observation key={'observer' in item ? item.observer : item.organization} item={item} />
    ))}
  </ul>
);

export const OfficeList = ({
  offices: items,
  show,
}: {
  readonly offices: readonly Office[];
  readonly show: 'person' | 'organization';
}) => (
  <ul>
    {items.map((item) => (
      <li key={`${item.office} ${item.person} ${item.organization}`}>
        {show === 'person' ? (
          <PersonLink id={item.person} name={item.personName} />
        ) : (
          <OrganizationLink id={item.organization} name={item.organizationName} />
        )}
        , {toLabel(item.office)}, since <DateText date={item.since} />
        {item.until && (
          <>
            , until <DateText date={item.until} />
          </>
        )}{' '}
        <Certainty certainty={item.certainty} /> <Provenance fact={item} />
        <Amendments fact={item} />
      </li>
    ))}
  </ul>
);
