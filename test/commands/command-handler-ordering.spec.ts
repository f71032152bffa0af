import { InvalidCommand } from '../../src/eventsourcing/refusal.js';
import { RevisionMismatch } from '../../src/commands/command-outcome.js';
import { UnavailableError } from '../../src/ledger/sequencer.js';
import { createAppend, createEvent } from '../ledger/support/create-append.js';
import {
  admitMember,
  CommandHandlerFixture,
  registerOrganization,
  renameOrganization,
  isSettled,
} from './support/command-handler-fixture.js';

let fixture: CommandHandlerFixture;
beforeEach(async () => {
  fixture = new CommandHandlerFixture();
  await fixture.recordAll(registerOrganization('csto'), registerOrganization('armenia'));
});
afterEach(() => fixture.close());

const diskFullError = new UnavailableError('disk-full', 'The disk is full.');
/** Gives the first append to the stream this outcome; all other appends succeed. */
function failFirstAppend(stream: string, outcome: UnavailableError | { outcome: 'stale' }): void {
  let done = false;
  fixture.sequencer.overrideOutcome = (append) => {
    if (done || append.stream !== stream) return undefined;
    done = true;
    return outcome;
  };
}
/** Commits pending appends until the promise is settled. */
async function runAutomatically<T>(promise: Promise<T>): Promise<T> {
  while (!(await isSettled(promise))) fixture.sequencer.commitPending();
  return promise;
}

describe('queued commands of one stream', () => {
  it('are decided in order, each on the result of the previous one, and committed together', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `Name ${index}`);
    const outcomes = names.map((name) => fixture.send(...renameOrganization('csto', name)));
    expect(fixture.sequencer.receivedAppends.map(({ expectedRevision }) => expectedRevision)).toEqual([
      ...names.keys(),
    ]);
    fixture.sequencer.commitPending();
    expect(await Promise.all(outcomes)).toMatchObject(
      names.map((_, index) => ({ entry: 3 + index, revision: 1 + index })),
    );
    expect(
      fixture.ledger.readAfter(2, 200).map(({ data }) => (JSON.parse(data) as { name: string }).name),
    ).toEqual(names);
  });

  it('are refused on the basis of an in-flight append only once it is durable', async () => {
    const first = fixture.send(...admitMember('armenia', '1992'));
    const second = fixture.send(...admitMember('armenia', '1993'));
    expect(await isSettled(second)).toBe(false);
    fixture.sequencer.commitPending();
    expect(await first).toMatchObject({ entry: 3 });
    expect(await second).toMatchObject({ code: 'already-member' });
  });

  it('are decided again if the in-flight append fails', async () => {
    const first = fixture.send(...admitMember('armenia', '1992'));
    const second = fixture.send(...admitMember('armenia', '1993'));
    failFirstAppend('membership-csto:armenia', diskFullError);
    fixture.sequencer.commitPending();
    await expect(first).rejects.toBe(diskFullError);
    expect(await runAutomatically(second)).toMatchObject({ entry: 3, replayed: false });
  });

  it('are answered as already recorded only once the in-flight append is durable', async () => {
    const first = fixture.send(...renameOrganization('csto', 'CSTO'));
    const second = fixture.send(...renameOrganization('csto', 'CSTO'));
    expect(await isSettled(second)).toBe(false);
    fixture.sequencer.commitPending();
    await first;
    expect(await second).toMatchObject({ events: [], entry: 3, revision: 1 });
  });

  it('are recorded if the in-flight append of the same fact fails', async () => {
    const first = fixture.send(...renameOrganization('csto', 'CSTO'));
    const second = fixture.send(...renameOrganization('csto', 'CSTO'));
    failFirstAppend('organization-csto', diskFullError);
    fixture.sequencer.commitPending();
    await expect(first).rejects.toBe(diskFullError);
    expect(await runAutomatically(second)).toMatchObject({ events: [{ entry: 3 }], revision: 1 });
  });

  it.each([
    ['failed with a full disk', diskFullError],
    ['has a revision conflict', { outcome: 'stale' } as const],
  ])('are decided again once and in order if the one before them %s', async (_, outcome) => {
    const names = Array.from({ length: 60 }, (_, index) => `Name ${index}`);
    const outcomes = Promise.allSettled(
      names.map((name) => fixture.send(...renameOrganization('csto', name))),
    );
    failFirstAppend('organization-csto', outcome);
    const settled = await runAutomatically(outcomes);
    expect(settled.map(({ status }) => status)).toEqual(
      names.map((_, index) => (index === 0 && outcome === diskFullError ? 'rejected' : 'fulfilled')),
    );
    expect(
      fixture.ledger.readAfter(2, 200).map(({ data }) => (JSON.parse(data) as { name: string }).name),
    ).toEqual(outcome === diskFullError ? names.slice(1) : names);
    expect(fixture.sequencer.receivedAppends.length).toBeLessThanOrEqual(2 * names.length);
  });

  it('are recorded even if the one before them is refused because of its recordedAt', async () => {
    const late = fixture.send(...renameOrganization('csto', 'Late'), {
      recordedAt: '1991-12-21T00:00:00.000Z',
    });
    const others = Array.from({ length: 60 }, (_, index) =>
      fixture.send(...renameOrganization('csto', `Name ${index}`)),
    );
    expect(await runAutomatically(late)).toBeInstanceOf(InvalidCommand);
    expect(await late).toMatchObject({ errors: [{ pointer: '/recordedAt', code: 'invalid-value' }] });
    await runAutomatically(Promise.all(others));
    expect(fixture.listEvents()).toHaveLength(62);
    expect(fixture.sequencer.receivedAppends.length).toBeLessThanOrEqual(2 * 61);
  });

  it('may correct a fact of an in-flight append', async () => {
    const first = fixture.send(...renameOrganization('csto', 'CTSO'));
    const corrected = fixture.send('correct-fact', {
      fact: 'organization-csto@1',
      with: { organization: 'csto', name: 'CSTO', effective: '2002-10-07' },
      reason: 'misspelt',
    });
    fixture.sequencer.commitPending();
    await first;
    expect(await corrected).toMatchObject({ stream: 'organization-csto', revision: 2 });
  });
});

