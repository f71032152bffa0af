// The property of as-of reads over HTTP: as of entry k a server answers what it answered when it had k entries.
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  admitMember,
  REGISTER_CSTO,
  endMembership,
  registerState,
  REGISTER_TREATY,
} from '../../support/csto-commands.js';
import { cleanUp, startTestServer, type TestServer } from '../../support/test-server.js';

afterAll(cleanUp);

const MEMBERS = ['armenia', 'belarus'];
const DATES = ['1992', '1994-06', '1996-01-01', '[1998..2000]', '2001-05-05', '2003', '2005-09'];
const cited = { sources: [{ source: 'treaty' }] };

type Command = readonly [command: string, data: { readonly [field: string]: unknown }];
type CommandSeed = { kind: number; member: string; date: string; back: number; other: string };

/** The commands that may follow, given those before; many are refused, alike on both servers. */
function createCommand(
  { kind, member, date, back, other }: CommandSeed,
  recorded: readonly { stream: string; revision: number; command: Command }[],
): Command {
  const about = { organization: 'csto', member, effective: date };
  const fact = recorded.at(-1 - (back % Math.max(1, recorded.length)));
  const name = fact && `${fact.stream}@${fact.revision}`;
  switch (kind) {
    case 0:
    case 1:
      return admitMember(member, date, back % 2 ? cited : {}) as unknown as Command;
    case 2:
      return endMembership(member, date) as unknown as Command;
    case 3:
      return ['suspend-participation', { ...about, by: 'member' }];
    case 4:
      return ['resume-participation', about];
    case 5:
      return [
        'rename-organization',
        { organization: member, name: `${member} of ${date}`, names: { ru: other }, effective: date },
      ];
    case 6:
      return [
        'register-organization',
        { organization: other, name: other, classification: 'committee', partOf: member, ...cited },
      ];
    case 7:
      return [
        'acquire-legal-status',
        { organization: member, status: other, effective: date, grantedBy: 'csto' },
      ];
    case 8:
      return ['dissolve-organization', { organization: other, effective: date }];
    case 9:
      if (name === undefined) return ['register-source', { source: other, title: date }];
      return ['retract-fact', { fact: name, reason: 'never was' }];
    case 10:
      if (name === undefined) return ['register-source', { source: other, title: date }];
      return ['dispute-fact', { fact: name, claim: `not ${date}`, ...cited }];
    default: {
      if (!fact || name === undefined)
        return ['register-source', { source: other, title: date, language: 'en' }];
      const data = fact.command[1];
      const again = 'effective' in data ? { ...data, effective: date } : 'title' in data ? { ...data, title: date } : 'name' in data ? { ...data, name: date } : data; // prettier-ignore
      return ['correct-fact', { fact: name, with: again, reason: 'misread' }];
    }
  }
}

const commandSeeds: fc.Arbitrary<CommandSeed> = fc.record({
  kind: fc.nat({ max: 13 }),
  member: fc.constantFrom(...MEMBERS),
  date: fc.constantFrom(...DATES),
  back: fc.nat({ max: 8 }),
  other: fc.constantFrom('a1', 'b2', 'c3'),
});
/** Single commands, and groups; only the members of one stream are sent. */
const histories = fc.array(
  fc.oneof({ weight: 3, arbitrary: commandSeeds.map((one) => [one]) }, { weight: 1, arbitrary: fc.tuple(commandSeeds, commandSeeds).map(([a, b]) => [a, { ...a, kind: (a.kind % 5), date: b.date }].map((each, n) => (n === 0 ? { ...each, kind: a.kind % 5 } : { ...each, kind: b.kind % 5 }))) }),
  { minLength: 8, maxLength: 22 },
); // prettier-ignore

/** Every route of the read models, on a day and in a language; routes whose answer names today are left out. */
const ROUTES = [
  ...['2000-01-01', '1992-06-01'].flatMap((on) => [
    `/organizations?on=${on}&lang=ru`,
    `/organizations?on=${on}&q=of&limit=2&lang=und`,
    ...['csto', ...MEMBERS, 'a1'].flatMap((id) => [
      `/organizations/${id}?on=${on}&lang=und`,
      `/organizations/${id}/members?on=${on}&lang=ru`,
      `/organizations/${id}/memberships?on=${on}&lang=und`,
    ]),
    `/organizations/csto/membership-history?on=${on}&lang=ru`,
  ]),
  '/sources?',
  '/sources/treaty?',
  '/sources/treaty/facts?limit=3',
  '/sources/b2/facts?',
];

