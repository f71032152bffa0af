// The property of projecting amendments: at every entry a read model has the rows that a fold of the whole history gives,
// though an amendment reads only the events that it changes.
import { upcasters } from '../../src/domain/upcasters.js';
import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readModels } from '../../projections/index.js';
import { meeting } from '../../src/domain/meeting/aggregate.js';
import { membership } from '../../src/domain/membership/aggregate.js';
import { observership } from '../../src/domain/observership/observership-commands.js';
import { organization } from '../../src/domain/organization/organization-commands.js';
import { person } from '../../src/domain/person/person-commands.js';
import type { AnyAggregate } from '../../src/eventsourcing/aggregate.js';
import type { AnyCommand, RecordedEvent } from '../../src/eventsourcing/message.js';
import { createEntryUpcaster, upcastEntries } from '../../src/ledger/entry-upcasting.js';
import { computeExpectedRows } from '../read-models/support/expected-rows.js';
import { projectInProcess, readRowsAsOf } from '../read-models/support/project-in-process.js';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import {
  addAmendments,
  MEETING,
  meetingCommand,
  membershipCommand,
  OBSERVERSHIP,
  observershipCommand,
  organizationCommand,
  PERSON,
  personCommand,
} from '../support/arbitrary-commands.js';
import { getSpecimen } from '../support/command-specimens.js';
import { admit } from '../support/membership-fixtures.js';
import { createRelatedOrganizations, register } from '../support/organization-fixtures.js';
import { SimulatedStream } from '../support/simulated-stream.js';

const cases: readonly [
  AnyAggregate,
  stream: string,
  opening: readonly AnyCommand[],
  fc.Arbitrary<AnyCommand>,
][] = [
  [
    meeting,
    `meeting-${MEETING.meeting}`,
    [
      { name: 'schedule-meeting', data: getSpecimen('schedule-meeting') },
      { name: 'open-meeting', data: { ...getSpecimen('open-meeting'), ...MEETING, at: '2011-05-31' } },
    ],
    meetingCommand,
  ],
  [membership, 'membership-csto:uzbekistan', [admit('1992')], membershipCommand],
  [
    person,
    `person-${PERSON.person}`,
    [{ name: 'register-person', data: getSpecimen('register-person') }],
    personCommand,
  ],
  [
    observership,
    `observership-${OBSERVERSHIP.organization}:${OBSERVERSHIP.observer}`,
    [],
    observershipCommand,
  ],
  [organization, 'organization-csto', [register()], organizationCommand],
];
const relatedState = {
  ...createRelatedOrganizations({}),
  meeting: () => undefined,
  findStreams: () => [],
};

it.each(cases.map((one) => [one[0].category, ...one] as const))(
  'the rows of every read model follow from the whole history of any %s',
  (_, aggregate, stream, opening, facts) => {
    let amendments = 0;
    fc.assert(
      fc.property(fc.array(addAmendments(facts), { minLength: 15, maxLength: 30 }), (factories) => {
        const simulated = new SimulatedStream(aggregate, stream, relatedState);
        for (const command of opening) simulated.handle(command);
        for (const factory of factories) simulated.handle(factory(simulated.events));
        const book = createTestLedger();
        // The ids of events are those of the ledger.
        for (const { type, data } of simulated.events)
          book.record(stream, { type, data: nameByRevision(data, simulated.events) });
        const ledger = book.open();
        const events = upcastEntries(ledger.readStream(stream), createEntryUpcaster(upcasters));
        ledger.close();
        amendments += events.filter(({ type }) => type.startsWith('Fact')).length;
        for (const model of readModels) {
          const { file } = projectInProcess(book, { model });
          const expected = computeExpectedRows(model, events);
          for (let entry = 0; entry <= book.head; entry++)
            expect([model.name, entry, readRowsAsOf(file, entry, model)]).toEqual([
              model.name,
              entry,
              expected.get(entry),
            ]);
        }
      }),
      { numRuns: 8 },
    );
    expect(amendments).toBeGreaterThan(8);
  },
  240_000,
);

/** The data of an event, in which amended events are named by their revisions, in corrections of corrections as well. */
function nameByRevision(
  data: RecordedEvent['data'],
  events: readonly RecordedEvent[],
): RecordedEvent['data'] {
  const { fact, with: replacement } = data as { fact?: unknown; with?: RecordedEvent['data'] };
  const named = typeof fact === 'string' ? events.find(({ id }) => id === fact) : undefined;
  return {
    ...data,
    ...(named && { fact: `${named.stream}@${named.revision}` }),
    ...(replacement && { with: nameByRevision(replacement, events) }),
  };
}
