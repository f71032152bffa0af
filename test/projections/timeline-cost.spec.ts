// What an event of a relation costs a read model does not depend on how many there are, nor on where its date lies: the rows
// that are read and written are counted.
import { upcasters } from '../../src/domain/upcasters.js';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { readModels } from '../../projections/index.js';
import type { AnyEvent } from '../../src/eventsourcing/message.js';
import { createEntryUpcaster } from '../../src/ledger/entry-upcasting.js';
import type { AnyReadModel, AnyRowStores } from '../../src/read-models/declaration/read-model.js';
import { createNextGeneration } from '../../src/read-models/projecting/generations.js';
import { Projector } from '../../src/read-models/projecting/projector.js';
import { ReadModelWriter } from '../../src/read-models/projecting/read-model-writer.js';
import { createTestLedger } from '../read-models/support/start-read-models.js';
import { corrected, retracted } from '../support/amendment-fixtures.js';
import * as membership from '../support/membership-fixtures.js';
import * as observership from '../support/observership-fixtures.js';
import * as person from '../support/person-fixtures.js';

/** The day that is `n` days after the first of January of the year 1000. */
const toDay = (n: number): string => new Date(Date.UTC(1000, 0, 1 + n)).toISOString().slice(0, 10);

type Relation = {
  readonly model: string;
  readonly stream: string;
  readonly first: readonly AnyEvent[];
  /** One period, from one day to a later one. */
  readonly period: (from: string, to: string) => readonly AnyEvent[];
  /** What splits a period that has others within it. */
  readonly split?: (to: string, from: string) => readonly AnyEvent[];
};

const relations: readonly Relation[] = [
  {
    model: 'membership',
    stream: membership.STREAM,
    first: [],
    period: (from, to) => [membership.joined(from), membership.ended(to)],
  },
  {
    // A single tenure with many suspensions.
    model: 'membership',
    stream: membership.STREAM,
    first: [membership.joined('0999')],
    period: (from, to) => [membership.suspended(from), membership.resumed(to)],
    split: (to, from) => [membership.ended(to), membership.joined(from)],
  },
  {
    model: 'observers',
    stream: observership.STREAM,
    first: [],
    period: (from, to) => [observership.granted(from), observership.ended(to)],
  },
  {
    model: 'offices',
    stream: person.STREAM,
    first: [person.registered()],
    period: (from, to) => [person.assumed(from), person.left(to)],
  },
];

/** The read model with a count of the rows that it reads, puts and deletes when it derives rows. */
function countRows(model: AnyReadModel): { readonly model: AnyReadModel; readonly count: { rows: number } } {
  const count = { rows: 0 };
  const countStore = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const member = Reflect.get(target, name, target) as (...args: readonly unknown[]) => unknown;
        return (...args: readonly unknown[]): unknown => {
          const result = member.apply(target, [...args]);
          count.rows += Array.isArray(result) ? result.length : 1;
          return result;
        };
      },
    });
  const handlers = model.handlers.map((part) => ({
    ...part,
    deriveRows:
      part.deriveRows &&
      ((...[changed, rows]: Parameters<typeof part.deriveRows>): void =>
        part.deriveRows?.(
          changed,
          Object.fromEntries(
            Object.entries(rows).map(([name, store]) => [name, countStore(store)]),
          ) as AnyRowStores,
        )),
  }));
  return { model: { ...model, handlers }, count };
}

/** How many rows each of the groups read, and how many it wrote, after so many periods of ten days. */
function countCosts(
  { model: name, stream, first, period }: Relation,
  periods: number,
  groups: readonly (readonly AnyEvent[])[],
): readonly { readonly read: number; readonly written: number }[] {
  const book = createTestLedger();
  const { model, count } = countRows(readModels.find((each) => each.name === name)!);
  for (const event of first) book.record(stream, event);
  for (let n = 0; n < periods; n++)
    for (const event of period(toDay(20 * n), toDay(20 * n + 10))) book.record(stream, event);
  const ledger = book.open();
  const generation = createNextGeneration(book.directory, model.name, model.version);
  const file = ReadModelWriter.create(generation, model);
  const projector = new Projector(ledger, createEntryUpcaster(upcasters));
  const project = (): void => {
    for (let outcomes; (outcomes = projector.projectBatch([file], book.head)).length > 0;)
      for (const { error } of outcomes) if (error !== undefined) throw error;
  };
  project();
  const db = new Database(generation.file, { readonly: true });
  const costs = groups.map((group) => {
    const entry = book.recordGroup(stream, group);
    count.rows = 0;
    project();
    const written = Object.keys(model.tables).map((table) => {
      const sql = `SELECT count(*) FROM "${table}" WHERE from_entry = @entry OR to_entry = @entry`;
      return db.prepare(sql).pluck().get({ entry }) as number;
    });
    return { read: count.rows, written: written.reduce((sum, rows) => sum + rows, 0) };
  });
  db.close();
  file.close();
  ledger.close();
  return costs;
}

describe.each(relations.map((relation, n) => [`${n + 1}. ${relation.model}`, relation] as const))(
  'the events of a timeline (%s)',
  (_, relation) => {
    it('cost as much in a long timeline as in a short one, wherever their dates lie', () => {
      const { first, period, stream } = relation;
      const at = (n: number): readonly AnyEvent[] => period(toDay(20 * n + 13), toDay(20 * n + 15));
      const [begun] = period(toDay(20 * 5 + 1), '');
      const reference = (n: number): string => `${stream}@${first.length + n}`;
      const groups = [
        at(10), // between two periods
        at(3),
        at(2),
        at(-1), // before all others
        relation.split?.(toDay(20 * 7 + 16), toDay(20 * 7 + 18)) ?? at(7),
        [corrected(reference(10), begun!.data)], // the sixth period begins a day later
        [retracted(reference(12)), retracted(reference(13))],
      ];
      const [short, long] = [20, 500].map((periods) => countCosts(relation, periods, groups));
      expect(long).toEqual(short);
      for (const { read, written } of long ?? []) {
        expect(written).toBeGreaterThan(0);
        expect(written).toBeLessThan(20);
        expect(read).toBeLessThan(120);
      }
    });
  },
);

it('an event of a timeline writes as many rows in a long one as in a short one, where the order of the dates is not legal', () => {
  const [relation] = relations as [Relation];
  const unsorted = { ...relation, first: [membership.joined('0999-05-15'), membership.ended('0999')] };
  const groups = [10, 3, 2].map((n) => relation.period(toDay(20 * n + 13), toDay(20 * n + 15)));
  const [short, long] = [20, 500].map((periods) =>
    countCosts(unsorted, periods, groups).map(({ written }) => written),
  );
  expect(long).toEqual(short);
  for (const written of long ?? []) expect(written).toBeLessThan(20);
});
