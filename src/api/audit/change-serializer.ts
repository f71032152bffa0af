// Items of lists that changed, with the event that changed them.
import type { Request } from '../../http/request.js';
import type { Json } from '../../json/json.js';
import { toRecordedEvent } from '../../ledger/entry.js';
import type { Ledger } from '../../ledger/ledger.js';
import type { PublishedReadModel } from '../../read-models/declaration/route.js';
import { formatPublicPath } from '../../http/public-address.js';
import { addSuffix } from '../../http/representation.js';
import type { ItemChange } from '../../read-models/reading/item-changes.js';

/** The entry behind a change; of events recorded together the last one. */
type ChangeCause = {
  readonly event: string;
  readonly actor: string;
  readonly reason: string | null;
};

/** For one answer: an entry often changes many items, and is read once. */
export class ChangeSerializer {
  readonly #causesByEntry = new Map<number, ChangeCause>();

  constructor(
    private readonly ledger: Ledger,
    private readonly published: readonly PublishedReadModel[],
    private readonly request: Request,
  ) {}

  serialize(projection: string, change: ItemChange): Json {
    const { entry, key, before, after } = change;
    return {
      projection,
      list: this.#formatList(projection, change),
      key,
      before,
      after,
      entry,
      ...this.#findCause(entry),
    } as Json;
  }

  /**
   * The address of the list or record, as clients reach it. The member of a record that the item belongs to is its
   * fragment, a JSON pointer (RFC 6901, section 6).
   */
  #formatList(projection: string, { query, path, day }: ItemChange): string {
    const routes = this.published.find(({ model }) => model.name === projection)?.routes ?? [];
    const route =
      routes.find((route) => route.query === query) ??
      routes.find(({ parts = {} }) => Object.values(parts).includes(query));
    if (!route) throw new TypeError(`${projection} has no route that shows '${query}'.`);
    const [member] = Object.entries(route.parts ?? {}).find(([, part]) => part === query) ?? [];
    const address = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(path[name] ?? ''),
    );
    return [
      formatPublicPath(this.request, addSuffix(address)),
      ...(day !== null && route.day ? [`?${route.day}=${day}`] : []),
      ...(member === undefined ? [] : [`#/${member}`]),
    ].join('');
  }

  #findCause(entry: number): ChangeCause | undefined {
    const known = this.#causesByEntry.get(entry);
    if (known) return known;
    const found = this.ledger.findByNumber(entry);
    if (!found) return undefined;
    const { id, data, metadata } = toRecordedEvent(found);
    const cause = {
      event: id,
      actor: metadata.actor,
      reason: typeof data['reason'] === 'string' ? data['reason'] : null,
    };
    this.#causesByEntry.set(entry, cause);
    return cause;
  }
}
