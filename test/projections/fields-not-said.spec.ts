// What a source does not say is left out of a command, null in every item, and found by the filter value "none".
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(
    ['register-organization', { organization: 'csto', name: 'CSTO' }],
    ['register-organization', { organization: 'un', name: 'UN', classification: 'intergovernmental' }],
    ['register-person', { person: 'doe', name: 'J. Doe' }],
    ['grant-observer-status', { organization: 'un', observer: 'csto', effective: '2004' }],
    ['end-observer-status', { organization: 'un', observer: 'csto', effective: '2005' }],
    ['grant-observer-status', { organization: 'un', observer: 'csto', effective: '2006' }],
    ['schedule-meeting', { meeting: 'cfm', title: 'A', convenedBy: 'csto', scheduledFor: '2011-05-31' }],
    ['open-meeting', { meeting: 'cfm', at: '2011-05-31' }],
    ['record-participant', { meeting: 'cfm', participant: 'p1', nameAsPrinted: 'The Minister' }],
    [
      'record-statement',
      { meeting: 'cfm', statement: 's1', onBehalfOf: 'csto', text: 'Yes.', topics: ['x'] },
    ],
    ['record-decision', { meeting: 'cfm', decision: 'd1', text: 'It was so decided.', tally: { for: 3 } }],
    [
      'record-decision',
      { meeting: 'cfm', decision: 'd2', title: 'B', kind: 'resolution', by: 'vote', outcome: 'adopted' },
    ],
  );
});
afterAll(cleanUp);

const list = async (address: string) => (await book.get(address)).json.items as unknown;
const refuse = async (command: string, data: object) => {
  const { status, json } = await book.sendCommand(command, data);
  return [
    status,
    ...json.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`),
  ] as unknown;
};

describe('what is not said', () => {
  it('is null in the items', async () => {
    expect(await list('/statements')).toMatchObject([
      { statement: 's1', speaker: null, nameAsPrinted: null, form: null, language: null },
    ]);
    expect((await book.get('/meetings/cfm')).json.participants).toMatchObject([
      { participant: 'p1', person: null, organization: null, capacity: null, presence: null },
    ]);
    expect(await list('/decisions?kind=none')).toMatchObject([
      {
        decision: 'd1',
        title: null,
        kind: null,
        outcome: null,
        by: null,
        tally: { for: 3, against: null, abstain: null },
      },
    ]);
    expect(await list('/organizations/un/observers?on=2020-01-01')).toMatchObject([
      { observer: 'csto', kind: null },
    ]);
    expect(await list('/topics')).toMatchObject([
      { speakers: [{ speaker: null, name: null, statements: 1 }] },
    ]);
  });
  it.each([
    ['/organizations', 'classification', 'intergovernmental', [{ id: 'csto' }], [{ id: 'un' }]],
    ['/decisions', 'kind', 'resolution', [{ decision: 'd1' }], [{ decision: 'd2' }]],
    ['/decisions', 'outcome', 'adopted', [{ decision: 'd1' }], [{ decision: 'd2' }]],
    ['/decisions', 'by', 'vote', [{ decision: 'd1' }], [{ decision: 'd2' }]],
  ])('is found in %s by %s=none, and a word by %s', async (address, filter, word, none, some) => {
    expect(await list(`${address}?${filter}=none`)).toMatchObject(none);
    expect(await list(`${address}?${filter}=${word}`)).toMatchObject(some);
    expect((await book.get(`${address}?${filter}=unsaid`)).status).toBe(422);
  });
});

describe('of some fields one at least', () => {
  it('is needed in a command', async () => {
    const meeting = 'cfm';
    expect(await refuse('record-statement', { meeting, statement: 's2', text: 'No.' })).toEqual([
      422,
      '/speaker missing-field',
    ]);
    expect(await refuse('record-participant', { meeting, participant: 'p2' })).toEqual([
      422,
      '/person missing-field',
    ]);
    expect(await refuse('record-decision', { meeting, decision: 'd3' })).toEqual([
      422,
      '/title missing-field',
    ]);
    expect(await refuse('record-decision', { meeting, decision: 'd3', title: 'C', tally: {} })).toEqual([
      422,
      '/tally/for missing-field',
    ]);
  });
  it('is needed in what a change leaves', async () => {
    const change = (fact: string, changes: object) =>
      refuse('correct-fact', { fact, change: changes, reason: 'r' });
    expect(await change('meeting-cfm@3', { onBehalfOf: null })).toEqual([
      422,
      '/change/speaker missing-field',
    ]);
    expect(await change('meeting-cfm@2', { nameAsPrinted: null })).toEqual([
      422,
      '/change/person missing-field',
    ]);
    expect(await change('meeting-cfm@4', { tally: { for: null } })).toEqual([
      422,
      '/change/tally/for missing-field',
    ]);
    expect(await change('meeting-cfm@4', { text: null })).toEqual([422, '/change/title missing-field']);
  });
});
