// Addresses worth opening in the example history.
import { setTimeout as pause } from 'node:timers/promises';
import { DemoError } from './example-history.js';

export type SuggestedLink = { readonly description: string; readonly path: string };

/** `article`: the last entry of the first file, when the book knew no more than one article. */
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
    description: `What the book said of that day at entry ${article}, when it knew only an article without dates: seven, possibly.`,
    path: `/organizations/csto/members?on=2000-01-01&asOf=${article}`,
  },
  {
    description: 'Every stay and every suspension; Uzbekistan was in, out, in again and suspended.',
    path: '/organizations/csto/membership-history',
  },
  {
    description:
      'What was recorded about the membership of Uzbekistan, fact by fact, by whom, and what each changed.',
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
    description: 'What came next, as the book knew it after the meeting.',
    path: `/meetings/upcoming?from=2011-06-01&asOf=${article}`,
  },
  { description: 'The record of the meeting in Minsk.', path: '/meetings/csto-cfm-2011-05-31' },
  { description: 'Who spoke of Afghanistan.', path: '/statements?topic=Afghanistan' },
  { description: 'What rests on one source.', path: '/sources/mfa-by' },
  { description: 'The facts themselves, from the first.', path: '/events?limit=10' },
  {
    description: 'The signed size and root of the book: keep it, and nothing can be altered unnoticed.',
    path: '/checkpoint',
  },
  { description: 'Everything that the server can do.', path: '/docs' },
];

/** How often a read model that is still being built is asked again, once a second. */
const ATTEMPTS_MAX = 60;

/** Those that this server has, once its read models know the entry. Throws DemoFailed if one neither works nor is missing. */
export async function findAvailableLinks(
  url: string,
  stops: readonly SuggestedLink[],
  entry: number,
): Promise<readonly SuggestedLink[]> {
  const found: SuggestedLink[] = [];
  for (const stop of stops) {
    const status = await fetchStatus(`${url}${stop.path}`, entry);
    if (status === 200) found.push(stop);
    else if (status !== 404) throw new DemoError(`GET ${stop.path} is answered with ${status}.`);
  }
  return found;
}

async function fetchStatus(address: string, entry: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(address, { headers: { 'ledger-entry': String(entry) } });
    await response.body?.cancel();
    if (response.status !== 503 || tries === ATTEMPTS_MAX) return response.status;
    await pause(1_000);
  }
}
