import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toRecordedEvent } from '../../src/ledger/entry.js';
import type { AnyReadModel } from '../../src/read-models/declaration/read-model.js';
import type { TestLedger } from './support/test-ledger.js';
import { projectInProcess, readRowsAsOf, readVersions } from './support/project-in-process.js';
import { arbitraryHistory, recordHistory } from './support/random-histories.js';
import { computeExpectedRows } from './support/expected-rows.js';
import { placings, shelves } from './support/shelves.js';

/** Checks something of the book that every random history makes. */
function always(check: (book: TestLedger) => void, numRuns: number): void {
  fc.assert(
    fc.property(arbitraryHistory, (steps) => {
      const book = recordHistory(steps);
      try {
        check(book);
      } finally {
        book.remove();
      }
    }),
    { numRuns },
  );
}

const eventsOf = (book: TestLedger) => {
  const ledger = book.open();
  try {
    return ledger.readAfter(0, book.head).map(toRecordedEvent);
  } finally {
    ledger.close();
  }
};
const ends = (book: TestLedger) =>
  eventsOf(book)
    .filter(({ metadata: { group } }) => !group || group.index === group.of - 1)
    .map(({ entry }) => entry);

describe.each([shelves, placings] as AnyReadModel[])('for any history, $name', (model) => {
  it('as of each entry holds what its effective history leads to', () => {
    always((book) => {
      const { file } = projectInProcess(book, { model });
      let last: unknown;
      for (const [entry, rows] of computeExpectedRows(model, eventsOf(book))) {
        // Inside a group nothing of it is to be seen yet.
        last = ends(book).includes(entry) || entry === 0 ? rows : last;
        expect({ entry, rows: readRowsAsOf(file, entry, model) }).toEqual({ entry, rows: last });
      }
    }, 60);
  });

  it('as of each entry holds what a fold of only the entries up to it gives', () => {
    always((book) => {
      const { file } = projectInProcess(book, { model });
      for (const entry of ends(book)) {
        const upTo = projectInProcess(book, { model, upTo: entry });
        expect(upTo.entry).toBe(entry);
        expect(readRowsAsOf(file, entry, model)).toEqual(readRowsAsOf(upTo.file, entry, model));
      }
    }, 15);
  });

  it('comes out the same, row number by row number, however the entries are cut into batches', () => {
    fc.assert(
      fc.property(
        arbitraryHistory,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat({ max: 20 })),
        (steps, batch, cuts) => {
          const book = recordHistory(steps);
          try {
            const stops = cuts.sort((a, b) => a - b).map((cut) => Math.min(cut, book.head));
            const whole = readVersions(projectInProcess(book, { model }).file, model);
            expect(readVersions(projectInProcess(book, { model, batch, stops }).file, model)).toEqual(whole);
          } finally {
            book.remove();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes a version only where a row changes', () => {
    always((book) => {
      const { parked: _, ...tables } = readVersions(projectInProcess(book, { model }).file, model);
      for (const rows of Object.values(tables)) {
        for (const { from_entry, to_entry } of rows) expect(from_entry).toBeLessThan(to_entry);
        const told = ({ row: _row, from_entry: _from, to_entry: _to, ...values }: (typeof rows)[number]) =>
          values;
        const closings = rows.map((row) => JSON.stringify([row.to_entry, told(row)]));
        for (const row of rows) expect(closings).not.toContain(JSON.stringify([row.from_entry, told(row)]));
      }
    }, 40);
  });
});
