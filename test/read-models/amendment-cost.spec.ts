// What an amendment costs a read model does not depend on the length of its stream: the entries that are read are counted.
import { upcasters } from '../../src/domain/upcasters.js';
import { describe, expect, it } from '@jest/globals';
import { readModels } from '../../projections/index.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { createEntryUpcaster } from '../../src/ledger/entry-upcasting.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { Projector } from '../../src/read-models/projecting/projector.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { corrected, disputed, retracted } from '../support/amendment-fixtures.js';
import {
  adjourned,
  getFactReference,
  opened,
  scheduled,
  statementRecorded,
  STREAM,
} from '../support/meeting-fixtures.js';
import { createTestLedger } from './support/start-read-models.js';

/** The ledger, with a count of the entries that it returned. */
function countEntries(ledger: Ledger): { readonly ledger: Ledger; readonly count: { entries: number } } {
  const count = { entries: 0 };
  const proxy = new Proxy(ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        const isEntry = (each: unknown): boolean =>
          typeof each === 'object' && each !== null && 'leaf' in each;
        count.entries += [result].flat().filter(isEntry).length;
        return result;
      };
    },
  });
  return { ledger: proxy, count };
}

/** How many entries all read models read for each of these events after a meeting of so many statements. */
function countReadEntries(statements: number, events: readonly AnyEvent[]): readonly number[] {
  const book = createTestLedger();
  const history = [
    scheduled(),
    opened(),
    ...Array.from({ length: statements }, (_, n) => statementRecorded(`s${n}`, { topics: ['a'] })),
    adjourned('2011-06-01'),
  ];
  for (const event of history) book.record(STREAM, event);
  const { ledger, count } = countEntries(book.open());
  const projector = new Projector(ledger, createEntryUpcaster(upcasters));
  const files = readModels.map((model) =>
    ReadModelWriter.create(createNextGeneration(book.directory, model.name, model.version), model),
  );
  const project = (): void => {
    while (projector.projectBatch(files, book.head).some(({ error }) => error === undefined)) continue;
  };
  project();
  const counts = events.map((event) => {
    book.record(STREAM, event);
    count.entries = 0;
    project();
    return count.entries;
  });
  for (const file of files) file.close();
  ledger.close();
  return counts;
}

describe('an amendment in a long stream', () => {
  it('makes the read models read as many entries as in a short one', () => {
    const events = [
      corrected(getFactReference(5), statementRecorded('s3', { text: 'No.' }).data),
      corrected(getFactReference(5), statementRecorded('s3', { text: 'Yes.' }).data),
      retracted(getFactReference(7)),
      corrected(getFactReference(1), opened('2011-05-30').data),
    ];
    const [short, long] = [20, 2_000].map((statements) => countReadEntries(statements, events));
    expect(long).toEqual(short);
    for (const entries of long ?? []) expect(entries).toBeLessThan(40);
  });

  it.each<[string, (n: number) => AnyEvent]>([
    ['disputes', (n) => disputed(getFactReference(3), `Claim ${n}.`)],
    ['corrections', (n) => corrected(getFactReference(3), statementRecorded('s1', { text: `${n}` }).data)],
  ])('makes them read as many entries as the earlier ones of the same event: %s', (_, amend) => {
    const counts = countReadEntries(
      5,
      Array.from({ length: 60 }, (_, n) => amend(n)),
    );
    expect(counts.at(-1)).toBe(counts[2]);
    expect(counts.at(-1)).toBeLessThan(40);
  });
});
