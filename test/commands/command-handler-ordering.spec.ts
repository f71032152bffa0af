import { Malformed } from '../../src/eventsourcing/refusal.js';
import { RevisionMismatch } from '../../src/commands/command-handler.js';
import { Unavailable } from '../../src/ledger/sequencer.js';
import { append, event } from '../ledger/support/create-append.js';
import { joining, Office, organization, renaming, settles } from './support/command-handler-fixture.js';

let office: Office;
beforeEach(async () => {
  office = new Office();
  await office.record(organization('csto'), organization('armenia'));
});
afterEach(() => office.close());

const full = new Unavailable('disk-full', 'The disk is full.');
/** The sequencer treats the first append to a stream so, and takes all others. */
function firstOf(stream: string, fate: Unavailable | { outcome: 'moved-on' }): void {
  let done = false;
  office.sequencer.instead = (asked) => {
    if (done || asked.stream !== stream) return undefined;
    done = true;
    return fate;
  };
}
/** Takes what comes until the promise is settled. */
async function flow<T>(promise: Promise<T>): Promise<T> {
  while (!(await settles(promise))) office.sequencer.take();
  return promise;
}

describe('commands that queue on one stream', () => {
  it('are decided on each other in order and committed together', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `Name ${index}`);
    const outcomes = names.map((name) => office.say(...renaming('csto', name)));
    expect(office.sequencer.came.map(({ expectedRevision }) => expectedRevision)).toEqual([...names.keys()]);
    office.sequencer.take();
    expect(await Promise.all(outcomes)).toMatchObject(
      names.map((_, index) => ({ entry: 3 + index, revision: 1 + index })),
    );
    expect(
      office.ledger.after(2, 200).map(({ data }) => (JSON.parse(data) as { name: string }).name),
    ).toEqual(names);
  });

  it('are refused because of one that is under way, but only once that is durable', async () => {
    const first = office.say(...joining('armenia', '1992'));
    const second = office.say(...joining('armenia', '1993'));
    expect(await settles(second)).toBe(false);
    office.sequencer.take();
    expect(await first).toMatchObject({ entry: 3 });
    expect(await second).toMatchObject({ code: 'already-member' });
  });

  it('are decided again if that one falls through', async () => {
    const first = office.say(...joining('armenia', '1992'));
    const second = office.say(...joining('armenia', '1993'));
    firstOf('membership-csto:armenia', full);
    office.sequencer.take();
    await expect(first).rejects.toBe(full);
    expect(await flow(second)).toMatchObject({ entry: 3, replayed: false });
  });

  it('have what stands under way already said only when it is durable', async () => {
    const first = office.say(...renaming('csto', 'CSTO'));
    const second = office.say(...renaming('csto', 'CSTO'));
    expect(await settles(second)).toBe(false);
    office.sequencer.take();
    await first;
    expect(await second).toMatchObject({ events: [], entry: 3, revision: 1 });
  });

  it('are recorded themselves if what stood under way falls through', async () => {
    const first = office.say(...renaming('csto', 'CSTO'));
    const second = office.say(...renaming('csto', 'CSTO'));
    firstOf('organization-csto', full);
    office.sequencer.take();
    await expect(first).rejects.toBe(full);
    expect(await flow(second)).toMatchObject({ events: [{ entry: 3 }], revision: 1 });
  });

  it.each([
    ['was refused by the disk', full],
    ['has to be decided again', { outcome: 'moved-on' } as const],
  ])('behind one that %s are decided again in order, once', async (_, fate) => {
    const names = Array.from({ length: 60 }, (_, index) => `Name ${index}`);
    const outcomes = Promise.allSettled(names.map((name) => office.say(...renaming('csto', name))));
    firstOf('organization-csto', fate);
    const settled = await flow(outcomes);
    expect(settled.map(({ status }) => status)).toEqual(
      names.map((_, index) => (index === 0 && fate === full ? 'rejected' : 'fulfilled')),
    );
    expect(
      office.ledger.after(2, 200).map(({ data }) => (JSON.parse(data) as { name: string }).name),
    ).toEqual(fate === full ? names.slice(1) : names);
    expect(office.sequencer.came.length).toBeLessThanOrEqual(2 * names.length);
  });

  it('behind one that came too late for the time it names are recorded all the same', async () => {
    const late = office.say(...renaming('csto', 'Late'), { recordedAt: '1991-12-21T00:00:00.000Z' });
    const others = Array.from({ length: 60 }, (_, index) => office.say(...renaming('csto', `Name ${index}`)));
    expect(await flow(late)).toBeInstanceOf(Malformed);
    expect(await late).toMatchObject({ errors: [{ pointer: '/recordedAt', code: 'invalid-value' }] });
    await flow(Promise.all(others));
    expect(office.facts()).toHaveLength(62);
    expect(office.sequencer.came.length).toBeLessThanOrEqual(2 * 61);
  });

  it('may correct what is under way', async () => {
    const first = office.say(...renaming('csto', 'CTSO'));
    const corrected = office.say('correct-fact', {
      fact: 'organization-csto@1',
      with: { organization: 'csto', name: 'CSTO', effective: '2002-10-07' },
      reason: 'misspelt',
    });
    office.sequencer.take();
    await first;
    expect(await corrected).toMatchObject({ stream: 'organization-csto', revision: 2 });
  });
});

