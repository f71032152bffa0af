// The HTTP client of the benchmarks, in its own process.
import autocannon from 'autocannon';

export const CONNECTIONS = 64;

export type LoadResult = { readonly perSecond: number; readonly p99: number };

/** Sends as many requests as possible over 64 connections for `seconds`. Throws unless all of them succeed. */
export async function runLoad(seconds: number, options: autocannon.Options): Promise<LoadResult> {
  const result = await autocannon({ connections: CONNECTIONS, duration: seconds, ...options });
  if (result.errors > 0 || result.non2xx > 0)
    throw new Error(`${options.url}: ${result.errors} errors, ${result.non2xx} answers other than 2xx`);
  return { perSecond: result['2xx'] / result.duration, p99: result.latency.p99 };
}
