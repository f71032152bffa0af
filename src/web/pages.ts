import { entryPage } from './entries/entry-page.js';
import { streamPage } from './entries/stream-page.js';
import { decisionsPage } from './decisions/decisions-page.js';
import { meetingsPage, upcomingMeetingsPage } from './meetings/meetings-page.js';
import { recordPage } from './meetings/record-page.js';
import { organizationPage } from './organizations/organization-page.js';
import { organizationsPage } from './organizations/organizations-page.js';
import { relationPages } from './organizations/relation-pages.js';
import type { RecordPage } from './page.js';
import { peoplePage, personMembershipsPage, personOfficesPage, personPage } from './people/people-pages.js';
import { searchPage } from './search/search-page.js';
import { startPage } from './start/start-page.js';
import { statementPage } from './statements/statement-page.js';
import { sourceFactsPage, sourcePage, sourcesPage } from './sources/sources-pages.js';
import { statementsPage } from './statements/statements-page.js';
import { topicsPage } from './topics/topics-page.js';

/** All pages that show records. A new one is a line here. */
export const pages: readonly RecordPage[] = [
  startPage,
  searchPage,
  entryPage,
  streamPage,
  statementPage,
  meetingsPage,
  upcomingMeetingsPage,
  recordPage,
  organizationsPage,
  organizationPage,
  ...relationPages,
  peoplePage,
  personPage,
  personOfficesPage,
  personMembershipsPage,
  statementsPage,
  decisionsPage,
  topicsPage,
  sourcesPage,
  sourcePage,
  sourceFactsPage,
];
