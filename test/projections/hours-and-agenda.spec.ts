// The hours of meetings, meetings of which no source says when they are, and the agenda in its order.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  addAgendaItem,
  councilCommands,
  postponeMeeting,
  rescheduleMeeting,
  scheduleMeeting,
} from './support/council-commands.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

const afternoon = { begins: '14:00', ends: '16:30', zone: 'Europe/Minsk', offset: '+03:00' };
const night = { begins: '22:00', ends: '01:00', zone: 'UTC' };
const undated = (meeting: string, more: object) =>
  ['schedule-meeting', { meeting, title: meeting, convenedBy: 'council', ...more }] as const;

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(
    ...councilCommands,
    scheduleMeeting('afternoon', '2030-06-01', { hours: afternoon }),
    scheduleMeeting('b-morning', '2030-06-01', { hours: { begins: '09:00', zone: 'Europe/Minsk' } }),
    scheduleMeeting('a-no-hour', '2030-06-01'),
    scheduleMeeting('night', '2030-06-02', { hours: night }),
    scheduleMeeting('days', '2030-06-03/2030-06-05', { hours: afternoon }),
    scheduleMeeting('moved', '2030-07-01'),
    rescheduleMeeting('moved', '2030-07-01', { hours: afternoon }),
    rescheduleMeeting('moved', '2030-07-01', { hours: night }),
    rescheduleMeeting('moved', '2030-07-02'),
    scheduleMeeting('postponed', '2030'),
    postponeMeeting('postponed'),
    scheduleMeeting('first', '2031-02', { before: 'postponed' }),
    undated('z-undated', { after: 'first' }),
    scheduleMeeting('last', '2031-10', { after: 'z-undated' }),
    undated('dated-later', {}),
    rescheduleMeeting('dated-later', '2032-01-01'),
    addAgendaItem('days', 'a', 'A', { number: '1', public: true }),
    addAgendaItem('days', 'b', 'B', { continues: { meeting: 'days', item: 'a' } }),
    addAgendaItem('days', 'c', 'C', { under: 'b' }),
    ['move-agenda-item', { meeting: 'days', item: 'c', before: 'a' }],
    ['withdraw-agenda-item', { meeting: 'days', item: 'b', reason: 'No paper.' }],
    ['restore-agenda-item', { meeting: 'days', item: 'b', reason: 'A paper.' }],
    ['withdraw-agenda-item', { meeting: 'days', item: 'a' }],
    ['adopt-agenda', { meeting: 'days', note: 'as amended' }],
  );
}, 60_000);
afterAll(cleanUp);

const read = async (path: string): Promise<any> => {
  const { status, json } = await book.get(path);
  expect([path, status]).toEqual([path, 200]);
  return json;
};
const listIds = async (path: string) => (await read(path)).items.map(({ id }: any) => id);

describe('the hours of a meeting', () => {
  it('are instants where the offset is known', async () => {
    const { items } = await read('/meetings?to=2030-06-30');
    const hours = items.map(({ id, hours, beginsAt, endsAt }: any) => [id, hours, beginsAt, endsAt]);
    expect(hours).toEqual([
      ['a-no-hour', null, null, null],
      ['afternoon', afternoon, '2030-06-01T14:00:00+03:00', '2030-06-01T16:30:00+03:00'],
      ['b-morning', { begins: '09:00', zone: 'Europe/Minsk' }, null, null],
      ['night', night, '2030-06-02T22:00:00Z', '2030-06-03T01:00:00Z'],
      ['days', afternoon, '2030-06-03T14:00:00+03:00', '2030-06-05T16:30:00+03:00'],
    ]);
  });
  it('order what comes on the same day, meetings without an hour last', async () =>
    expect((await listIds('/meetings/upcoming?from=2030-06-01')).slice(0, 3)).toEqual([
      'b-morning',
      'afternoon',
      'a-no-hour',
    ]));
  it('refine a date that had none, and move one that had others', async () => {
    const { dateHistory, hours } = await read('/meetings/moved');
    expect(dateHistory.map(({ change, hours: of }: any) => [change, of?.begins ?? null])).toEqual([
      ['scheduled', null],
      ['refinement', '14:00'],
      ['rescheduling', '22:00'],
      ['rescheduling', null],
    ]);
    expect(hours).toBe(null);
  });
});

describe('a meeting of which no source says when it is', () => {
  it('is announced, without a date', async () =>
    expect(await read('/meetings/z-undated')).toMatchObject({ status: 'announced', scheduledFor: null }));
  it('is on the days that the meetings before and after it leave', async () => {
    expect(await listIds('/meetings?from=2031-03-01&to=2031-03-31')).toEqual(['z-undated']);
    expect(await listIds('/meetings?from=2030-12-01&to=2031-01-31')).toEqual([]);
    expect(await listIds('/meetings?from=2031-11-01&to=2031-12-31')).toEqual([]);
    expect(await listIds('/meetings/upcoming?from=2031-11-01')).not.toContain('z-undated');
  });
  it('comes after dated ones and before postponed ones, and between its neighbors', async () => {
    expect((await listIds('/meetings')).slice(-2)).toEqual(['z-undated', 'postponed']);
    expect((await listIds('/meetings/upcoming?from=2031-01-01')).slice(-3)).toEqual([
      'z-undated',
      'last',
      'postponed',
    ]);
  });
  it('is refined by its first date', async () =>
    expect((await read('/meetings/dated-later')).dateHistory.map(({ change }: any) => change)).toEqual([
      'scheduled',
      'refinement',
    ]));
});

describe('the agenda', () => {
  it('has its items in their order, with what became of them', async () => {
    const { agenda } = await read('/meetings/days');
    expect(agenda).toMatchObject([
      { item: 'c', under: 'b', changes: [{ change: 'moved', before: 'a' }] },
      { item: 'a', number: '1', public: true, withdrawn: { reason: null } },
      {
        item: 'b',
        public: null,
        continues: { meeting: 'days', item: 'a' },
        changes: [
          { change: 'withdrawn', reason: 'No paper.' },
          { change: 'restored', reason: 'A paper.' },
        ],
      },
    ]);
    expect(agenda[2]).not.toHaveProperty('withdrawn');
  });
  it('shows its adoption', async () => {
    expect((await read('/meetings/days')).agendaAdopted).toHaveProperty('entry');
    expect((await read('/meetings/night')).agendaAdopted).toBe(null);
  });
});
