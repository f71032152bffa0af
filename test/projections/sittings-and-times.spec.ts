// The sittings of a meeting with their chairs, the times of what happens in it, its whole and its parts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  adjournMeeting,
  cancelMeeting,
  closeMeeting,
  councilCommands,
  openMeeting,
  recordDecision,
  recordParticipant,
  recordReport,
  recordStatement,
  scheduleMeeting,
} from './support/council-commands.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(
    ...councilCommands,
    scheduleMeeting('week', '2026-11-23/2026-11-28'),
    scheduleMeeting('monday', '2026-11-23', { partOf: 'week' }),
    scheduleMeeting('friday', '2026-11-27', { partOf: 'week' }),
    openMeeting('week', '2026-11-23T09:00:00Z', {
      chairs: [{ party: 'person:anna' }, { party: 'borduria', nameAsPrinted: 'the co-chair' }],
    }),
    ['hand-over-chair', { meeting: 'week', to: [{ party: 'person:boris' }], at: '2026-11-23T10:00:00Z', reason: 'Anna spoke.' }],
    ['add-agenda-item', { meeting: 'week', item: 'budget', title: 'The budget' }],
    recordStatement('week', 's1', 'We agree.', { at: '2026-11-24T09:30:00Z', agendaItem: 'budget' }),
    recordStatement('week', 's2', 'We do not.', { nameAsPrinted: 'A delegation' }),
    recordDecision('week', 'd1', { at: '2026-11-25' }),
    recordDecision('week', 'd2'),
    recordReport('week', 'r1', { at: '2026-11-23T11:00:00Z' }),
    recordParticipant('week', 'anna', 'member', 'present', { person: 'anna', at: '2026-11-23' }),
    adjournMeeting('week', '2026-11-24T18:00:00Z', { until: '2026-12-15T10:00:00Z' }),
    openMeeting('week', '2026-12-15T10:00:00Z', { chair: { person: 'boris', organization: 'borduria' } }),
    closeMeeting('week', '2026-12-15T12:00:00Z'),
    scheduleMeeting('later', '2027-01'),
    ['approve-minutes', { meeting: 'week', on: '2027-01-10', at: 'later' }],
  ); // prettier-ignore
}, 60_000);
afterAll(cleanUp);

const read = async (path: string): Promise<any> => {
  const { status, json } = await book.get(path);
  expect([path, status]).toEqual([path, 200]);
  return json;
};
const list = async (path: string, ...fields: string[]) =>
  (await read(path)).items.map((item: any) => fields.map((field) => item[field]).join(' '));

describe('the sittings of a meeting', () => {
  it('have their own chairs, and those to whom the chair was handed over', async () => {
    const { sittings } = await read('/meetings/week');
    expect(sittings).toMatchObject([
      {
        opened: { edtf: '2026-11-23T09:00:00Z' },
        chairs: [{ party: 'person:anna' }, { party: 'borduria', nameAsPrinted: 'the co-chair' }],
        handovers: [{ to: [{ party: 'person:boris' }], at: { edtf: '2026-11-23T10:00:00Z' }, reason: 'Anna spoke.' }],
        ended: { edtf: '2026-11-24T18:00:00Z' },
        until: { edtf: '2026-12-15T10:00:00Z' },
      },
      {
        opened: { edtf: '2026-12-15T10:00:00Z' },
        chairs: [{ party: 'person:boris', organization: 'borduria' }],
        handovers: [],
        ended: { edtf: '2026-12-15T12:00:00Z' },
        until: null,
      },
    ]); // prettier-ignore
    expect(sittings[0].entry).toBeLessThan(sittings[1].entry);
  });
  it('give the record its chairs, and the first of them as its chair', async () => {
    const { chair, chairs } = await read('/meetings/week');
    expect(chairs).toEqual([{ party: 'person:anna' }, { party: 'borduria', nameAsPrinted: 'the co-chair' }]);
    expect(chair).toEqual({ person: 'anna' });
  });
});

describe('the time of what happens in a meeting', () => {
  it('is shown, and null where it is not known', async () => {
    const { statements, decisions, reports, participants } = await read('/meetings/week');
    expect([...statements, ...decisions, ...reports, ...participants].map(({ at }) => at?.edtf ?? null)).toEqual([
      '2026-11-24T09:30:00Z',
      null,
      '2026-11-25',
      null,
      '2026-11-23T11:00:00Z',
      '2026-11-23',
    ]); // prettier-ignore
  });
  it('selects by day; without it the days of the meeting do', async () => {
    expect(await list('/statements?from=2026-11-25&to=2026-11-25', 'statement')).toEqual(['s2']);
    expect(await list('/statements?from=2026-11-24&to=2026-11-24', 'statement')).toEqual(['s1', 's2']);
    expect(await list('/decisions?from=2026-11-25&to=2026-11-25', 'decision')).toEqual(['d1', 'd2']);
    expect(await list('/decisions?from=2026-11-26', 'decision')).toEqual(['d2']);
  });
});

it('statements are selected by agenda item and by the printed name', async () => {
  expect(await list('/statements?meeting=week&agendaItem=budget', 'statement')).toEqual(['s1']);
  expect(await list('/statements?nameAsPrinted=A%20delegation', 'statement')).toEqual(['s2']);
});

it('a part names its whole, a whole its parts', async () => {
  expect(await read('/meetings/week')).toMatchObject({ partOf: null, parts: ['friday', 'monday'] });
  expect(await read('/meetings/monday')).toMatchObject({ partOf: 'week', parts: [] });
  expect(await list('/meetings?partOf=week', 'id', 'partOf')).toEqual(['monday week', 'friday week']);
});

it('minutes show approved-earlier when the meeting that approved them turns out to be no later one', async () => {
  expect((await read('/meetings/week')).minutes).not.toHaveProperty('conflicts');
  await book.recordCommands(cancelMeeting('later'));
  expect((await read('/meetings/week')).minutes).toMatchObject({
    status: 'approved',
    approvedAt: 'later',
    conflict: true,
    conflicts: ['approved-earlier'],
  });
});
