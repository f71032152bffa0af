// Invariants of the ledger after every restart, checked over HTTP against what the clients were answered.
import { hash } from 'node:crypto';
import { canonicalJson } from '../../../src/json/canonical-json.js';
import type { RecordedEvent } from '../../../src/eventsourcing/message.js';
import { computeLeafHash } from '../../ledger/support/ledger-integrity.js';
import { toEffectiveDate, MEMBER_COUNT, type SentRequest, type RequestOutcome } from './write-clients.js';

type ReceivedEntry = RecordedEvent & { readonly leaf: string };

export class HistoryChecker {
  /** Every entry as it was first read, as JSON. */
  readonly #entries: string[] = [];
  readonly #byKey = new Map<string, ReceivedEntry[]>();
  readonly #heads = new Map<string, ReceivedEntry>();
  readonly #memberships = new Map<string, ReceivedEntry[]>();
  /** The outcome of every request of all runs. */
  readonly outcomes = new Map<SentRequest, RequestOutcome>();

  get length(): number {
    return this.#entries.length;
  }

  /** Requests whose outcome is not known yet. */
  get unresolvedRequests(): readonly SentRequest[] {
    return [...this.outcomes].filter(([, { is }]) => is === 'unknown').map(([sent]) => sent);
  }

  async check(url: string): Promise<void> {
    await this.#readEntries(url);
    this.#checkOutcomes();
    await this.#checkMembers(url);
  }

  /** Reads the ledger from the first entry. Entries that were read before must be equal, byte by byte. */
  async #readEntries(url: string): Promise<void> {
    let position = 0;
    for (let path: string | null = '/events?limit=1000'; path !== null;) {
      const response = await fetch(url + path);
      const page = (await response.json()) as { items: ReceivedEntry[]; next: string | null };
      for (const each of page.items) {
        const text = JSON.stringify(each);
        if (position < this.#entries.length)
          assertEqual(`entry ${position + 1}`, text, this.#entries[position]);
        else this.#addEntry(each, text);
        position++;
      }
      path = page.next;
    }
    assertEqual('the number of entries, which never shrinks', position, this.#entries.length);
  }

  #addEntry(each: ReceivedEntry, text: string): void {
    const before = this.#heads.get(each.stream);
    assertEqual('the next entry', each.entry, this.#entries.length + 1);
    assertEqual(`the revision of entry ${each.entry}`, each.revision, (before?.revision ?? -1) + 1);
    const { entry, id, stream, revision, type, recordedAt } = each;
    const leaf = computeLeafHash({
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
    assertEqual(`the leaf of entry ${each.entry}`, each.leaf, leaf.toString('hex'));
    this.#entries.push(text);
    this.#heads.set(each.stream, each);
    const key = each.metadata.request?.key ?? '';
    this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), each]);
    if (!each.stream.startsWith('membership-')) return;
    const member = each.data['member'] as string;
    this.#memberships.set(member, [...(this.#memberships.get(member) ?? []), each]);
  }

  #checkOutcomes(): void {
    for (const [sent, outcome] of this.outcomes) {
      const found = this.#byKey.get(hash('sha256', canonicalJson(['admin', sent.key]))) ?? [];
      const what = `${sent.key} ${sent.path}, outcome ${outcome.is}`;
      if (outcome.is === 'recorded')
        assertEqual(
          what,
          found.map(({ id, type, entry }) => ({ id, type, entry })),
          outcome.events,
        );
      if (outcome.is === 'refused') assertEqual(what, found.length, 0);
      // Of a group either all events or none, and never twice.
      if (outcome.is === 'unknown' && found.length > 0) assertEqual(what, found.length, sent.facts);
      for (const [index, { metadata }] of found.entries())
        assertEqual(what, metadata.group, found.length > 1 ? { index, of: found.length } : undefined);
    }
  }

  /** The read model agrees with the events. Each day has at most one event, so the last one before a day decides. */
  async #checkMembers(url: string): Promise<void> {
    if (!this.#heads.has('organization-org')) return;
    const latest = Math.max(0, ...[...this.outcomes.keys()].map(({ number }) => number)) + 1;
    for (const on of [latest, Math.floor(latest / 2), Math.floor(latest / 3)].map(toEffectiveDate)) {
      const expected: object[] = [];
      for (const [member, facts] of this.#memberships) {
        const last = facts
          .filter(({ data }) => (data['effective'] as string) <= on)
          .sort((a, b) => ((a.data['effective'] as string) < (b.data['effective'] as string) ? -1 : 1))
          .at(-1);
        if (last?.type === 'MemberJoined')
          expected.push({ member, since: last.data['effective'], entry: last.entry });
      }
      const path = `/organizations/org/members?on=${on}&asOf=${this.length}&limit=${MEMBER_COUNT}`;
      let answer = await fetch(url + path);
      // A 503 means that the read model is behind; the time that a projection takes is not tested here.
      while (answer.status === 503) answer = await fetch(url + path);
      const text = await answer.text();
      assertEqual(`the members on ${on}: ${text}`, answer.status, 200);
      const { items } = JSON.parse(text) as {
        items: { member: string; since: { edtf?: string; text?: string }; entries: number[] }[];
      };
      assertEqual(
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
export function assertEqual(what: string, found: unknown, expected: unknown): void {
  if (found === expected || JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}
