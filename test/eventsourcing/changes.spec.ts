// Corrections that name only what changes (correct-fact with "change").
import * as fc from 'fast-check';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { RefusedCommand } from '../../src/eventsourcing/decide-command.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import { applyMergePatch } from '../../src/json/merge-patch.js';
import { change, correct, corrected, disputed, retracted } from '../support/amendment-fixtures.js';
import {
  createRelatedMeetings,
  getFactReference,
  given,
  opened,
  scheduled,
  statementRecorded,
  STREAM,
} from '../support/meeting-fixtures.js';
import { decideCommandsAfter, toRecordedEvents } from '../support/decider-specification.js';

const fact = getFactReference(2);
const statement = (more: JsonObject = {}) => statementRecorded('s1', more);
const started = [scheduled(), opened()];
const cited = { sources: [{ source: 'minutes' }] };

describe('a change of a fact', () => {
  it('is recorded as the full data, with null removing a field and a list replaced whole', () =>
    given(...started, statement({ role: 'Chair', topics: ['a', 'b'] }))
      .when(change(fact, { role: null, topics: ['c'], text: 'No.' }))
      .then(corrected(fact, statement({ topics: ['c'], text: 'No.' }).data)));
  it('drops the sources, which do not say the new words, unless it names sources', () => {
    given(...started, statement(cited))
      .when(change(fact, { text: 'No.' }))
      .then(corrected(fact, statement({ text: 'No.' }).data));
    const others = { sources: [{ source: 'recording' }] };
    given(...started, statement(cited))
      .when(change(fact, { text: 'No.', ...others }))
      .then(corrected(fact, statement({ text: 'No.', ...others }).data));
  });
  it('is made of the words that stand, also of those that the group before it leaves', () => {
    const earlier = corrected(fact, statement({ text: 'A', role: 'Chair' }).data);
    given(...started, statement(), earlier)
      .when(change(fact, { text: 'B' }))
      .then(corrected(fact, statement({ text: 'B', role: 'Chair' }).data));
    given(...started, statement())
      .when(change(fact, { text: 'B' }), change(fact, { role: 'Chair' }))
      .then(
        corrected(fact, statement({ text: 'B' }).data),
        corrected(fact, statement({ text: 'B', role: 'Chair' }).data),
      );
  });
  it('records nothing when it is sent twice, or when the latest correction says the same in full', () => {
    given(...started, statement(cited), corrected(fact, statement({ text: 'B' }).data))
      .when(change(fact, { text: 'B' }))
      .thenNothing();
    given(...started, statement())
      .when(change(fact, { text: 'B' }), change(fact, { text: 'B' }))
      .then(corrected(fact, statement({ text: 'B' }).data));
  });
  it('is refused for an amendment, a retracted fact, another id and another stream', () => {
    const history = given(
      ...started,
      statement(),
      disputed(fact),
      retracted(getFactReference(3)),
      statementRecorded('s2'),
      retracted(getFactReference(5)),
    );
    for (const [named, changes] of [
      [getFactReference(3), { claim: 'x' }],
      [getFactReference(4), { reason: 'x' }],
      [getFactReference(5), { text: 'x' }],
      [fact, { statement: 's3' }],
      [fact, { meeting: 'other' }],
    ] as const)
      history.when(change(named, changes)).thenRefused('illegal-correction');
  });
  it('is refused if the history that it leaves breaks a rule', () =>
    given(...started, statement())
      .when(change(fact, { agendaItem: 'budget' }))
      .thenRefused('illegal-correction'));

  it('is decided like the full data that it makes, for every history and change', () => {
    const value = fc.constantFrom<Json>('a', 'b', null, ['x'], { de: null }, cited.sources);
    const field = fc.constantFrom(
      'text',
      'role',
      'topics',
      'sources',
      'note',
      'agendaItem',
      'statement',
      'meeting',
    );
    const changes = fc.dictionary(field, value, { noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
    const earlier = fc.constantFrom(
      [],
      [corrected(fact, statement({ text: 'A', ...cited }).data)],
      [corrected(fact, statement({ text: 'A' }).data), retracted(getFactReference(3))],
      [retracted(fact)],
      [corrected(fact, statement({ text: 'a', role: 'b' }).data)],
    );
    fc.assert(
      fc.property(earlier, changes, (amendments, changed) => {
        const events = toRecordedEvents(STREAM, [...started, statement(cited), ...amendments]);
        const decide = (command: ReturnType<typeof correct>) => {
          const decision = decideCommandsAfter(meeting, STREAM, events, [command], createRelatedMeetings({}));
          return decision instanceof RefusedCommand ? decision.code : decision.events;
        };
        const standing = events.findLast(
          ({ type, revision }) =>
            type === 'FactCorrected' &&
            !amendments.some(({ data }) => data['fact'] === getFactReference(revision)),
        );
        const { sources, ...words } = (standing?.data['with'] ?? statement(cited).data) as JsonObject;
        const kept = 'sources' in changed && sources !== undefined ? { ...words, sources } : words;
        expect(decide(change(fact, changed))).toEqual(decide(correct(fact, applyMergePatch(kept, changed))));
      }),
      { numRuns: 300 },
    );
  });
});
