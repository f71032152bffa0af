import { filter, firstValueFrom, type Observable, of, timeout } from 'rxjs';

/**
 * Resolves to the first value that satisfies the predicate; to undefined if none does within `timeoutMs`, or if the
 * observable completes before. Rejects if the observable fails.
 */
export function waitFor<T>(
  values: Observable<T>,
  predicate: (value: T) => boolean,
  timeoutMs: number,
): Promise<T | undefined> {
  const found = values.pipe(
    filter(predicate),
    timeout({ first: Math.max(0, timeoutMs), with: () => of(undefined) }),
  );
  return firstValueFrom(found, { defaultValue: undefined });
}
