// The entries that changed a page: those that its answers name, and those of the streams that it stands on.
import type { Ledger } from '../ledger/ledger.js';
import type { PageState, Stop } from './page-state.js';

/** Of each stream, the last ones. */
const STREAM_ENTRIES_MAX = 500;

const ENTRY_MEMBERS: ReadonlySet<string> = new Set(['entry', 'entries']);

/** The entries that an answer, which is plain data, names in members called `entry` and `entries`. */
function collectEntries(value: unknown, found: Set<number>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value))
    if (ENTRY_MEMBERS.has(name))
      for (const entry of [member].flat())
        if (typeof entry === 'number') found.add(entry);
        else collectEntries(entry, found);
    else collectEntries(member, found);
}

function addStreamEntries(ledger: Ledger, stream: string, found: Set<number>): void {
  const last = ledger.getStreamRevision(stream);
  for (let revision = Math.max(0, last - STREAM_ENTRIES_MAX + 1); revision <= last; revision++) {
    const entry = ledger.findStreamEntryNumber(stream, revision);
    if (entry !== undefined) found.add(entry);
  }
}

type PageSources = {
  /** The entries that the page shows, or answers that name them. */
  readonly shown: unknown;
  /** Streams whose later entries may change the page. */
  readonly streams: readonly string[];
};

/** All of them, in order, and those that are nearest before and after the entry. */
export function findStops(
  ledger: Ledger,
  { shown, streams }: PageSources,
  entry: number,
): Pick<PageState, 'stops' | 'earlier' | 'later'> {
  const found = new Set<number>();
  collectEntries({ entries: shown }, found);
  for (const stream of streams) addStreamEntries(ledger, stream, found);
  const stops = [...found].sort((a, b) => a - b);
  const current = stops.findLast((stop) => stop <= entry);
  return {
    stops,
    // The state of the page is that of its last stop: what is earlier is the stop before it.
    earlier: readStop(
      ledger,
      stops.findLast((stop) => current !== undefined && stop < current),
    ),
    later: readStop(
      ledger,
      stops.find((stop) => stop > entry),
    ),
  };
}

function readStop(ledger: Ledger, number: number | undefined): Stop | undefined {
  const found = number === undefined ? undefined : ledger.findByNumber(number);
  return found && { entry: found.entry, recordedAt: found.recordedAt, type: found.type };
}
