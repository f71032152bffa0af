// Whether a span of valid time lasts on a day, where clients read it: in every list that is read on a day.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import { type Command, registerOrganization, registerPerson } from './support/council-commands.js';

type Certainty = 'certain' | 'possible' | undefined;

const CASES: readonly (readonly [day: string, start: string, end: string | undefined, Certainty])[] = [
  // Began in 1992: possible in that year, certain from the latest day on which it can have begun.
  ['1991-12-31', '1992', undefined, undefined],
  ['1992-01-01', '1992', undefined, 'possible'],
  ['1992-03-01', '1992', undefined, 'possible'],
  ['1992-12-31', '1992', undefined, 'certain'],
  ['1993-01-01', '1992', undefined, 'certain'],
  // Half-open: it includes the day of its start, not the day of its end.
  ['1992-05-15', '1992-05-15', '1999-04-02', 'certain'],
  ['1999-04-01', '1992-05-15', '1999-04-02', 'certain'],
  ['1999-04-02', '1992-05-15', '1999-04-02', undefined],
  ['1992-05-15', '1992-05-15', '1992-05-15', undefined],
  // Ended in 1999: certain before that year, possible until the last day on which it can have ended.
  ['1998-12-31', '1992', '1999', 'certain'],
  ['1999-01-01', '1992', '1999', 'possible'],
  ['1999-12-30', '1992', '1999', 'possible'],
  ['1999-12-31', '1992', '1999', undefined],
  // Both in one year, each with its own bounds.
  ['1992-05-14', '1992-05-15', '1992', undefined],
  ['1992-05-15', '1992-05-15', '1992', 'possible'],
  ['1992-12-31', '1992-05-15', '1992', undefined],
  // Unbounded.
  ['0000-01-01', '[..1992]', undefined, 'possible'],
  ['1992-12-31', '../1992', undefined, 'certain'],
  ['9999-12-31', '1992/', undefined, 'possible'],
  ['1991-12-31', '[1992..]', undefined, undefined],
  ['1993-01-01', '1992', '/1999', 'possible'],
  ['1999-12-31', '1992', '/1999', undefined],
  ['1998-12-31', '1992', '1999/', 'certain'],
  ['9999-12-31', '1992', '1999/', 'possible'],
];

/** The party of a case: an organization and a person with this id. */
const getParty = (n: number): string => `party-${n}`;

/** One span in each list: a membership, an observer status, an office and a suspension. */
function recordSpans(n: number): readonly Command[] {
  const [, start, end] = CASES[n] ?? [];
  const party = getParty(n);
  const span = (begin: Command, finish: Command): readonly Command[] => [
    [begin[0], { effective: start, ...begin[1] }],
    ...(end === undefined ? [] : [[finish[0], { effective: end, ...finish[1] }] as const]),
  ];
  const member = { organization: 'council', member: party };
  const observer = { organization: 'assembly', observer: party };
  const office = { organization: 'council', office: 'Chair', person: party };
  const suspended = { organization: 'club', member: party };
  return [
    registerOrganization(party),
    registerPerson(party, party),
    ...span(['admit-member', member], ['end-membership', { ...member, reason: 'withdrew' }]),
    ...span(
      ['grant-observer-status', { ...observer, kind: 'observer' }],
      ['end-observer-status', { ...observer, reason: 'lapsed' }],
    ),
    ...span(['assume-office', office], ['leave-office', office]),
    ['admit-member', { ...suspended, effective: '0000-01-01' }],
    ...span(['suspend-participation', { ...suspended, by: 'member' }], ['resume-participation', suspended]),
  ];
}

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  const commands = [
    ...['council', 'assembly', 'club'].map((id) => registerOrganization(id)),
    ...CASES.flatMap((_, n) => recordSpans(n)),
  ];
  const { results } = await book.sendLines(commands.map(([command, data]) => ({ command, data })));
  expect(results.map(({ status }) => status as number)).toEqual(commands.map(() => 201));
});
afterAll(cleanUp);

type Item = { readonly [field: string]: unknown };
/** The items of a list about the party: `field` names the party there. */
const findItems = async (address: string, field: string, party: string): Promise<readonly Item[]> => {
  const { status, json } = await book.get(address);
  expect(status).toBe(200);
  return (json as { items: readonly Item[] }).items.filter((item) => item[field] === party);
};

describe.each([
  ['/organizations/council/members', 'member', undefined],
  ['/organizations/:party/memberships', 'organization', 'council'],
  ['/organizations/assembly/observers', 'observer', undefined],
  ['/organizations/:party/observes', 'organization', 'assembly'],
  ['/organizations/council/offices', 'person', undefined],
  ['/people/:party/offices', 'organization', 'council'],
])('the certainty of an item of %s', (path, field, other) => {
  it.each(CASES.map((each, n) => [...each, n] as const))(
    'on %s, of a span from %s to %s, is %s',
    async (day, _start, _end, expected, n) => {
      const party = getParty(n);
      const address = `${path.replace(':party', party)}?on=${day}&limit=1000`;
      const items = await findItems(address, field, other ?? party);
      expect(items.map(({ certainty }) => certainty)).toEqual(expected === undefined ? [] : [expected]);
    },
  );
});

describe('the participation of a member', () => {
  it.each(CASES.map((each, n) => [...each, n] as const))(
    'on %s, suspended from %s to %s, which lasts on that day: %s, is suspended only if that is certain',
    async (day, _start, _end, expected, n) => {
      const items = await findItems(
        `/organizations/club/members?on=${day}&limit=1000`,
        'member',
        getParty(n),
      );
      expect(items.map(({ participation }) => participation)).toEqual([
        expected === 'certain' ? 'suspended' : 'active',
      ]);
    },
  );
});
