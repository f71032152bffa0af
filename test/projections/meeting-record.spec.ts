// The record of one meeting, from the first announcement to the approval of the minutes.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  adjournMeeting,
  closeMeeting,
  type Command,
  correctFact,
  councilCommands,
  recordDecision,
  disputeFact,
  addAgendaItem,
  openMeeting,
  recordParticipant,
  recordReport,
  rescheduleMeeting,
  postponeMeeting,
  retractFact,
  scheduleMeeting,
  recordStatement,
} from './support/council-commands.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

const ballots = [
  { voter: 'arendal', choice: 'for' },
  { voter: 'borduria', choice: 'against' },
  { voter: 'person:boris', choice: 'abstain' },
];
const reservations = [{ organization: 'cordoba', text: 'Except paragraph 3.' }];
const s2 = (more = {}) =>
  recordStatement('m2', 's2', 'We cannot agree.', {
    speaker: 'boris',
    nameAsPrinted: 'Mr. B. Brandt',
    role: 'Minister',
    onBehalfOf: 'borduria',
    inReplyTo: 's1',
    agendaItem: 'budget',
    ...more,
  });

/** The recorded commands, each under a name for its entry. */
const steps: { readonly [name: string]: Command } = {
  earlier: scheduleMeeting('m1', '2020-01-10'),
  'earlier opened': openMeeting('m1', '2020-01-10'),
  'earlier decided': recordDecision('m1', 'agreements', { title: 'The agreements of January' }),
  'earlier closed': closeMeeting('m1', '2020-01-10'),
  announced: scheduleMeeting('m2', '2020', { place: { name: 'Vik', country: 'IS' }, mode: 'in-person', after: 'm1' }),
  refined: rescheduleMeeting('m2', '2020-40', { reason: 'Before the session.' }),
  moved: rescheduleMeeting('m2', '2021-06-01'),
  postponed: postponeMeeting('m2', { reason: 'The pass is closed.' }),
  'dated again': rescheduleMeeting('m2', '2021-06-07'),
  relocated: ['relocate-meeting', { meeting: 'm2', mode: 'hybrid' }],
  confirmed: ['confirm-meeting', { meeting: 'm2' }],
  budget: addAgendaItem('m2', 'budget', 'The budget', { topics: ['money'] }),
  statutes: addAgendaItem('m2', 'statutes', 'The statutes'),
  any: addAgendaItem('m2', 'any', 'Any other business'),
  'statutes withdrawn': ['withdraw-agenda-item', { meeting: 'm2', item: 'statutes', reason: 'No paper.' }],
  regrets: recordParticipant('m2', 'cordoba', 'observer', 'regrets', { organization: 'cordoba' }),
  opened: openMeeting('m2', '2021-06-07T10:00:00+02:00', { chair: { person: 'anna', organization: 'arendal' } }),
  chair: recordParticipant('m2', 'anna', 'chair', 'present', { person: 'anna', organization: 'arendal', role: 'President' }),
  delegate: recordParticipant('m2', 'boris', 'member', 'remote', { person: 'boris', nameAsPrinted: 'Mr. Brandt' }),
  'came after all': recordParticipant('m2', 'cordoba', 'observer', 'present', { organization: 'cordoba' }),
  s1: recordStatement('m2', 's1', 'We propose the budget.', { nameAsPrinted: 'A delegation', agendaItem: 'budget', topics: ['money'] }),
  s2: s2(),
  s3: recordStatement('m2', 's3', 'Let us adjourn.', { speaker: 'anna', nameAsPrinted: 'The President', form: 'summary' }),
  report: recordReport('m2', 'r1', {
    title: 'What became of January',
    presentedBy: 'anna',
    nameAsPrinted: 'The President',
    concerning: [{ meeting: 'm1', decision: 'agreements' }, { text: 'and the rest' }],
  }),
  decided: recordDecision('m2', 'budget', { text: 'The budget stands.', kind: 'resolution', by: 'vote', tally: { for: 5, against: 1, abstain: 1 }, ballots, reservations, agendaItem: 'budget' }),
  'own report': recordReport('m2', 'r2', { concerning: [{ decision: 'budget' }] }),
  adjourned: adjournMeeting('m2', '2021-06-07T18:00:00+02:00'),
  resumed: openMeeting('m2', '2021-06-08T09:00:00+02:00'),
  closed: closeMeeting('m2', '2021-06-08T12:00:00+02:00'),
  circulated: ['circulate-minutes', { meeting: 'm2', on: '2021-07' }],
  's2 corrected': correctFact('', s2({ speaker: 'anna', nameAsPrinted: 'Ms. A. Archer' }), 'The tape says otherwise.', { requestedBy: 'borduria', checkedAgainst: 'press' }),
  's3 disputed': disputeFact('', 'She said the opposite.', { sources: [{ source: 'press', locator: 'p. 2' }] }),
  'opening disputed': disputeFact('', 'It began at noon.'),
  'date corrected': correctFact('', rescheduleMeeting('m2', '2021-06-02'), 'A slip.'),
  'next': scheduleMeeting('m3', '2021-12', { after: 'm2' }),
  approved: ['approve-minutes', { meeting: 'm2', on: '2021-12-03', at: 'm3' }],
  'withdrawal disputed': disputeFact('', 'There was a paper.'),
  's3 retracted': retractFact('', 'Nobody said so.'),
}; // prettier-ignore
const about: { readonly [name: string]: string } = {
  's2 corrected': 's2',
  's3 disputed': 's3',
  'opening disputed': 'opened',
  'date corrected': 'moved',
  'withdrawal disputed': 'statutes withdrawn',
  's3 retracted': 's3',
};

