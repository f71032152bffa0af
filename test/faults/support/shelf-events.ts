import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { placed, retracted, taken } from '../../read-models/support/shelves.js';

/** The n-th fact of a book, from 1. Now and then a title is long enough that the log is soon written into the main file. */
export function fact(n: number): readonly [stream: string, event: AnyEvent] {
  const shelf = String(n % 3);
  if (n % 7 === 0) return [`shelf-${shelf}`, retracted(`shelf-${shelf}@0`)];
  if (n % 5 === 0) return [`shelf-${shelf}`, taken(shelf, String((n - 3) % 4))];
  return [`shelf-${shelf}`, placed(shelf, String(n % 4), `${'Emma '.repeat(n % 4 === 0 ? 2_000 : 2)}${n}`)];
}