describe('a command that refers to a stream of an in-flight append', () => {
  it('is appended after it', async () => {
    const registered = fixture.send(...registerOrganization('belarus'));
    const joined = fixture.send(...admitMember('belarus', '1993'));
    expect(fixture.sequencer.receivedAppends.map(({ requires }) => requires)).toEqual([
      [],
      ['organization-belarus'],
    ]);
    fixture.sequencer.commitPending();
    expect(await registered).toMatchObject({ entry: 3 });
    expect(await joined).toMatchObject({ entry: 4 });
  });

  it('is decided again if that append fails', async () => {
    failFirstAppend('organization-belarus', diskFullError);
    const registered = fixture.send(...registerOrganization('belarus'));
    const joined = fixture.send(...admitMember('belarus', '1993'));
    fixture.sequencer.commitPending();
    await expect(registered).rejects.toBe(diskFullError);
    expect(await runAutomatically(joined)).toBeInstanceOf(InvalidCommand);
    expect(await joined).toMatchObject({
      errors: [{ code: 'unknown-reference', pointer: '/0/data/member' }],
    });
    expect(fixture.listEvents()).toHaveLength(2);
  });

  it('is recorded if another node creates the stream in the meantime', async () => {
    failFirstAppend('organization-belarus', diskFullError);
    const registered = fixture.send(...registerOrganization('belarus'));
    const joined = fixture.send(...admitMember('belarus', '1993'));
    fixture.sequencer.appendFromOtherNode({
      ...createAppend('organization-belarus', -1),
      events: [
        {
          ...createEvent(''),
          type: 'OrganizationRegistered',
          data: '{"classification":"state","name":"Belarus","organization":"belarus"}',
        },
      ],
    });
    fixture.sequencer.commitPending();
    await expect(registered).rejects.toBe(diskFullError);
    expect(await joined).toMatchObject({ entry: 4 });
  });
});

