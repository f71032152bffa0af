// The transaction log that the nodes of a double share: it orders the events and checks expected revisions.
// Decisions as KurrentDB's IndexWriter takes them (src/EventStore.Core/Services/Storage/ReaderIndex/IndexWriter.cs).
import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';

export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type RecordedEvent = ProposedEvent & {
  readonly stream: string;
  readonly revision: bigint;
  /** Ticks of 100 ns since 1970. */
  readonly created: bigint;
  /** The byte offset of the record in the log: both its commit and its prepare position. */
  readonly position: bigint;
  /** The byte offset after it, where the next record may begin. */
  readonly end: bigint;
};

export type ExpectedRevision = bigint | 'any' | 'no_stream' | 'stream_exists';

export type WriteOutcome =
  /** That of the last event; if the events were recorded before, that of the first time. */
  | { readonly outcome: 'recorded'; readonly revision: bigint; readonly position: bigint }
  | { readonly outcome: 'nothing'; readonly revision: bigint }
  | { readonly outcome: 'wrong-version'; readonly current: bigint }
  | { readonly outcome: 'deleted' };

/** A copy of the log at one time. */
export type LogBackup = { readonly records: readonly RecordedEvent[]; readonly end: bigint };

/** The revision before the first. */
export const NO_STREAM = -1n;
/** The revision of a tombstone, and the truncation mark of a soft-deleted stream. */
export const LAST_REVISION = 9_223_372_036_854_775_807n;
/** The position of the first event, behind an epoch record. */
const FIRST_POSITION = 1_167n;
const RECORD_OVERHEAD = 97;

const utf8 = new TextEncoder();

/** An event as a test defines it. */
export const createProposedEvent = (
  type: string,
  data: unknown,
  metadata?: unknown,
  id: string = randomUUID(),
): ProposedEvent => ({
  id,
  type,
  isJson: true,
  data: utf8.encode(JSON.stringify(data)),
  metadata: metadata === undefined ? new Uint8Array() : utf8.encode(JSON.stringify(metadata)),
});

export class TransactionLog {
  /** 'grown', after each append. */
  readonly events = new EventEmitter().setMaxListeners(0);
  #records: RecordedEvent[] = [];
  #streams = new Map<string, RecordedEvent[]>();
  /** Positions at which a read may begin, also if a scavenge has removed the record. */
  #boundaries = new Set<bigint>();
  #end = FIRST_POSITION;
  /** The ids of appends at `any` revision: in memory only, and lost with the leader. */
  #rememberedEvents = new Map<string, RecordedEvent>();
  #appends = 0;

  /** After so many appends the server records statistics of its own; 0 for never. */
  constructor(readonly statisticsAfter = 4) {
    this.#write('$user-admin', [createProposedEvent('$UserCreated', { loginName: 'admin' })]);
    this.#write('$$$stats-127.0.0.1:2113', [createProposedEvent('$metadata', { $maxAge: 86_400 })]);
  }