let book: TestServer;
const entry: { [name: string]: number } = {};
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(...councilCommands);
  const facts: { [name: string]: string } = {};
  for (const [name, [command, data]] of Object.entries(steps)) {
    const of = about[name];
    const { status, json, text } = await book.sendCommand(
      command,
      of === undefined ? data : { ...data, fact: facts[of] },
    );
    if (status !== 201) throw new Error(`${name}: ${text}`);
    entry[name] = json.entry;
    facts[name] = json.events[0].id;
  }
}, 60_000);
afterAll(cleanUp);

const read = async (asOf = '', id = 'm2', lang = 'und'): Promise<any> => {
  const { status, json } = await book.get(
    `/meetings/${id}?on=2022-01-01&lang=${lang}${asOf && `&asOf=${entry[asOf]}`}`,
  );
  expect(status).toBe(200);
  return json;
};
const day = (edtf: string, earliest = edtf, latest = earliest) => ({ edtf, earliest, latest });
const at = (edtf: string) => day(edtf, edtf.slice(0, 10));
const pickFields = (items: any[], ...fields: string[]) =>
  items.map((one) => fields.map((field) => one[field]));

describe('the dates of a meeting', () => {
  it('are all listed, each with its kind of change', async () => {
    const { dateHistory, scheduledFor } = await read('confirmed');
    expect(scheduledFor).toEqual(day('2021-06-07'));
    expect(dateHistory).toMatchObject([
      { scheduledFor: day('2020', '2020-01-01', '2020-12-31'), change: 'scheduled', reason: null, entry: entry['announced'] },
      { scheduledFor: day('2020-40', '2020-01-01', '2020-06-30'), change: 'refinement', reason: 'Before the session.', entry: entry['refined'] },
      { scheduledFor: day('2021-06-01'), change: 'rescheduling', reason: null, entry: entry['moved'] },
      { scheduledFor: null, change: 'postponement', reason: 'The pass is closed.', entry: entry['postponed'] },
      { scheduledFor: day('2021-06-07'), change: 'rescheduling', reason: null, entry: entry['dated again'] },
    ]); // prettier-ignore
  });

  it('are separate from the times at which it took place', async () => {
    expect(await read('confirmed')).toMatchObject({ status: 'confirmed', opened: null, closed: null });
    expect(await read('opened')).toMatchObject({
      status: 'open',
      opened: at('2021-06-07T10:00:00+02:00'),
      closed: null,
    });
    expect(await read('adjourned')).toMatchObject({ status: 'adjourned' });
    expect(await read('closed')).toMatchObject({
      status: 'closed',
      scheduledFor: day('2021-06-07'),
      opened: at('2021-06-07T10:00:00+02:00'),
      closed: at('2021-06-08T12:00:00+02:00'),
      chair: { person: 'anna', organization: 'arendal' },
    });
  });

  it('are shown as of each entry', async () => {
    const readDates = async (asOf: string) => {
      const { status, scheduledFor, dateHistory, place, mode } = await read(asOf);
      return [status, scheduledFor?.edtf, dateHistory.length, place.name, mode];
    };
    expect(await readDates('announced')).toEqual(['announced', '2020', 1, 'Vik', 'in-person']);
    expect(await readDates('refined')).toEqual(['announced', '2020-40', 2, 'Vik', 'in-person']);
    expect(await readDates('moved')).toEqual(['scheduled', '2021-06-01', 3, 'Vik', 'in-person']);
    expect(await readDates('postponed')).toEqual(['postponed', undefined, 4, 'Vik', 'in-person']);
    expect(await readDates('dated again')).toEqual(['scheduled', '2021-06-07', 5, 'Vik', 'in-person']);
    expect(await readDates('relocated')).toEqual(['scheduled', '2021-06-07', 5, 'Vik', 'hybrid']);
  });

  it('are marked as corrected, with the original date', async () => {
    const { dateHistory } = await read('date corrected');
    expect(dateHistory[2]).toMatchObject({
      scheduledFor: day('2021-06-02'),
      entry: entry['date corrected'],
      corrected: true,
      correction: {
        entry: entry['date corrected'],
        reason: 'A slip.',
        original: { scheduledFor: '2021-06-01' },
      },
    });
    expect((await read('closed')).dateHistory[2]).toMatchObject({ scheduledFor: day('2021-06-01') });
    expect((await read('closed')).dateHistory[2]).not.toHaveProperty('corrected');
  });
});

