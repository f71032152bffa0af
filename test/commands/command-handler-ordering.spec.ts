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
/** The sequencer treats the first append to a stream so, and takes all others. */
function failFirstAppend(stream: string, fate: UnavailableError | { outcome: 'moved-on' }): void {
  let done = false;
  fixture.sequencer.overrideOutcome = (asked) => {
    if (done || asked.stream !== stream) return undefined;
    done = true;
    return fate;
  };
}
/** Takes what comes until the promise is settled. */
async function runAutomatically<T>(promise: Promise<T>): Promise<T> {
  while (!(await isSettled(promise))) fixture.sequencer.commitPending();
  return promise;
}

describe('commands that queue on one stream', () => {
  it('are decided on each other in order and committed together', async () => {
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

  it('are refused because of one that is under way, but only once that is durable', async () => {
    const first = fixture.send(...admitMember('armenia', '1992'));
    const second = fixture.send(...admitMember('armenia', '1993'));
    expect(await isSettled(second)).toBe(false);
    fixture.sequencer.commitPending();
    expect(await first).toMatchObject({ entry: 3 });
    expect(await second).toMatchObject({ code: 'already-member' });
  });

  it('are decided again if that one falls through', async () => {
    const first = fixture.send(...admitMember('armenia', '1992'));
    const second = fixture.send(...admitMember('armenia', '1993'));
    failFirstAppend('membership-csto:armenia', diskFullError);
    fixture.sequencer.commitPending();
    await expect(first).rejects.toBe(diskFullError);
    expect(await runAutomatically(second)).toMatchObject({ entry: 3, replayed: false });
  });

  it('have what stands under way already said only when it is durable', async () => {
    const first = fixture.send(...renameOrganization('csto', 'CSTO'));
    const second = fixture.send(...renameOrganization('csto', 'CSTO'));
    expect(await isSettled(second)).toBe(false);
    fixture.sequencer.commitPending();
    await first;
    expect(await second).toMatchObject({ events: [], entry: 3, revision: 1 });
  });

  it('are recorded themselves if what stood under way falls through', async () => {
    const first = fixture.send(...renameOrganization('csto', 'CSTO'));
    const second = fixture.send(...renameOrganization('csto', 'CSTO'));
    failFirstAppend('organization-csto', diskFullError);
    fixture.sequencer.commitPending();
    await expect(first).rejects.toBe(diskFullError);
    expect(await runAutomatically(second)).toMatchObject({ events: [{ entry: 3 }], revision: 1 });
  });

  it.each([
    ['was refused by the disk', diskFullError],
    ['has to be decided again', { outcome: 'moved-on' } as const],
  ])('behind one that %s are decided again in order, once', async (_, fate) => {
    const names = Array.from({ length: 60 }, (_, index) => `Name ${index}`);
    const outcomes = Promise.allSettled(
      names.map((name) => fixture.send(...renameOrganization('csto', name))),
    );
    failFirstAppend('organization-csto', fate);
    const settled = await runAutomatically(outcomes);
    expect(settled.map(({ status }) => status)).toEqual(
      names.map((_, index) => (index === 0 && fate === diskFullError ? 'rejected' : 'fulfilled')),
    );
    expect(
      fixture.ledger.readAfter(2, 200).map(({ data }) => (JSON.parse(data) as { name: string }).name),
    ).toEqual(fate === diskFullError ? names.slice(1) : names);
    expect(fixture.sequencer.receivedAppends.length).toBeLessThanOrEqual(2 * names.length);
  });

  it('behind one that came too late for the time it names are recorded all the same', async () => {
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

  it('may correct what is under way', async () => {
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

describe('a command that refers to what is under way', () => {
  it('is taken behind it', async () => {
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

  it('is decided again if that falls through', async () => {
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

  it('is recorded if somebody registers it in the meantime', async () => {
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

describe('a stream that others write to', () => {
  const elsewhere = (revision: number, effective: string) =>
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

  it('is looked at again, and the new decision counts', async () => {
    const joined = fixture.send(...admitMember('armenia', '1992'));
    elsewhere(-1, '1994');
    expect(await runAutomatically(joined)).toMatchObject({ code: 'already-member' });
  });

  it('and what they said already is not said again', async () => {
    const joined = fixture.send(...admitMember('armenia', '1992'));
    elsewhere(-1, '1992');
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
  ])('between two commands is known to the second: %s', async (_, said) => {
    await runAutomatically(fixture.send(...renameOrganization('csto', 'A')));
    fixture.sequencer.appendFromOtherNode({
      ...createAppend('organization-csto', 1),
      events: [{ ...createEvent(''), ...said }],
    });
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'B')))).toMatchObject({
      events: [],
      revision: 2,
    });
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'C')))).toMatchObject({
      revision: 3,
    });
  });

  it('is not what a command is refused for, once they have written something else', async () => {
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

  it('without end makes the command give up', async () => {
    fixture.sequencer.overrideOutcome = () => ({ outcome: 'moved-on' });
    await expect(runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO')))).rejects.toMatchObject(
      {
        code: 'busy',
        message: 'Other writers keep appending to organization-csto; send the command again.',
      },
    );
    expect(fixture.sequencer.receivedAppends).toHaveLength(20);
    fixture.sequencer.overrideOutcome = () => undefined;
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO')))).toMatchObject({
      entry: 3,
    });
  });
});

describe('If-Match', () => {
  it('lets a command through at its revision only', async () => {
    const right = fixture.send(...renameOrganization('csto', 'A'), { ifRevision: 0 });
    fixture.sequencer.commitPending();
    expect(await right).toMatchObject({ revision: 1 });
    expect(await fixture.send(...renameOrganization('csto', 'B'), { ifRevision: 0 })).toEqual(
      new RevisionMismatch(1),
    );
    expect(await fixture.send(...registerOrganization('cis'), { ifRevision: 0 })).toEqual(
      new RevisionMismatch(null),
    );
    expect(fixture.sequencer.receivedAppends).toHaveLength(1);
  });

  it('is judged on what is under way, and again if that falls through', async () => {
    const first = fixture.send(...renameOrganization('csto', 'A'));
    const second = fixture.send(...renameOrganization('csto', 'B'), { ifRevision: 0 });
    expect(await isSettled(second)).toBe(false);
    failFirstAppend('organization-csto', diskFullError);
    fixture.sequencer.commitPending();
    await expect(first).rejects.toBe(diskFullError);
    expect(await runAutomatically(second)).toMatchObject({ revision: 1 });
  });
});

describe('a command that the disk refused', () => {
  it('is new when it is sent again, with its key or without', async () => {
    fixture.sequencer.overrideOutcome = () => diskFullError;
    for (const how of [{}, { idempotencyKey: 'k1' }]) {
      const refused = fixture.send(...renameOrganization('csto', 'CSTO'), how);
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

  it('leaves no trace if it cannot even be asked for', async () => {
    await expect(fixture.send(...renameOrganization('csto', 'CSTO'), { actor: 'a\ud800' })).rejects.toThrow();
    expect(await runAutomatically(fixture.send(...renameOrganization('csto', 'CSTO')))).toMatchObject({
      events: [{ entry: 3 }],
    });
  });
});
