// Compares changes, as a client reads them, with what GET shows.
import { expect } from '@jest/globals';
import type { TestServer } from '../../../support/test-server.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

export type Change = {
  readonly projection: string;
  readonly list: string;
  readonly key: Record<string, unknown>;
  readonly before: Record<string, any> | null;
  readonly after: Record<string, any> | null;
  readonly entry: number;
  readonly event: string;
  readonly actor: string;
  readonly reason: string | null;
};

/** Reads what a `list` shows as of an entry. Each address is read once. */
export class ChangeVerifier {
  readonly #answers = new Map<string, Promise<any>>();

  constructor(private readonly node: TestServer) {}

  /** Reads the items of a list; undefined if the address is not that of a list. */
  async readItems(list: string, entry: number): Promise<any[] | undefined> {
    const [address = '', pointer] = list.split('#/');
    const answer = await this.#get(address, entry);
    const items: unknown = pointer === undefined ? answer?.items : answer?.[pointer];
    return Array.isArray(items) ? items : undefined;
  }

  /** Reads the expected `before` or `after` of a change; null if GET shows nothing. */
  async readShown({ list, key }: Change, entry: number): Promise<unknown> {
    const [address = '', pointer] = list.split('#/');
    const answer = await this.#get(address, entry);
    if (answer === undefined) return null;
    if (pointer !== undefined && Object.keys(key).length === 0) return answer[pointer];
    const items = await this.readItems(list, entry);
    return items ? (items.find((item) => isItem(item, key)) ?? null) : answer;
  }

  /** Checks both sides of a change. */
  async check(change: Change): Promise<void> {
    const { list, key, before, after, entry } = change;
    expect([list, key, entry - 1, before]).toEqual([list, key, entry - 1, await this.readShown(change, entry - 1)]); // prettier-ignore
    expect([list, key, entry, after]).toEqual([list, key, entry, await this.readShown(change, entry)]);
    expect(after).not.toEqual(before);
  }

  #get(address: string, entry: number): Promise<any> {
    const url = `${address}${address.includes('?') ? '&' : '?'}asOf=${entry}`;
    const known = this.#answers.get(url) ?? this.#fetch(url);
    this.#answers.set(url, known);
    return known;
  }

  async #fetch(url: string): Promise<any> {
    const { status, json } = await this.node.get(url);
    if (status === 404) return undefined;
    expect([url, status]).toEqual([url, 200]);
    for (let { next } = json; next;) {
      const page = (await this.node.get(next)).json;
      json.items.push(...page.items);
      next = page.next;
    }
    return json;
  }
}

const isItem = (item: any, key: Record<string, unknown>): boolean =>
  Object.entries(key).every(([member, value]) => item[member] === value);
