// Random histories of shelves: events, groups, corrections of any earlier event, and a few on which a handler fails.
import fc from 'fast-check';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { TestLedger } from './test-ledger.js';
import {
  factCorrected,
  factDisputed,
  INVALID_TITLE,
  bookPlaced,
  FAILING_TITLE,
  factRetracted,
  shelfSwept,
  bookTaken,
} from './shelves.js';

type Act = { readonly kind: string; readonly book: string; readonly title: string; readonly target: number };
type Step = { readonly shelf: string; readonly acts: readonly Act[] };

const title = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('A', 'B', 'C') },
  { weight: 1, arbitrary: fc.constantFrom(FAILING_TITLE, INVALID_TITLE) },
);
const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom('place', 'place', 'take', 'sweep', 'correct', 'retract', 'dispute'),
  book: fc.constantFrom('1', '2'),
  title,
  target: fc.nat({ max: 6 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  shelf: fc.constantFrom('x', 'y'),
  acts: fc.oneof(
    { weight: 3, arbitrary: fc.array(act, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(act, { minLength: 2, maxLength: 4 }) },
  ),
});
export const arbitraryHistory = fc.array(step, { minLength: 1, maxLength: 12 });

/** Writes a history into a new ledger. */
export function recordHistory(steps: readonly Step[]): TestLedger {
  const book = new TestLedger();
  const said = new Map<string, AnyEvent[]>();
  for (const { shelf, acts } of steps) {
    const stream = `shelf-${shelf}`;
    const before = said.get(stream) ?? [];
    const events: AnyEvent[] = [];
    for (const each of acts) events.push(toEvent(each, shelf, [...before, ...events]));
    said.set(stream, [...before, ...events]);
    if (events.length === 1) book.record(stream, events[0] as AnyEvent);
    else book.recordGroup(stream, events);
  }
  return book;
}

function toEvent({ kind, book, title, target }: Act, shelf: string, before: readonly AnyEvent[]): AnyEvent {
  const revision = before.length - 1 - target;
  const amended = before[revision];
  const fact = `shelf-${shelf}@${revision}`;
  if (kind === 'take') return bookTaken(shelf, book);
  if (kind === 'sweep') return shelfSwept(shelf);
  if (kind === 'place' || !amended) return bookPlaced(shelf, book, title, [title]);
  if (kind === 'retract') return factRetracted(fact);
  if (kind === 'dispute') return factDisputed(fact);
  return factCorrected(fact, reword(amended, shelf, book, title));
}

/** The same kind of event with other data. */
function reword(event: AnyEvent, shelf: string, book: string, title: string): AnyEvent {
  if (event.type === 'BookPlaced') return bookPlaced(shelf, book, title);
  if (event.type === 'BookTaken') return bookTaken(shelf, book);
  return event;
}
