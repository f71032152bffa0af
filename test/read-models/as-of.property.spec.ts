import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toRecordedEvent } from '../../src/ledger/entry.js';
import type { AnyReadModel } from '../../src/read-models/declaration/read-model.js';
import type { TestLedger } from './support/test-ledger.js';
import { projectInProcess, readRowsAsOf, readRowVersions } from './support/project-in-process.js';
import { arbitraryHistory, recordHistory } from './support/random-histories.js';
import { computeExpectedRows } from './support/expected-rows.js';
import { placings, shelves } from './support/shelves.js';

/** Runs a check on the ledger of each of `numRuns` random histories. */
function checkForAnyHistory(check: (book: TestLedger) => void, numRuns: number): void {
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

const readAllEvents = (book: TestLedger) => {
  const ledger = book.open();
  try {
    return ledger.readAfter(0, book.head).map(toRecordedEvent);
  } finally {
    ledger.close();
  }
};
const listGroupEnds = (book: TestLedger) =>
  readAllEvents(book)
    .filter(({ metadata: { group } }) => !group || group.index === group.of - 1)
    .map(({ entry }) => entry);

describe.each([shelves, placings] as AnyReadModel[])('$name, for any history,', (model) => {
  it('holds the rows of its effective history as of each entry', () => {
    checkForAnyHistory((book) => {
      const { file } = projectInProcess(book, { model });
      let last: unknown;
      for (const [entry, rows] of computeExpectedRows(model, readAllEvents(book))) {
        // Inside a group none of its events is visible yet.
        last = listGroupEnds(book).includes(entry) || entry === 0 ? rows : last;
        expect({ entry, rows: readRowsAsOf(file, entry, model) }).toEqual({ entry, rows: last });
      }
    }, 60);
  });

  it('holds the same rows as of each entry as a projection that ends at that entry', () => {
    checkForAnyHistory((book) => {
      const { file } = projectInProcess(book, { model });
      for (const entry of listGroupEnds(book)) {
        const upTo = projectInProcess(book, { model, upTo: entry });
        expect(upTo.entry).toBe(entry);
        expect(readRowsAsOf(file, entry, model)).toEqual(readRowsAsOf(upTo.file, entry, model));
      }
    }, 15);
  });

  it('has the same rows and row numbers for any division of the entries into batches', () => {
    fc.assert(
      fc.property(
        arbitraryHistory,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat({ max: 20 })),
        (steps, batch, cuts) => {
          const book = recordHistory(steps);
          try {
            const stops = cuts.sort((a, b) => a - b).map((cut) => Math.min(cut, book.head));
            const whole = readRowVersions(projectInProcess(book, { model }).file, model);
            expect(readRowVersions(projectInProcess(book, { model, batch, stops }).file, model)).toEqual(
              whole,
            );
          } finally {
            book.remove();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('adds a row version only where a row changes', () => {
    checkForAnyHistory((book) => {
      const { parked: _, ...tables } = readRowVersions(projectInProcess(book, { model }).file, model);
      for (const rows of Object.values(tables)) {
        for (const { from_entry, to_entry } of rows) expect(from_entry).toBeLessThan(to_entry);
        const getValues = ({
          row: _row,
          from_entry: _from,
          to_entry: _to,
          ...values
        }: (typeof rows)[number]) => values;
        const closings = rows.map((row) => JSON.stringify([row.to_entry, getValues(row)]));
        for (const row of rows)
          expect(closings).not.toContain(JSON.stringify([row.from_entry, getValues(row)]));
      }
    }, 40);
  });
});
