// Modules that the engine's threads load.
export const SHELVES = new URL('./shelves.js', import.meta.url);
/** The same, declared as version 2. */
export const SHELVES_2 = new URL('./shelves-version-2.js', import.meta.url);
