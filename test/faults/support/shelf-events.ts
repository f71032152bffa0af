import type { AnyEvent } from '../../../src/eventsourcing/message.js';
import { bookPlaced, factRetracted, bookTaken } from '../../read-models/support/shelves.js';

/** The n-th event of a ledger, from 1. Some titles are long, so that a wal_checkpoint happens soon. */
export function createShelfEvent(n: number): readonly [stream: string, event: AnyEvent] {
  const shelf = String(n % 3);
  if (n % 7 === 0) return [`shelf-${shelf}`, factRetracted(`shelf-${shelf}@0`)];
  if (n % 5 === 0) return [`shelf-${shelf}`, bookTaken(shelf, String((n - 3) % 4))];
  return [
    `shelf-${shelf}`,
    bookPlaced(shelf, String(n % 4), `${'Emma '.repeat(n % 4 === 0 ? 2_000 : 2)}${n}`),
  ];
}
