// Decisions as records say them: no more than the source does, with ballots, tallies and what contradicts them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  councilCommands,
  openMeeting,
  recordDecision,
  retractFact,
  scheduleMeeting,
} from './support/council-commands.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

const ballot = (voter: string, choice: string, weight?: number) => ({
  voter,
  choice,
  ...(weight !== undefined && { weight }),
});
const whole = {
  by: 'ruling',
  outcome: 'lapsed',
  kind: 'election',
  text: 'The treasurer.',
  candidates: [{ party: 'person:anna', votes: 3, elected: true }, { nameAsPrinted: 'A. N. Other', votes: 0 }],
  requirement: { majority: 'two-thirds', of: 'present' },
  prevented: 'quorum',
  conditions: ['The budget stands.'],
  statedLater: [ballot('cordoba', 'for')],
  identifiers: { symbol: 'C/1/Rev.2' },
  effective: '2030-07',
  expires: '2031',
}; // prettier-ignore

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(
    ...councilCommands,
    scheduleMeeting('m', '2030-06-01'),
    openMeeting('m', '2030-06-01'),
    ['record-decision', { meeting: 'm', decision: 'bare', identifiers: { symbol: 'C/2' } }],
    recordDecision('m', 'whole', whole),
    recordDecision('m', 'complete', { by: 'vote', ballotsComplete: true, ballots: [ballot('arendal', 'for', 2), ballot('borduria', 'recused'), ballot('cordoba', 'not-voting')] }),
    recordDecision('m', 'too-many', { by: 'vote', tally: { for: 1 }, ballots: [ballot('arendal', 'for'), ballot('borduria', 'for')] }),
    recordDecision('m', 'weighted', { by: 'vote', tally: { for: 1 }, ballots: [ballot('arendal', 'for', 1), ballot('borduria', 'for', 1)] }),
    recordDecision('m', 'some', { by: 'vote', tally: { for: 3, against: 0 }, ballots: [ballot('arendal', 'for')] }),
    recordDecision('m', 'all', { by: 'vote', tally: { for: 3 }, ballots: [ballot('arendal', 'for')], ballotsComplete: true }),
    recordDecision('m', 'against', { by: 'acclamation', ballots: [ballot('arendal', 'against')] }),
    recordDecision('m', 'consensus', { by: 'consensus', tally: { for: 1, against: 0 } }),
  ); // prettier-ignore
}, 60_000);
afterAll(cleanUp);

const list = async (path: string): Promise<any[]> => {
  const { status, json } = await book.get(path);
  expect([path, status]).toEqual([path, 200]);
  return json.items;
};
const listIds = async (path: string) => (await list(path)).map(({ decision }) => decision);
const find = async (decision: string) =>
  (await list('/decisions?meeting=m')).find((one) => one.decision === decision);

it('a decision says null where the source says nothing', async () =>
  expect(await find('bare')).toMatchObject({
    title: null,
    kind: null,
    by: null,
    outcome: null,
    tally: null,
    ballots: [],
    ballotsComplete: null,
    candidates: [],
    requirement: null,
    prevented: null,
    effective: null,
  }));

it('a decision says all that was recorded', async () =>
  expect(await find('whole')).toMatchObject({
    ...whole,
    effective: { edtf: '2030-07' },
    expires: { edtf: '2031' },
  }));

describe('the tally', () => {
  it('is derived from complete ballots with their weights, and marked', async () =>
    expect((await find('complete')).tally).toEqual({
      for: 2,
      against: 0,
      abstain: 0,
      absent: 0,
      notVoting: 1,
      spoilt: null,
      derived: true,
    }));
  it('is not derived from ballots that may be incomplete', async () =>
    expect((await find('against')).tally).toBe(null));
});

describe('contradictions', () => {
  it.each([
    ['too-many', ['tally-mismatch']],
    ['all', ['tally-mismatch']],
    ['against', ['not-unanimous']],
    ['some', undefined],
    ['weighted', undefined],
    ['complete', undefined],
    ['consensus', undefined],
  ])('of %s are %p', async (decision, conflicts) => {
    const found = await find(decision);
    expect([found.conflicts, found.conflict]).toEqual([conflicts, conflicts && true]);
  });
});

it('decisions are selected by their words, by ballots and by symbol', async () => {
  expect(await listIds('/decisions?q=treasurer')).toEqual(['whole']);
  expect(await listIds('/decisions?voter=cordoba')).toEqual(['complete']);
  expect(await listIds('/decisions?voter=arendal&choice=against')).toEqual(['against']);
  expect(await listIds('/decisions?choice=recused')).toEqual(['complete']);
  expect(await listIds('/decisions?voter=borduria&choice=not-voting')).toEqual([]);
  expect(await listIds('/decisions?symbol=C%2F1%2FRev.2')).toEqual(['whole']);
  expect(await listIds('/decisions?outcome=lapsed&kind=election&by=ruling')).toEqual(['whole']);
});

it('ballots of a retracted decision are found no more', async () => {
  await book.recordCommands(
    recordDecision('m', 'slip', { by: 'vote', ballots: [ballot('person:boris', 'for')] }),
  );
  expect(await listIds('/decisions?voter=person:boris')).toEqual(['slip']);
  const { json } = await book.get('/streams/meeting-m');
  await book.recordCommands(retractFact(json.items.at(-1).id));
  expect(await listIds('/decisions?voter=person:boris')).toEqual([]);
});