describe('a command that refers to what is under way', () => {
  it('is taken behind it', async () => {
    const registered = office.say(...organization('belarus'));
    const joined = office.say(...joining('belarus', '1993'));
    expect(office.sequencer.came.map(({ requires }) => requires)).toEqual([[], ['organization-belarus']]);
    office.sequencer.take();
    expect(await registered).toMatchObject({ entry: 3 });
    expect(await joined).toMatchObject({ entry: 4 });
  });

  it('is decided again if that falls through', async () => {
    firstOf('organization-belarus', full);
    const registered = office.say(...organization('belarus'));
    const joined = office.say(...joining('belarus', '1993'));
    office.sequencer.take();
    await expect(registered).rejects.toBe(full);
    expect(await flow(joined)).toBeInstanceOf(Malformed);
    expect(await joined).toMatchObject({
      errors: [{ code: 'unknown-reference', pointer: '/0/data/member' }],
    });
    expect(office.facts()).toHaveLength(2);
  });

  it('is recorded if somebody registers it in the meantime', async () => {
    firstOf('organization-belarus', full);
    const registered = office.say(...organization('belarus'));
    const joined = office.say(...joining('belarus', '1993'));
    office.sequencer.elsewhere({
      ...append('organization-belarus', -1),
      events: [
        {
          ...event(''),
          type: 'OrganizationRegistered',
          data: '{"classification":"state","name":"Belarus","organization":"belarus"}',
        },
      ],
    });
    office.sequencer.take();
    await expect(registered).rejects.toBe(full);
    expect(await joined).toMatchObject({ entry: 4 });
  });
});

describe('a stream that others write to', () => {
  const elsewhere = (revision: number, effective: string) =>
    office.sequencer.elsewhere({
      ...append('membership-csto:armenia', revision),
      events: [
        {
          ...event(''),
          type: 'MemberJoined',
          data: `{"effective":"${effective}","member":"armenia","organization":"csto"}`,
        },
      ],
    });

  it('is looked at again, and the new decision counts', async () => {
    const joined = office.say(...joining('armenia', '1992'));
    elsewhere(-1, '1994');
    expect(await flow(joined)).toMatchObject({ code: 'already-member' });
  });

  it('and what they said already is not said again', async () => {
    const joined = office.say(...joining('armenia', '1992'));
    elsewhere(-1, '1992');
    expect(await flow(joined)).toMatchObject({ events: [], entry: 3, revision: 0 });
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
    await flow(office.say(...renaming('csto', 'A')));
    office.sequencer.elsewhere({ ...append('organization-csto', 1), events: [{ ...event(''), ...said }] });
    expect(await flow(office.say(...renaming('csto', 'B')))).toMatchObject({ events: [], revision: 2 });
    expect(await flow(office.say(...renaming('csto', 'C')))).toMatchObject({ revision: 3 });
  });

  it('is not what a command is refused for, once they have written something else', async () => {
    await flow(office.say(...joining('armenia', '1992')));
    office.sequencer.elsewhere({
      ...append('membership-csto:armenia', 0),
      events: [
        {
          ...event(''),
          type: 'MembershipEnded',
          data: '{"effective":"1999","member":"armenia","organization":"csto","reason":"withdrew"}',
        },
      ],
    });
    expect(await flow(office.say(...joining('armenia', '2002')))).toMatchObject({ revision: 2 });
  });

  it('without end makes the command give up', async () => {
    office.sequencer.instead = () => ({ outcome: 'moved-on' });
    await expect(flow(office.say(...renaming('csto', 'CSTO')))).rejects.toMatchObject({
      code: 'busy',
      message: 'Others keep writing to organization-csto; send the command again.',
    });
    expect(office.sequencer.came).toHaveLength(20);
    office.sequencer.instead = () => undefined;
    expect(await flow(office.say(...renaming('csto', 'CSTO')))).toMatchObject({ entry: 3 });
  });
});

describe('If-Match', () => {
  it('lets a command through at its revision only', async () => {
    const right = office.say(...renaming('csto', 'A'), { ifRevision: 0 });
    office.sequencer.take();
    expect(await right).toMatchObject({ revision: 1 });
    expect(await office.say(...renaming('csto', 'B'), { ifRevision: 0 })).toEqual(new RevisionMismatch(1));
    expect(await office.say(...organization('cis'), { ifRevision: 0 })).toEqual(new RevisionMismatch(null));
    expect(office.sequencer.came).toHaveLength(1);
  });

  it('is judged on what is under way, and again if that falls through', async () => {
    const first = office.say(...renaming('csto', 'A'));
    const second = office.say(...renaming('csto', 'B'), { ifRevision: 0 });
    expect(await settles(second)).toBe(false);
    firstOf('organization-csto', full);
    office.sequencer.take();
    await expect(first).rejects.toBe(full);
    expect(await flow(second)).toMatchObject({ revision: 1 });
  });
});

describe('a command that the disk refused', () => {
  it('is new when it is sent again, with its key or without', async () => {
    office.sequencer.instead = () => full;
    for (const how of [{}, { idempotencyKey: 'k1' }]) {
      const refused = office.say(...renaming('csto', 'CSTO'), how);
      office.sequencer.take();
      await expect(refused).rejects.toBe(full);
    }
    office.sequencer.instead = () => undefined;
    expect(await flow(office.say(...renaming('csto', 'CSTO'), { idempotencyKey: 'k1' }))).toMatchObject({
      events: [{ entry: 3 }],
      replayed: false,
    });
  });

  it('leaves no trace if it cannot even be asked for', async () => {
    await expect(office.say(...renaming('csto', 'CSTO'), { actor: 'a\ud800' })).rejects.toThrow();
    expect(await flow(office.say(...renaming('csto', 'CSTO')))).toMatchObject({ events: [{ entry: 3 }] });
  });
});
