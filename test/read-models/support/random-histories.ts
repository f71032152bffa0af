// Random histories of shelves: facts, groups, corrections of anything said before, now and then a poisonous one.
import fc from 'fast-check';
import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { Book } from './test-ledger.js';
import { corrected, disputed, MISFIT, placed, POISON, retracted, swept, taken } from './shelves.js';

type Act = { readonly kind: string; readonly book: string; readonly title: string; readonly target: number };
type Step = { readonly shelf: string; readonly acts: readonly Act[] };

const title = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('A', 'B', 'C') },
  { weight: 1, arbitrary: fc.constantFrom(POISON, MISFIT) },
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
export const histories = fc.array(step, { minLength: 1, maxLength: 12 });

/** Writes a history into a new book. */
export function written(steps: readonly Step[]): Book {
  const book = new Book();
  const said = new Map<string, AnyEvent[]>();
  for (const { shelf, acts } of steps) {
    const stream = `shelf-${shelf}`;
    const before = said.get(stream) ?? [];
    const events: AnyEvent[] = [];
    for (const each of acts) events.push(eventOf(each, shelf, [...before, ...events]));
    said.set(stream, [...before, ...events]);
    if (events.length === 1) book.record(stream, events[0] as AnyEvent);
    else book.recordGroup(stream, events);
  }
  return book;
}

function eventOf({ kind, book, title, target }: Act, shelf: string, before: readonly AnyEvent[]): AnyEvent {
  const revision = before.length - 1 - target;
  const amended = before[revision];
  const fact = `shelf-${shelf}@${revision}`;
  if (kind === 'take') return taken(shelf, book);
  if (kind === 'sweep') return swept(shelf);
  if (kind === 'place' || !amended) return placed(shelf, book, title, [title]);
  if (kind === 'retract') return retracted(fact);
  if (kind === 'dispute') return disputed(fact);
  return corrected(fact, again(amended, shelf, book, title));
}

/** The same kind of fact in other words. */
function again(event: AnyEvent, shelf: string, book: string, title: string): AnyEvent {
  if (event.type === 'BookPlaced') return placed(shelf, book, title);
  if (event.type === 'BookTaken') return taken(shelf, book);
  return event;
}
