// The state that a page shows, in both times, and the addresses of the same page in others.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { formatAddress } from '../api/shared/permalinks.js';
import { addSuffix, type Suffix } from '../http/representation.js';

/** A fact that changed the page. */
export type Stop = { readonly entry: number; readonly recordedAt: string; readonly type: string };

export type PageState = {
  /** The path without suffix, percent-encoded. */
  readonly path: string;
  /** The parameters that choose what is shown: filters, languages and place in a list. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** The parameter in valid time with its day; undefined if the page has none. */
  readonly day:
    { readonly name: 'on' | 'from'; readonly value: string; readonly isGiven: boolean } | undefined;
  readonly entry: number;
  /** When that entry was recorded; null of an empty book. */
  readonly recordedAt: string | null;
  readonly head: number;
  /** Whether the address names the entry. */
  readonly isPinned: boolean;
  readonly earlier: Stop | undefined;
  readonly later: Stop | undefined;
  /** The entries that changed the page, in order. */
  readonly stops: readonly number[];
  readonly formats: readonly ('json' | 'csv')[];
  /** How many streams the answers leave out. */
  readonly degraded: number;
};

type Change = { readonly entry?: number | undefined; readonly day?: string | undefined };

/** The address of the page with another entry or day; undefined of either leaves it out. */
function formatState({ path, parameters, day }: PageState, change: Change, suffix?: Suffix): string {
  const all = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
  if (change.entry !== undefined) all.set('asOf', String(change.entry));
  if (day && change.day !== undefined) all.set(day.name, change.day);
  const address = addSuffix(path, suffix);
  return all.size === 0 ? address : formatAddress(address, all);
}

/** The address that always shows this state. */
export const formatPinnedAddress = (state: PageState, suffix?: Suffix): string =>
  formatState(state, { entry: state.entry, day: state.day?.value }, suffix);

/** The address that shows the present state; of a day only if it was given. */
export const formatPresentAddress = (state: PageState): string =>
  formatState(state, { day: state.day?.isGiven ? state.day.value : undefined });

/** The address of the same page as of another entry. */
export const formatStopAddress = (state: PageState, entry: number): string =>
  formatState(state, { entry, day: state.day?.value });

/** The parameters that a form of the page keeps beside the one that it asks for. */
export function listKeptParameters(
  state: PageState,
  omitted: 'asOf' | 'day',
): readonly (readonly [name: string, value: string])[] {
  const { parameters, day, entry, isPinned } = state;
  if (omitted === 'asOf') return day?.isGiven ? [...parameters, [day.name, day.value]] : parameters;
  return isPinned ? [...parameters, ['asOf', String(entry)]] : parameters;
}

export const PageStateContext = createContext<PageState | undefined>(undefined);

/** The state of the page that is being rendered; undefined on pages that show no records. */
export const usePageState = (): PageState | undefined => useContext(PageStateContext);
