// Reads every route of a server.
import { publishedReadModels } from '../../../projections/index.js';
import type { TestServer } from '../../support/test-server.js';

type Ids = { readonly [parameter: string]: readonly string[] };

/** Reads a list to its end, page by page. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- responses are inspected without types
export async function fetchAllPages(book: TestServer, address: string, limit = 1000): Promise<any[]> {
  const items: unknown[] = [];
  let next: string | null = `${address}${address.includes('?') ? '&' : '?'}limit=${limit}`;
  while (next !== null) {
    const { status, json, text } = await book.get(next);
    if (status !== 200) throw new Error(`${next}: ${text}`);
    items.push(...json.items);
    next = json.next;
  }
  return items;
}

/** Every route of every read model, with all known ids, as of an entry and on a day. */
export async function listReadModelPaths(book: TestServer, asOf: number, on: string): Promise<string[]> {
  const idsAt = async (address: string) =>
    (await fetchAllPages(book, `${address}?asOf=${asOf}`)).map(({ id }) => id as string);
  const ids: Ids = {
    organization: await idsAt('/organizations'),
    person: await idsAt('/people'),
    meeting: await idsAt('/meetings'),
    source: await idsAt('/sources'),
  };
  return publishedReadModels.flatMap(({ routes }) =>
    routes.flatMap(({ path, day }) => {
      const [, parameter] = /:(\w+)/.exec(path) ?? [];
      const paths =
        parameter === undefined
          ? [path]
          : (ids[parameter] ?? []).map((id) => path.replace(`:${parameter}`, id));
      return paths.map((each) => `${each}?asOf=${asOf}${day ? `&${day}=${on}` : ''}`);
    }),
  );
}

/** Reads all these routes. */
export async function fetchPaths(
  book: TestServer,
  addresses: readonly string[],
): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const address of addresses) {
    const { status, text } = await book.get(address);
    said[address] = `${status} ${text}`;
  }
  return said;
}
