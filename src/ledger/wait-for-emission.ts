import { firstValueFrom, map, type Observable, of, timeout } from 'rxjs';

/** Resolves to whether something comes within so many milliseconds; to false if nothing can come any more. */
export function waitForEmission(milliseconds: number, something: Observable<unknown>): Promise<boolean> {
  const there = something.pipe(
    map(() => true),
    timeout({ first: Math.max(0, milliseconds), with: () => of(false) }),
  );
  return firstValueFrom(there, { defaultValue: false });
}
