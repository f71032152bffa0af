// The lists of one organization, each at the address where programs find it.
import type { VNode } from 'preact';
import membership from '../../../projections/membership/membership.js';
import observers from '../../../projections/observers/observers.js';
import offices from '../../../projections/offices/offices.js';
import organizations from '../../../projections/organizations/organizations.js';
import type { Page } from '../../read-models/declaration/paginate.js';
import { Empty, NextPage } from '../components/list-page.js';
import { DayText } from '../components/date.js';
import { OrganizationLink } from '../components/record-link.js';
import { ask, askSubject, definePage, findRoute } from '../page.js';
import { MembershipTimeline } from './membership-timeline.js';
import {
  MembershipTable,
  MemberTable,
  ObservationList,
  ObserverHistory,
  OfficeList,
  PartyList,
} from './organization-lists.js';

type ShownList = Page<object>;
const organization = ask(organizations, 'organization');

/** The content of such a page: what it lists, of which organization, on which day. */
const createContent = (
  what: string,
  subject: { readonly id: string; readonly name: string | null },
  day: string,
  list: ShownList,
  children: VNode,
) => ({
  title: `${what}: ${subject.name ?? subject.id}`,
  children: (
    <>
      <h1>{what}</h1>
      <p>
        <OrganizationLink id={subject.id} name={subject.name} />, on <DayText day={day} />
      </p>
      {list.items.length === 0 ? <Empty what="The book knows of none on this day." /> : children}
      <NextPage list={list} />
    </>
  ),
});

const base = '/organizations/:organization';

export const relationPages = [
  definePage({
    path: `${base}/members`,
    route: findRoute(membership, `${base}/members`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(membership, 'members'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Members', subject, day, list, <MemberTable members={list.items} caption="Members" />),
  }),
  definePage({
    path: `${base}/memberships`,
    route: findRoute(membership, `${base}/memberships`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(membership, 'memberships'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Memberships', subject, day, list, <MembershipTable memberships={list.items} />),
  }),
  definePage({
    path: `${base}/membership-history`,
    route: findRoute(membership, `${base}/membership-history`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(membership, 'history'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent(
        'Membership history',
        subject,
        day,
        list,
        <MembershipTimeline history={list.items} today={day} />,
      ),
  }),
  definePage({
    path: `${base}/observers`,
    route: findRoute(observers, `${base}/observers`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(observers, 'observers'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Observers', subject, day, list, <ObservationList items={list.items} />),
  }),
  definePage({
    path: `${base}/observer-history`,
    route: findRoute(observers, `${base}/observer-history`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(observers, 'history'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Observer history', subject, day, list, <ObserverHistory observers={list.items} />),
  }),
  definePage({
    path: `${base}/parties`,
    route: findRoute(membership, `${base}/parties`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(membership, 'parties'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Parties', subject, day, list, <PartyList parties={list.items} />),
  }),
  definePage({
    path: `${base}/observes`,
    route: findRoute(observers, `${base}/observes`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(observers, 'observes'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Observer in', subject, day, list, <ObservationList items={list.items} />),
  }),
  definePage({
    path: `${base}/offices`,
    route: findRoute(offices, `${base}/offices`),
    section: '/organizations',
    formats: ['json', 'csv'],
    asks: { list: askSubject(offices, 'ofOrganization'), organization },
    view: ({ list, organization: subject }, { day }) =>
      createContent('Offices', subject, day, list, <OfficeList offices={list.items} show="person" />),
  }),
];