describe('the participants', () => {
  it('are listed with their capacity', async () => {
    const { participants } = await read('closed');
    expect(pickFields(participants, 'participant', 'capacity', 'presence', 'person', 'name', 'nameAsPrinted', 'organizationName', 'role')).toEqual([
      ['anna', 'chair', 'present', 'anna', 'Anna Archer', null, 'Arendal', 'President'],
      ['boris', 'member', 'remote', 'boris', 'Boris Brandt', 'Mr. Brandt', null, null],
      ['cordoba', 'observer', 'present', null, null, null, 'Cordoba', null],
    ]); // prettier-ignore
  });

  it('include once a participant who sent regrets and then came', async () => {
    expect(pickFields((await read('regrets')).participants, 'participant', 'presence')).toEqual([
      ['cordoba', 'regrets'],
    ]);
    const { participants } = await read('came after all');
    expect(pickFields(participants.filter(({ participant }: any) => participant === 'cordoba'), 'presence', 'entry')).toEqual([['present', entry['came after all']]]); // prettier-ignore
  });
});

describe('the agenda', () => {
  it('is in order, with withdrawn items marked', async () => {
    const { agenda } = await read('statutes withdrawn');
    expect(agenda).toMatchObject([
      { item: 'budget', title: 'The budget', topics: ['money'], entry: entry['budget'] },
      { item: 'statutes', title: 'The statutes', topics: [], entry: entry['statutes'], withdrawn: { reason: 'No paper.', entry: entry['statutes withdrawn'] } },
      { item: 'any', title: 'Any other business', topics: [], entry: entry['any'] },
    ]); // prettier-ignore
    expect(pickFields((await read('any')).agenda, 'item', 'withdrawn')).toEqual([['budget', undefined], ['statutes', undefined], ['any', undefined]]); // prettier-ignore
  });

  it('shows an item that was added again after its withdrawal once, and withdrawn again if that is retracted', async () => {
    const item = { meeting: 'm9-fees', item: 'fees', title: 'The fees' };
    await book.recordCommands(
      scheduleMeeting('m9-fees', '2022'),
      ['add-agenda-item', item],
      ['withdraw-agenda-item', { meeting: 'm9-fees', item: 'fees' }],
    );
    const { status, json: added } = await book.sendCommand('add-agenda-item', item);
    expect(status).toBe(201);
    expect((await read('', 'm9-fees')).agenda).toMatchObject([
      { item: 'fees', title: 'The fees', topics: [], entry: added.entry },
    ]);
    await book.sendCommand('retract-fact', { fact: added.events[0].id, reason: 'Not put back.' });
    expect((await read('', 'm9-fees')).agenda).toMatchObject([{ item: 'fees', withdrawn: { reason: null } }]);
  });

  it('marks a disputed withdrawal', async () => {
    const { agenda } = await read('withdrawal disputed');
    expect(agenda[1].withdrawn).toMatchObject({ disputed: true, disputes: [{ claim: 'There was a paper.', entry: entry['withdrawal disputed'] }] }); // prettier-ignore
  });
});

