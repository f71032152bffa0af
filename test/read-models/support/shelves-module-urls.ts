// Modules that the engine's threads load.
export const SHELVES_MODULE_URL = new URL('./shelves.js', import.meta.url);
/** The same, declared as version 2. */
export const SHELVES_VERSION_2_MODULE_URL = new URL('./shelves-version-2.js', import.meta.url);
/** The same with a handler that does not come back from FAILING_TITLE. */
export const SHELVES_WITH_HANGING_HANDLER_MODULE_URL = new URL(
  './shelves-with-hanging-handler.js',
  import.meta.url,
);