  append(readStream: string, expected: ExpectedRevision, events: readonly ProposedEvent[]): WriteOutcome {
    const outcome = this.#decide(readStream, expected, events);
    if (outcome !== 'write') return outcome;
    if (events.length === 0) return { outcome: 'nothing', revision: this.#currentRevision(readStream) };
    const before = this.#currentRevision(readStream);
    const revived = this.#isSoftDeleted(readStream);
    const last = this.#write(readStream, events);
    if (revived)
      this.#write(`$$${readStream}`, [createProposedEvent('$metadata', { $tb: Number(before + 1n) })]);
    this.#appends += 1;
    if (this.statisticsAfter > 0 && this.#appends % this.statisticsAfter === 0)
      this.#write('$stats-127.0.0.1:2113', [
        createProposedEvent('$statsCollected', { appends: this.#appends }),
      ]);
    this.events.emit('grown');
    return { outcome: 'recorded', revision: last.revision, position: last.position };
  }

  /** Hides the events of a stream; the next append to it continues with the next revision. */
  delete(stream: string, expected: ExpectedRevision): WriteOutcome {
    const outcome = this.#decide(stream, expected, [createProposedEvent('$metadata', {})]);
    if (outcome !== 'write') return outcome;
    if (this.#currentRevision(stream) === NO_STREAM && this.#currentRevision(`$$${stream}`) === NO_STREAM)
      return { outcome: 'wrong-version', current: NO_STREAM };
    const metadata = utf8.encode(`{"$tb":${LAST_REVISION}}`);
    const last = this.#write(`$$${stream}`, [{ ...createProposedEvent('$metadata', {}), data: metadata }]);
    this.events.emit('grown');
    return { outcome: 'recorded', revision: last.revision, position: last.position };
  }

  /** Ends the stream permanently. */
  tombstone(stream: string, expected: ExpectedRevision): WriteOutcome {
    const outcome = this.#decide(stream, expected, [createProposedEvent('$streamDeleted', {})]);
    if (outcome !== 'write') return outcome;
    const last = this.#write(stream, [createProposedEvent('$streamDeleted', {})], LAST_REVISION);
    this.events.emit('grown');
    return { outcome: 'recorded', revision: last.revision, position: last.position };
  }

  /** The events of $all, in order. */
  get all(): readonly RecordedEvent[] {
    return this.#records;
  }

  /** The visible events of a stream; null if it does not exist or was soft-deleted. */
  stream(stream: string): readonly RecordedEvent[] | null {
    const events = this.#streams.get(stream);
    if (events === undefined || this.#isSoftDeleted(stream)) return null;
    const { $tb = 0, $maxCount, $maxAge } = this.#readMetadata(stream);
    const oldest = $maxAge === undefined ? 0n : getTicks() - BigInt($maxAge) * 10_000_000n;
    return events.filter(
      ({ revision, created }, index) =>
        revision >= BigInt($tb) &&
        created >= oldest &&
        ($maxCount === undefined || index >= events.length - $maxCount),
    );
  }

  isTombstoned(stream: string): boolean {
    return this.#currentRevision(stream) === LAST_REVISION;
  }

  /** The events after this position, at most so many. */
  readAfter(position: bigint, limit: number): readonly RecordedEvent[] {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#records[middle]!.position > position) high = middle;
      else low = middle + 1;
    }
    return this.#records.slice(low, low + limit);
  }

  /** The position of the last event; -1 in an empty log. */
  get lastPosition(): bigint {
    return this.#records.at(-1)?.position ?? -1n;
  }

  /** Whether a read may begin here: at the beginning or the end of a record, or behind the end of the log. */
  isBoundary(position: bigint): boolean {
    return position === 0n || position >= this.#end || this.#boundaries.has(position);
  }

  /** A new leader does not have the ids that the old one remembered. */
  forgetIds(): void {
    this.#rememberedEvents.clear();
  }

  backup(): LogBackup {
    return { records: [...this.#records], end: this.#end };
  }

  /** Events since the backup are lost, and their positions are used again. */
  restore({ records, end }: LogBackup): void {
    this.#records = [...records];
    this.#end = end;
    this.#streams = Map.groupBy(records, ({ stream }) => stream);
    this.#boundaries = new Set(records.flatMap((event) => [event.position, event.end]));
    this.forgetIds();
  }

  /** Removes hidden events from $all, too: positions and revisions then have gaps. */
  scavenge(): void {
    const isSeen = (event: RecordedEvent): boolean =>
      event.revision === LAST_REVISION ||
      (!this.isTombstoned(event.stream) && this.stream(event.stream)?.includes(event) === true);
    const kept = this.#records.filter(
      (event) => isSeen(event) || this.#streams.get(event.stream)?.at(-1) === event,
    );
    const boundaries = this.#boundaries;
    this.restore({ records: kept, end: this.#end });
    this.#boundaries = boundaries;
  }

  /** Replaces an event by another one with the same position and revision, which no intact server does. */
  replace(event: RecordedEvent, by: Partial<RecordedEvent>): void {
    const replaced = { ...event, ...by };
    this.restore({
      records: this.#records.map((each) => (each === event ? replaced : each)),
      end: this.#end,
    });
  }

  #decide(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): WriteOutcome | 'write' {
    const current = this.#currentRevision(stream);
    const wrong: WriteOutcome = { outcome: 'wrong-version', current };
    if (current === LAST_REVISION) return { outcome: 'deleted' };
    if (expected === 'stream_exists') {
      if (this.#isSoftDeleted(stream)) return { outcome: 'deleted' };
      if (current < 0n && this.#currentRevision(`$$${stream}`) < 0n) return wrong;
    }
    if (expected === 'any' || expected === 'stream_exists') {
      const known = events.map(({ id }) => this.#rememberedEvents.get(`${stream} ${id}`));
      // Nothing is compared behind the first unknown id: known ids after it do not matter.
      const unknown = known.indexOf(undefined);
      if (unknown === 0 || events.length === 0) return 'write';
      return unknown > 0 ? wrong : toRecordedOutcome(known.at(-1)!);
    }
    const at = expected === 'no_stream' ? NO_STREAM : expected;
    if (at > current) return wrong;
    if (at === current) return 'write';
    const recorded = this.#streams.get(stream) ?? [];
    const known = events.map(({ id }, index) =>
      recorded.find((event) => event.revision === at + 1n + BigInt(index) && event.id === id),
    );
    if (known.length > 0 && !known.includes(undefined)) return toRecordedOutcome(known.at(-1)!);
    return at === NO_STREAM && known[0] === undefined && this.#isSoftDeleted(stream) ? 'write' : wrong;
  }

  #write(stream: string, events: readonly ProposedEvent[], at?: bigint): RecordedEvent {
    const recorded = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, recorded);
    for (const event of events) {
      const size = RECORD_OVERHEAD + stream.length + event.type.length + event.data.length;
      const position = this.#end;
      this.#end += BigInt(size + event.metadata.length);
      const revision = at ?? (recorded.at(-1)?.revision ?? NO_STREAM) + 1n;
      const entry = { ...event, stream, revision, created: getTicks(), position, end: this.#end };
      recorded.push(entry);
      this.#records.push(entry);
      this.#boundaries.add(position).add(this.#end);
      this.#rememberedEvents.set(`${stream} ${event.id}`, entry);
    }
    return recorded.at(-1)!;
  }

  #currentRevision(stream: string): bigint {
    return this.#streams.get(stream)?.at(-1)?.revision ?? NO_STREAM;
  }

  #readMetadata(stream: string): {
    readonly $tb?: number;
    readonly $maxCount?: number;
    readonly $maxAge?: number;
  } {
    const last = this.#streams.get(`$$${stream}`)?.at(-1);
    return last === undefined ? {} : JSON.parse(new TextDecoder().decode(last.data));
  }

  #isSoftDeleted(stream: string): boolean {
    return this.#readMetadata(stream).$tb === Number(LAST_REVISION);
  }
}

const toRecordedOutcome = ({ revision, position }: RecordedEvent): WriteOutcome => ({
  outcome: 'recorded',
  revision,
  position,
});

const getTicks = (): bigint => BigInt(Date.now()) * 10_000n;