describe('a statement', () => {
  it('is listed in order, with the speaker as printed and as identified', async () => {
    const { statements } = await read('closed', 'm2', 'ru');
    expect(pickFields(statements, 'statement', 'nameAsPrinted', 'speaker', 'speakerName', 'onBehalfOfName', 'form', 'agendaItem', 'inReplyTo')).toEqual([
      ['s1', 'A delegation', null, null, null, 'verbatim', 'budget', null],
      ['s2', 'Mr. B. Brandt', 'boris', 'Boris Brandt', 'Borduria', 'verbatim', 'budget', 's1'],
      ['s3', 'The President', 'anna', 'Анна Арчер', null, 'summary', null, null],
    ]); // prettier-ignore
  });

  it('keeps its place when it is corrected, and shows the original data beside the correction', async () => {
    const { statements } = await read('s2 corrected');
    expect(pickFields(statements, 'statement')).toEqual([['s1'], ['s2'], ['s3']]);
    expect(statements[1]).toMatchObject({
      speaker: 'anna',
      nameAsPrinted: 'Ms. A. Archer',
      entry: entry['s2'],
      corrected: true,
      correction: {
        entry: entry['s2 corrected'],
        reason: 'The tape says otherwise.',
        requestedBy: 'borduria',
        checkedAgainst: 'press',
        original: steps['s2']?.[1],
      },
    });
  });

  it('is attributed as of an entry as it was recorded then', async () => {
    const { statements } = await read('circulated');
    expect(statements[1]).toMatchObject({ speaker: 'boris', nameAsPrinted: 'Mr. B. Brandt' });
    expect(statements[1]).not.toHaveProperty('corrected');
  });

  it('is marked when it is disputed, with the claim', async () => {
    expect((await read('s3 disputed')).statements[2]).toMatchObject({
      text: 'Let us adjourn.',
      disputed: true,
      disputes: [{ claim: 'She said the opposite.', entry: entry['s3 disputed'], sources: [{ source: 'press', locator: 'p. 2' }] }],
    }); // prettier-ignore
    expect((await read('s2 corrected')).statements[2]).not.toHaveProperty('disputed');
  });

  it('is absent after it is retracted, and still shown as of earlier entries', async () => {
    expect(pickFields((await read()).statements, 'statement')).toEqual([['s1'], ['s2']]);
    expect(pickFields((await read('approved')).statements, 'statement')).toEqual([['s1'], ['s2'], ['s3']]);
  });
});

it('a meeting is marked when one of its steps is disputed', async () => {
  expect(await read('opening disputed')).toMatchObject({
    disputed: true,
    disputes: [{ claim: 'It began at noon.' }],
  });
  expect(await read('s3 disputed')).not.toHaveProperty('disputed');
});

