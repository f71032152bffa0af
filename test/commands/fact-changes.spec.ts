// What a change makes of a fact (correct-fact with "change") is validated like the command that recorded the fact.
import { CommandHandlerFixture, registerOrganization } from './support/command-handler-fixture.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import type { JsonObject } from '../../src/json/json.js';

const FACT = 'meeting-cfm@2';
const words = {
  meeting: 'cfm',
  statement: 's1',
  nameAsPrinted: 'Ms. Doe',
  form: 'summary',
  text: 'Yes.',
  language: 'en',
};

let fixture: CommandHandlerFixture;
beforeEach(async () => {
  fixture = new CommandHandlerFixture();
  await fixture.recordAll(
    registerOrganization('csto'),
    ['register-source', { source: 'minutes', title: 'Minutes' }],
    ['schedule-meeting', { meeting: 'cfm', title: 'A', convenedBy: 'csto', scheduledFor: '2011-05-31' }],
    ['open-meeting', { meeting: 'cfm', at: '2011-05-31' }],
    ['record-statement', { ...words, sources: [{ source: 'minutes', locator: '1' }] }],
  );
  fixture.sequencer.isAutomatic = true;
});
afterEach(() => fixture.close());

const send = (change: JsonObject, options = {}, fact = FACT) =>
  fixture.send('correct-fact', { fact, change, reason: 'misheard' }, options);
const expectErrors = async (change: JsonObject, ...lines: readonly string[]) => {
  const { errors = [] } = (await send(change)) as { errors?: { pointer: string; code: string }[] };
  expect(errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(lines);
};

describe('the validation of a change', () => {
  it('refuses what the command of the fact refuses, with pointers into the change', async () => {
    await expectErrors({ text: '' }, '/0/data/change/text invalid-value');
    await expectErrors(
      { form: 'shouted', zzz: 1 },
      '/0/data/change/zzz unknown-field',
      '/0/data/change/form invalid-value',
    );
    await expectErrors({ text: null }, '/0/data/change/text missing-field');
    await expectErrors(
      { sources: [{ source: 'none' }] },
      '/0/data/change/sources/0/source unknown-reference',
    );
    await expectErrors({ onBehalfOf: 'none' }, '/0/data/change/onBehalfOf unknown-reference');
    await expectErrors({ topics: ['a', 'a'] }, '/0/data/change/topics invalid-value');
    expect(fixture.listEvents()).toHaveLength(5);
  });
  it('refuses a fact that would be longer than a command may be', async () => {
    const topics = (letter: string) => Array.from({ length: 320 }, (_, n) => `${letter.repeat(990)} ${n}`);
    const text = 'ä'.repeat(60_000);
    expect(await send({ topics: topics('a') })).toMatchObject({ events: [{ type: 'FactCorrected' }] });
    expect(await send({ text, role: 'b' })).toMatchObject({ events: [{ type: 'FactCorrected' }] });
    await expectErrors({ topics: topics('ä') }, '/0/data/change too-large');
  });
  it('identifies a repeated request by the change that was sent, whatever stands now', async () => {
    const key = { idempotencyKey: 'k1' };
    const first = await send({ text: 'No.' }, key);
    await send({ text: 'Perhaps.' });
    expect(await send({ text: 'No.' }, key)).toMatchObject({ ...first, replayed: true });
    expect(await send({ text: 'Never.' }, key)).toMatchObject({ code: 'idempotency-key-reused' });
  });
});

describe('a change of a fact of an earlier release', () => {
  // A text that no command may have any more, recorded before that rule was made.
  const invisible = '\u2800';
  const recordOld = async (data: JsonObject) => {
    const metadata = { actor: 'a', command: 'record-statement', correlationId: 'c', salt: '00' };
    await fixture.sequencer.append({
      stream: 'meeting-cfm',
      expectedRevision: 2,
      events: [
        {
          id: '00000000-0000-4000-8000-000000000001',
          type: 'StatementRecorded',
          data: canonicalJson({ ...words, statement: 's2', ...data }),
          metadata: canonicalJson(metadata),
          requestKey: null,
        },
      ],
      requires: [],
    });
  };
  const change = (changes: JsonObject) => send(changes, {}, 'meeting-cfm@3');

  it('is judged by younger rules only for the values that it alters', async () => {
    await recordOld({ role: invisible, topics: [invisible, 'b'] });
    expect(await change({ text: 'No.' })).toMatchObject({ events: [{ type: 'FactCorrected' }] });
    expect(await change({ role: invisible, language: 'de' })).toMatchObject({
      errors: [{ pointer: '/0/data/change/role', code: 'invalid-text' }],
    });
    expect(await change({ topics: [invisible, 'c'] })).toMatchObject({
      errors: [{ pointer: '/0/data/change/topics/0', code: 'invalid-text' }],
    });
    expect(await change({ role: null, topics: ['c'] })).toMatchObject({
      events: [{ type: 'FactCorrected' }],
    });
  });
});