describe('a stream with several writers', () => {
  const appendFromOtherNode = (revision: number, effective: string) =>
    fixture.sequencer.appendFromOtherNode({
      ...createAppend('membership-csto:armenia', revision),
      events: [
        {
          ...createEvent(''),
          type: 'MemberJoined',
          data: `{"effective":"${effective}","member":"armenia","organization":"csto"}`,
        },
      ],
    });

  it('is read again after a revision conflict, and the new decision is used', async () => {
    const joined = fixture.send(...admitMember('armenia', '1992'));
    appendFromOtherNode(-1, '1994');
    expect(await runAutomatically(joined)).toMatchObject({ code: 'already-member' });
  });

  it('records nothing if another writer recorded the same fact first', async () => {
    const joined = fixture.send(...admitMember('armenia', '1992'));
    appendFromOtherNode(-1, '1992');
    expect(await runAutomatically(joined)).toMatchObject({ events: [], entry: 3, revision: 0 });
  });

  it.each([
    [
      'more facts',
      { type: 'OrganizationRenamed', data: '{"effective":"2002-10-07","name":"B","organization":"csto"}' },
    ],
    [
      'a correction',
      {
        type: 'FactCorrected',
        data: '{"fact":"organization-csto@1","reason":"misspelt","with":{"effective":"2002-10-07","name":"B","organization":"csto"}}',
      },
    ],
  ])('takes events of other writers into account for the next command: %s', async (_, event) => {
    await runAutomatically(fixture.send(...renameOrganization('csto', 'A')));
    fixture.sequencer.appendFromOtherNode({
      ...createAppend('organization-csto', 1),
      events: [{ ...createEvent(''), ...event }],
    });
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'B')))).toMatchObject({
      events: [],
      revision: 2,
    });
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'C')))).toMatchObject({
      revision: 3,
    });
  });

  it('does not refuse a command on the basis of state that another writer has changed', async () => {
    await runAutomatically(fixture.send(...admitMember('armenia', '1992')));
    fixture.sequencer.appendFromOtherNode({
      ...createAppend('membership-csto:armenia', 0),
      events: [
        {
          ...createEvent(''),
          type: 'MembershipEnded',
          data: '{"effective":"1999","member":"armenia","organization":"csto","reason":"withdrew"}',
        },
      ],
    });
    expect(await runAutomatically(fixture.send(...admitMember('armenia', '2002')))).toMatchObject({
      revision: 2,
    });
  });

  it('makes a command fail with busy after too many revision conflicts', async () => {
    fixture.sequencer.overrideOutcome = () => ({ outcome: 'stale' });
    await expect(runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO')))).rejects.toMatchObject(
      {
        code: 'busy',
        message: 'Other writers keep appending to organization-csto; send the command again.',
      },
    );
    const { receivedAppends } = fixture.sequencer;
    expect(receivedAppends).toHaveLength(20);
    // The time for an outcome is that of the request, not of an attempt.
    expect(new Set(receivedAppends.map(({ requestedAtMs }) => requestedAtMs)).size).toBe(1);
    fixture.sequencer.overrideOutcome = () => undefined;
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO')))).toMatchObject({
      entry: 3,
    });
  });
});

describe('the expected revision of a command', () => {
  const isExpectedRevision = (revision: number) => revision === 0;

  it('accepts the command at that revision only', async () => {
    const right = fixture.send(...renameOrganization('csto', 'A'), { isExpectedRevision });
    fixture.sequencer.commitPending();
    expect(await right).toMatchObject({ revision: 1 });
    expect(await fixture.send(...renameOrganization('csto', 'B'), { isExpectedRevision })).toEqual(
      new RevisionMismatch(1),
    );
    expect(await fixture.send(...registerOrganization('cis'), { isExpectedRevision })).toEqual(
      new RevisionMismatch(null),
    );
    expect(fixture.sequencer.receivedAppends).toHaveLength(1);
  });

  it('is checked against an in-flight append, and again if that fails', async () => {
    const first = fixture.send(...renameOrganization('csto', 'A'));
    const second = fixture.send(...renameOrganization('csto', 'B'), { isExpectedRevision });
    expect(await isSettled(second)).toBe(false);
    failFirstAppend('organization-csto', diskFullError);
    fixture.sequencer.commitPending();
    await expect(first).rejects.toBe(diskFullError);
    expect(await runAutomatically(second)).toMatchObject({ revision: 1 });
  });
});

describe('a command whose append failed', () => {
  it('is treated as new when it is sent again, with or without its key', async () => {
    fixture.sequencer.overrideOutcome = () => diskFullError;
    for (const options of [{}, { idempotencyKey: 'k1' }]) {
      const refused = fixture.send(...renameOrganization('csto', 'CSTO'), options);
      fixture.sequencer.commitPending();
      await expect(refused).rejects.toBe(diskFullError);
    }
    fixture.sequencer.overrideOutcome = () => undefined;
    expect(
      await runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO'), { idempotencyKey: 'k1' })),
    ).toMatchObject({
      events: [{ entry: 3 }],
      replayed: false,
    });
  });

  it('leaves no trace if the append cannot be created', async () => {
    await expect(fixture.send(...renameOrganization('csto', 'CSTO'), { actor: 'a\ud800' })).rejects.toThrow();
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO')))).toMatchObject({
      events: [{ entry: 3 }],
    });
  });
});