describe('reports and decisions', () => {
  it('refer to each other, across meetings', async () => {
    const { reports, decisions } = await read();
    expect(reports[0]).toMatchObject({
      report: 'r1',
      title: 'What became of January',
      presentedBy: 'anna',
      presentedByName: 'Anna Archer',
      nameAsPrinted: 'The President',
      concerning: [
        { meeting: 'm1', decision: 'agreements', decisionTitle: 'The agreements of January' },
        { text: 'and the rest' },
      ],
    });
    expect(reports[1].concerning).toEqual([{ decision: 'budget', decisionTitle: 'Decision budget' }]);
    expect(decisions[0].reports).toEqual([
      { meeting: 'm2', report: 'r2', title: 'Report r2', entry: entry['own report'] },
    ]);
    const january = (await read('', 'm1')).decisions[0];
    expect(january.reports).toEqual([
      { meeting: 'm2', report: 'r1', title: 'What became of January', entry: entry['report'] },
    ]);
    expect((await read('s3', 'm1')).decisions[0].reports).toEqual([]);
  });

  it('show the vote, the ballots and the reservations', async () => {
    const { decisions } = await read();
    expect(decisions).toEqual([
      expect.objectContaining({
        decision: 'budget',
        text: 'The budget stands.',
        kind: 'resolution',
        outcome: 'adopted',
        by: 'vote',
        tally: expect.objectContaining({ for: 5, against: 1, abstain: 1 }),
        ballots,
        reservations,
        agendaItem: 'budget',
      }),
    ]);
  });

  it('are listed by meeting, organization, kind, outcome and day', async () => {
    await book.recordCommands(
      recordDecision('m1', 'refused', { outcome: 'rejected', by: 'vote' }),
      registerAssembly('other'),
      scheduleMeeting('m9', '2019-05-05', { convenedBy: 'other' }),
      openMeeting('m9', '2019-05-05'),
      recordDecision('m9', 'late', { kind: 'declaration' }),
    );
    const listed = async (query: string) => {
      const { json } = await book.get(`/decisions?${query}`);
      return pickFields(json.items, 'meeting', 'decision').map((one) => one.join(' '));
    };
    expect(await listed('')).toEqual(['m1 agreements', 'm2 budget', 'm1 refused', 'm9 late']);
    expect(await listed('meeting=m1')).toEqual(['m1 agreements', 'm1 refused']);
    expect(await listed('organization=other')).toEqual(['m9 late']);
    expect(await listed('kind=decision')).toEqual(['m1 agreements', 'm1 refused']);
    expect(await listed('outcome=rejected')).toEqual(['m1 refused']);
    expect(await listed('from=2020-01-11')).toEqual(['m2 budget']);
    expect(await listed('from=2021-06-08&to=2021-06-08')).toEqual(['m2 budget']); // its second day
    expect(await listed('to=2020-01-10&organization=council')).toEqual(['m1 agreements', 'm1 refused']);
    expect((await book.get('/decisions?kind=whim')).status).toBe(422);
  });
});

const registerAssembly = (id: string): Command => [
  'register-organization',
  { organization: id, name: id, classification: 'assembly' },
];

describe('the minutes', () => {
  it('have the status none, then circulated, then approved by a later meeting', async () => {
    expect((await read('closed')).minutes).toEqual({
      status: 'none',
      circulated: [],
      approvedOn: null,
      approvedAt: null,
    });
    expect((await read('circulated')).minutes).toMatchObject({
      status: 'circulated',
      circulated: [{ on: day('2021-07', '2021-07-01', '2021-07-31'), entry: entry['circulated'] }],
      approvedAt: null,
    });
    expect((await read('approved')).minutes).toMatchObject({
      status: 'approved',
      approvedOn: day('2021-12-03'),
      approvedAt: 'm3',
      approval: { entry: entry['approved'] },
    });
  });

  it('refuse new statements once they are approved', async () => {
    const { status, json } = await book.sendCommand(...recordStatement('m2', 's4', 'One more thing.'));
    expect([status, json.code]).toEqual([409, 'minutes-approved']);
    expect(pickFields((await read('s3 retracted')).statements, 'statement')).toEqual([['s1'], ['s2']]);
  });
});

it('a meeting is found from the entry that scheduled it', async () => {
  const getStatus = async (address: string) => (await book.get(address)).status;
  expect(await getStatus('/meetings/nowhere')).toBe(404);
  expect(await getStatus(`/meetings/m2?asOf=${(entry['announced'] ?? 0) - 1}`)).toBe(404);
  expect(await getStatus(`/meetings/m2?asOf=${entry['announced']}`)).toBe(200);
  expect((await book.get('/meetings/nowhere')).headers.get('content-type')).toMatch(
    'application/problem+json',
  );
});
