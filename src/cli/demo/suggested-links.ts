// Addresses of the example history that the demo prints.
import { setTimeout as pause } from 'node:timers/promises';
import { DEMO_POLL_INTERVAL_MS } from '../_shared/timeouts.js';
import { DemoError } from './example-history.js';

type SuggestedLink = { readonly description: string; readonly path: string };

/** `article`: the last entry of the first file, when only one article had been recorded. */
export const createSuggestedLinks = (article: number): readonly SuggestedLink[] => [
  {
    description: 'Who belonged to the CSTO on the day of the meeting in Minsk: seven.',
    path: '/organizations/csto/members?on=2011-05-31',
  },
  {
    description: 'And at the turn of the century: six, Uzbekistan had not renewed.',
    path: '/organizations/csto/members?on=2000-01-01',
  },
  {
    description: `What the book said of that day at entry ${article}, when it had recorded only an article without dates: seven, possibly.`,
    path: `/organizations/csto/members?on=2000-01-01&asOf=${article}`,
  },
  {
    description:
      'Every period of membership and every suspension; Uzbekistan joined, left, joined again and was suspended.',
    path: '/organizations/csto/membership-history',
  },
  {
    description:
      'What was recorded about the membership of Uzbekistan, event by event, by whom, and what each changed.',
    path: '/audit/trail/membership-csto:uzbekistan',
  },
  {
    description: `What changed since entry ${article}, item by item: from what to what, by whom and why.`,
    path: `/audit/changes?from=${article}&projection=membership`,
  },
  {
    description:
      'A dispute: Armenia said that it froze its participation, the Secretariat counts it a full member.',
    path: '/organizations/csto/members?on=2024-06-21',
  },
  {
    description: 'Who observed at the UN General Assembly that day.',
    path: '/organizations/un-ga/observers?on=2011-05-31',
  },
  {
    description: 'The next meetings, as the book knew them after the meeting in Minsk.',
    path: `/meetings/upcoming?from=2011-06-01&asOf=${article}`,
  },
  { description: 'The record of the meeting in Minsk.', path: '/meetings/csto-cfm-2011-05-31' },
  { description: 'Who spoke of Afghanistan.', path: '/statements?topic=Afghanistan' },
  { description: 'What cites one source.', path: '/sources/mfa-by' },
  { description: 'The events themselves, from the first.', path: '/events?limit=10' },
  {
    description: 'The signed size and root of the book: keep it, and no later alteration can go unnoticed.',
    path: '/checkpoint',
  },
  { description: 'The documentation of the server.', path: '/docs' },
];

/** How often a read model that is still being built is requested again. */
const ATTEMPTS_MAX = 60;

/** The links that this server has, once its read models have the entry. Throws DemoError for a status other than 200 and 404. */
export async function findAvailableLinks(
  url: string,
  links: readonly SuggestedLink[],
  entry: number,
): Promise<readonly SuggestedLink[]> {
  const found: SuggestedLink[] = [];
  for (const link of links) {
    const status = await fetchStatus(`${url}${link.path}`, entry);
    if (status === 200) found.push(link);
    else if (status !== 404) throw new DemoError(`GET ${link.path} answers with status ${status}.`);
  }
  return found;
}

async function fetchStatus(address: string, entry: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(address, { headers: { 'ledger-entry': String(entry) } });
    await response.body?.cancel();
    if (response.status !== 503 || tries === ATTEMPTS_MAX) return response.status;
    await pause(DEMO_POLL_INTERVAL_MS);
  }
}