type RouteResponse = { readonly text: string; readonly status: number };
async function readRoutes(book: TestServer, asOf: string): Promise<RouteResponse[]> {
  return Promise.all(
    ROUTES.map(async (route) => {
      const { status, text } = await book.get(`${route}${route.endsWith('?') ? '' : '&'}${asOf}`);
      return { status, text: status === 200 ? text : `${status}` };
    }),
  );
}

async function checkHistory(steps: readonly (readonly CommandSeed[])[]): Promise<number> {
  const [complete, growing] = [await startTestServer(), await startTestServer()];
  try {
    const recorded: { stream: string; revision: number; command: Command }[] = [];
    const answersByEntry = new Map<number, RouteResponse[]>([[0, await readRoutes(growing, 'asOf=0')]]);
    const beginning: Command[][] = [
      REGISTER_TREATY,
      REGISTER_CSTO,
      ...MEMBERS.map((id) => registerState(id, id)),
    ].map((one) => [one as unknown as Command]);
    const later = steps.map((seeds) => () => seeds.map((one) => createCommand(one, recorded)));
    let at = Date.parse('2001-01-01T00:00:00Z');
    for (const [n, createCommands] of [...beginning.map((one) => () => one), ...later].entries()) {
      const commands = createCommands();
      const envelopes = commands.map(([command, data]) => ({ command, data: data as never }));
      const sender = {
        actor: 'clerk',
        correlationId: 'property',
        idempotencyKey: `step-${n}`, // makes equal event ids
        recordedAt: new Date((at += 60_000)).toISOString(),
      };
      const [one, other] = await Promise.all(
        [complete, growing].map(({ server: { node } }) => node.commandHandler.handleGroup(envelopes, sender)),
      );
      expect(one).toEqual(other);
      if (!one || !('events' in one) || one.events.length === 0) continue;
      await growing.server.node.readModels.waitForEntry(one.entry, { timeoutMs: 10_000 });
      answersByEntry.set(one.entry, await readRoutes(growing, ''));
      const first = one.revision - one.events.length + 1;
      for (const [index, event] of one.events.entries())
        if (event.type.startsWith('Fact')) continue;
        else if (one.events.length === envelopes.length)
          recorded.push({
            stream: one.stream,
            revision: first + index,
            command: commands[index] as Command,
          });
    }
    expect(complete.headEntry).toBe(growing.headEntry);
    await complete.server.node.readModels.waitForEntry(complete.headEntry, { timeoutMs: 10_000 });
    let latest = answersByEntry.get(0) ?? [];
    for (let entry = 0; entry <= complete.headEntry; entry++) {
      const exact = answersByEntry.get(entry);
      const now = await readRoutes(complete, `asOf=${entry}`);
      // Inside a group the answer is that before the group, except for the number of the entry.
      const withoutEntry = (responses: RouteResponse[], k: number) =>
        responses.map(({ text, status }) => ({
          status,
          text: text
            .replaceAll(`"entry":${k},"items"`, '"items"')
            .replaceAll(`asOf=${k}&`, '')
            .replaceAll(/cursor=([\w-]+)/g, (_, cursor: string) => `after=${decodeCursorPosition(cursor)}`),
        }));
      if (exact) expect(now).toEqual((latest = exact));
      else
        expect(withoutEntry(now, entry)).toEqual(
          withoutEntry(latest, findLastEntryBefore(answersByEntry, entry)),
        );
    }
    return complete.headEntry;
  } finally {
    await Promise.all([complete.close(), growing.close()]);
  }
}

/** The place of a cursor, without its entry. */
const decodeCursorPosition = (cursor: string): string => {
  const [, ...after] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  return JSON.stringify(after);
};

const findLastEntryBefore = (answersByEntry: ReadonlyMap<number, unknown>, entry: number) =>
  Math.max(...[...answersByEntry.keys()].filter((each) => each < entry));

describe('for any history', () => {
  it('the answers as of an entry are those that were given at it', async () => {
    const heads: number[] = [];
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        heads.push(await checkHistory(steps));
      }),
      { numRuns: 4, endOnFailure: true },
    );
    expect(Math.max(...heads)).toBeGreaterThan(8); // some commands were recorded
  }, 180_000);
});
