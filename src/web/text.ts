// Identifiers of the program as people read them.

/** `StatementRecorded`, `in-person` or `nameAsPrinted` as lower-case words; empty of what is not recorded. */
export const humanize = (identifier: string | null): string =>
  (identifier ?? '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase();

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** An identifier at the start of a sentence, or as a label. */
export const toLabel = (identifier: string | null): string => capitalize(humanize(identifier));

/** Such as `1 meeting` and `3 meetings`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** How often each value stands, in the order of first appearance; what is not recorded is not counted. */
export function countValues(
  values: Iterable<string | null>,
): readonly (readonly [value: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts];
}
