// What must be true of the book after every restart, checked over HTTP by one who knows what the clients were told.
import { hash } from 'node:crypto';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { Recorded } from '../../../src/eventsourcing/message.js';
import { leafOf } from '../../ledger/support/ledger-integrity.js';
import { day, MEMBERS, type Sent, type Told } from './write-clients.js';

type Shown = Recorded & { readonly leaf: string };

export class History {
  /** Every entry that was ever shown, as it was shown. */
  readonly #shown: string[] = [];
  readonly #byKey = new Map<string, Shown[]>();
  readonly #heads = new Map<string, Shown>();
  readonly #memberships = new Map<string, Shown[]>();
  /** What the clients were told, of all times. */
  readonly told = new Map<Sent, Told>();

  get length(): number {
    return this.#shown.length;
  }

  /** Those of whom it is not known yet whether they are in the book. */
  get unknown(): readonly Sent[] {
    return [...this.told].filter(([, { is }]) => is === 'unknown').map(([sent]) => sent);
  }

  async check(url: string): Promise<void> {
    await this.#read(url);
    this.#checkTold();
    await this.#checkMembers(url);
  }

  /** Reads the book from its first entry. What was there before must be there, byte by byte. */
  async #read(url: string): Promise<void> {
    let position = 0;
    for (let path: string | null = '/events?limit=1000'; path !== null;) {
      const response = await fetch(url + path);
      const page = (await response.json()) as { items: Shown[]; next: string | null };
      for (const each of page.items) {
        const text = JSON.stringify(each);
        if (position < this.#shown.length) equal(`entry ${position + 1}`, text, this.#shown[position]);
        else this.#add(each, text);
        position++;
      }
      path = page.next;
    }
    equal('the number of entries, which never shrinks', position, this.#shown.length);
  }

  #add(each: Shown, text: string): void {
    const before = this.#heads.get(each.stream);
    equal('the next entry', each.entry, this.#shown.length + 1);
    equal(`the revision of entry ${each.entry}`, each.revision, (before?.revision ?? -1) + 1);
    const { entry, id, stream, revision, type, recordedAt } = each;
    const leaf = leafOf({
      entry,
      id,
      stream,
      revision,
      type,
      recordedAt,
      data: canonicalJson(each.data),
      metadata: canonicalJson(each.metadata),
      previous: before ? Buffer.from(before.leaf, 'hex') : null,
      leaf: Buffer.alloc(0),
    });
    equal(`the leaf of entry ${each.entry}`, each.leaf, leaf.toString('hex'));
    this.#shown.push(text);
    this.#heads.set(each.stream, each);
    const key = each.metadata.request?.key ?? '';
    this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), each]);
    if (!each.stream.startsWith('membership-')) return;
    const member = each.data['member'] as string;
    this.#memberships.set(member, [...(this.#memberships.get(member) ?? []), each]);
  }

  #checkTold(): void {
    for (const [sent, told] of this.told) {
      const found = this.#byKey.get(hash('sha256', canonicalJson(['admin', sent.key]))) ?? [];
      const what = `${sent.key} ${sent.path}, told ${told.is}`;
      if (told.is === 'recorded')
        equal(
          what,
          found.map(({ id, type, entry }) => ({ id, type, entry })),
          told.events,
        );
      if (told.is === 'refused') equal(what, found.length, 0);
      // All of a group or none, and never twice.
      if (told.is === 'unknown' && found.length > 0) equal(what, found.length, sent.facts);
      for (const [index, { metadata }] of found.entries())
        equal(what, metadata.group, found.length > 1 ? { index, of: found.length } : undefined);
    }
  }

  /** The read model says what the facts say. Each day has one fact at most, so the last one before a day decides. */
  async #checkMembers(url: string): Promise<void> {
    if (!this.#heads.has('organization-org')) return;
    const latest = Math.max(0, ...[...this.told.keys()].map(({ number }) => number)) + 1;
    for (const on of [latest, Math.floor(latest / 2), Math.floor(latest / 3)].map(day)) {
      const expected: object[] = [];
      for (const [member, facts] of this.#memberships) {
        const last = facts
          .filter(({ data }) => (data['effective'] as string) <= on)
          .sort((a, b) => ((a.data['effective'] as string) < (b.data['effective'] as string) ? -1 : 1))
          .at(-1);
        if (last?.type === 'MemberJoined')
          expected.push({ member, since: last.data['effective'], entry: last.entry });
      }
      const path = `/organizations/org/members?on=${on}&asOf=${this.length}&limit=${MEMBERS}`;
      let answer = await fetch(url + path);
      // The server waits for the read model before it says so; how long a folding takes is not the question.
      while (answer.status === 503) answer = await fetch(url + path);
      const text = await answer.text();
      equal(`the members on ${on}: ${text}`, answer.status, 200);
      const { items } = JSON.parse(text) as {
        items: { member: string; since: { edtf?: string; text?: string }; entries: number[] }[];
      };
      equal(
        `the members on ${on}`,
        items.map(({ member, since, entries }) => ({
          member,
          since: Object.values(since)[0],
          entry: entries[0],
        })),
        expected.sort((a, b) =>
          (a as { member: string }).member < (b as { member: string }).member ? -1 : 1,
        ),
      );
    }
  }
}

/** Like `expect(...).toEqual(...)`, which is too slow for hundreds of thousands of comparisons. */
export function equal(what: string, found: unknown, expected: unknown): void {
  if (found === expected || JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}
