/** A signal that aborts on the first SIGINT or SIGTERM, so that work ends in order; a second one ends the process. */
export function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
