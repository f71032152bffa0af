// The checkpoints of a cluster lie in the stream `<prefix>!checkpoints`, as events of this shape. It is stored forever: a
// new shape is read beside the old one.
//
//   CheckpointSigned { "note": "<C2SP tlog-checkpoint>", "key": "<vkey of the key that signed it>" }
//
// Whoever appends has compared all that stand before it with its own tree, so no two contradict each other. The key of
// the first is the book's. Every node compares every one, as soon as it has as many entries.
import { randomUUID } from 'node:crypto';
import { filter, merge, Subject } from 'rxjs';
import type { JsonObject } from '../../../eventsourcing/message.js';
import { type Checkpoint, readCheckpoint, signed, unverified } from '../../checkpoints/checkpoint.js';
import type { CheckpointFile } from '../../checkpoints/checkpoint-file.js';
import { type CheckpointSource, isHeld } from '../../checkpoints/checkpoints.js';
import { NotAKey, type NoteKey, PublicKey } from '../../checkpoints/signed-note.js';
import type { Ledger } from '../../ledger.js';
import { type Sequencer, Unavailable } from '../../sequencer.js';
import { LedgerUnusable } from '../../sqlite/schema.js';
import { within } from '../../wait-for-emission.js';
import { Cluster, type ClusterSettings } from '../client/kurrentdb-connection.js';
import { differenceOf } from './diagnose-divergence.js';
import { type Keeper, type Place, type SharedEvent, SharedStream, wordsOf } from './replicated-stream.js';

export type SharedCheckpointsOptions = {
  readonly cluster: ClusterSettings;
  readonly ledger: Ledger;
  readonly sequencer: Pick<Sequencer, 'condition' | 'heads'> & {
    /** Something was recorded that does not come. */
    readonly renew?: () => void;
  };
  /** This node signs with it; undefined if only others do. */
  readonly key: NoteKey | undefined;
  /** The book's key, if the operator says which it is. */
  readonly trusted: PublicKey | undefined;
  readonly file: CheckpointFile;
  /** For a second copy of the log, when it must be found out which copy differs. */
  readonly scratch: string;
  /** Called with a sentence when the process must end. */
  readonly onLost: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
  readonly patience?: Partial<CheckpointPatience>;
};

/** In milliseconds. */
export type CheckpointPatience = {
  /** For somebody to sign what was asked for. */
  readonly others: number;
  /** For entries that were signed, when the log gives nothing more. */
  readonly arrival: number;
};

const PATIENCE: CheckpointPatience = { others: 5_000, arrival: 10_000 };
const STREAM = 'checkpoints';

export class SharedCheckpoints implements CheckpointSource, Keeper {
  fault: string | undefined;
  latest: Checkpoint | undefined;
  readonly #cluster: Cluster;
  readonly #stream: SharedStream;
  readonly #patience: CheckpointPatience;
  readonly #moved = new Subject<number>();
  readonly #stop = new AbortController();
  readonly #stopped = new Subject<void>();
  /** The book's key, as far as is known. */
  #key: PublicKey | undefined;
  /** Resolves when what this node saw last was compared. */
  readonly #resumed: Promise<void>;
  #saving: Promise<void> | undefined;
  #judging: Promise<void> | undefined;

  private constructor(private readonly options: SharedCheckpointsOptions) {
    this.#cluster = new Cluster(options.cluster);
    this.#patience = { ...PATIENCE, ...options.patience };
    this.#key = options.trusted;
    const { latest } = options.file;
    this.#resumed = latest ? this.#compare(latest) : Promise.resolve();
    this.#stream = new SharedStream(this.#cluster, STREAM, this);
  }

  /** Follows the stream from now on. Rejects with LedgerUnusable and a sentence. */
  static async open(options: SharedCheckpointsOptions): Promise<SharedCheckpoints> {
    const { key, trusted } = options;
    if (key && trusted && key.verifier !== trusted.verifier)
      throw new LedgerUnusable(
        `CHECKPOINT_KEY is ${trusted.verifier}, but the key in CHECKPOINT_KEY_FILE is ${key.verifier}: set them right.`,
      );
    const checkpoints = new SharedCheckpoints(options);
    try {
      await checkpoints.#assertKey();
    } catch (error) {
      await checkpoints.close();
      throw error;
    }
    checkpoints.#stream.start();
    return checkpoints;
  }

  get signs(): boolean {
    return this.options.key !== undefined;
  }

  get verifier(): string | null {
    return (this.options.key ?? this.#key)?.verifier ?? null;
  }

  async extend(entries: number): Promise<void> {
    const { ledger, key } = this.options;
    if (this.latest && !isHeld(ledger, this.latest)) this.#differ(this.latest);
    if (this.fault !== undefined) throw new Unavailable('diverged', this.fault, 60);
    const covering = this.#moved.pipe(filter((size) => size >= entries));
    const hasCome = within(this.#patience.others, covering);
    const reason = key ? await this.#sign(key) : 'it does not sign itself';
    if (this.#covers(entries) || (await hasCome)) return;
    throw new Unavailable(
      'not-signed',
      `No checkpoint over ${entries} entries has come to this node (${reason}): ask again later, or another node.`,
      5,
    );
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#stopped.next();
    this.#moved.complete();
    void this.#cluster.close(); // ends reads under way, and may itself wait for what a lost connection never ends
    await this.#stream.stop();
    await Promise.all([this.#resumed, this.#saving, this.#judging]);
  }

  /** Sizes grow with revisions, so what this node saw last is found by halves, and nothing before it is compared again. */
  async begin(): Promise<Place | undefined> {
    const { latest } = this.options.file;
    const name = this.#stream.name;
    if (!latest) return undefined;
    const last = await this.#cluster.lastOf(name);
    if (!last?.event) return undefined;
    const noteAt = async (revision: number) => {
      const found = await this.#cluster.eventAt(name, revision);
      return found?.event && { id: found.event.id, note: signedIn(wordsOf(found.event))?.note ?? '' };
    };
    let [low, high] = [0, Number(last.event.revision)];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await noteAt(middle);
      if ((unverified(found?.note ?? '')?.checkpoint.size ?? -1) < latest.size) low = middle + 1;
      else high = middle;
    }
    const found = await noteAt(low);
    return found?.note === latest.note ? { id: found.id, revision: low } : undefined;
  }

  async take(event: SharedEvent): Promise<void> {
    await this.#resumed;
    const checkpoint = this.#read(event);
    if (checkpoint) await this.#compare(checkpoint);
    else
      this.options.warn(
        `${this.#stream.name}@${event.revision} is no checkpoint that the book's key has signed, and was left out.`,
      );
  }

  replaced(sentence: string): boolean {
    this.options.warn(`${sentence} All its checkpoints are compared again.`);
    return true;
  }

  /** Signs what this node has, unless others have covered it. Resolves to why there may be nothing all the same. */
  async #sign(key: NoteKey): Promise<string> {
    const { ledger } = this.options;
    const { entry } = ledger.head();
    const { note } = signed(key, entry, ledger.tree.root(entry));
    const event = { id: randomUUID(), type: 'CheckpointSigned', data: { key: key.verifier, note } };
    const propose = () => (this.fault !== undefined || this.#covers(entry) ? undefined : event);
    try {
      await this.#stream.append(propose, this.#patience.others);
      return 'what others have signed, and it has not compared yet, comes first';
    } catch (error) {
      if (error instanceof Unavailable) return error.message;
      throw error;
    }
  }

  #covers(entries: number): boolean {
    return this.latest !== undefined && this.latest.size >= entries;
  }

  /** Rejects with LedgerUnusable if others sign with another key. */
  async #assertKey(): Promise<void> {
    const { key } = this.options;
    const last = key && (await this.#cluster.lastOf(this.#stream.name).catch(() => undefined));
    const theirs = last?.event && signedIn(wordsOf(last.event))?.key;
    if (key && theirs !== undefined && theirs !== key.verifier)
      throw new LedgerUnusable(anotherKey(theirs, key));
  }

  #read({ type, data }: SharedEvent): Checkpoint | undefined {
    const words = type === 'CheckpointSigned' ? signedIn(data) : undefined;
    if (!words) return undefined;
    this.#key ??= keyOf(words.key);
    const { key, onLost } = this.options;
    if (!this.#key || words.key !== this.#key.verifier) return undefined;
    if (key && this.#key.verifier !== key.verifier) onLost(anotherKey(words.key, key));
    return readCheckpoint(this.#key, words.note);
  }

  /** Resolves when the checkpoint was compared with this node's tree, which may have to grow first. */
  async #compare(checkpoint: Checkpoint): Promise<void> {
    const { ledger, file } = this.options;
    const { size } = checkpoint;
    const hasCome = await this.#arrived(size);
    if (this.#stop.signal.aborted || this.fault !== undefined) return;
    if (!hasCome || !isHeld(ledger, checkpoint)) {
      this.#differ(checkpoint);
      return;
    }
    if (this.#covers(size)) return;
    this.latest = checkpoint;
    this.#moved.next(size);
    if (file.latest?.note !== checkpoint.note) this.#save();
  }

  /**
   * Resolves to whether this node's ledger has so many entries; to false once the log gives it no more, also when it was
   * asked anew.
   */
  async #arrived(size: number): Promise<boolean> {
    const { ledger, sequencer } = this.options;
    for (let isRenewed = false; ;) {
      if (this.#stop.signal.aborted) return false;
      const { entry } = ledger.head();
      if (entry >= size) return true;
      const grew = await within(this.#patience.arrival, merge(sequencer.heads, this.#stopped));
      if (grew || sequencer.condition !== 'live' || ledger.head().entry !== entry) continue;
      if (isRenewed) return false;
      isRenewed = true;
      sequencer.renew?.();
    }
  }

  /** The latest one, in the file: those that come while one is written are passed over. */
  #save(): void {
    const { file, warn } = this.options;
    const save = async (): Promise<void> => {
      while (this.latest && file.latest?.note !== this.latest.note) await file.put(this.latest);
    };
    this.#saving ??= save()
      .catch((error: unknown) => warn(`The last checkpoint cannot be kept in a file: ${String(error)}`))
      .finally(() => (this.#saving = undefined));
  }

  /** Compares it once more, when this node has as many entries, however long that takes. */
  async #catchUp(checkpoint: Checkpoint): Promise<void> {
    while (!(await this.#arrived(checkpoint.size))) if (this.#stop.signal.aborted) return;
    await this.#compare(checkpoint);
  }

  /** Nothing may be recorded by this node, unless it turns out that it was only behind. */
  #differ(checkpoint: Checkpoint): void {
    if (this.fault !== undefined) return;
    const { cluster, ledger, scratch, warn } = this.options;
    const { size } = checkpoint;
    this.fault = `What this node has of the book is not what the checkpoint over ${size} entries was signed for, so it records nothing; which copy differs is being found out.`;
    warn(this.fault);
    const agreed = this.latest && this.latest.size < size ? this.latest.size : 0;
    const { signal } = this.#stop;
    this.#judging = differenceOf({ cluster, ledger, checkpoint, agreed, scratch, signal }).then(
      async (sentence) => {
        this.fault = sentence;
        warn(sentence ?? "This node's ledger.db is a true beginning of what was signed: it was only behind.");
        if (sentence === undefined) await this.#catchUp(checkpoint);
      },
      (error: unknown) => {
        if (!signal.aborted) warn(`Which copy differs could not be found out: ${String(error)}`);
      },
    );
  }
}

const signedIn = ({ key, note }: JsonObject): { key: string; note: string } | undefined =>
  typeof key === 'string' && typeof note === 'string' ? { key, note } : undefined;

function keyOf(text: string): PublicKey | undefined {
  try {
    return PublicKey.fromVerifier(text);
  } catch (error) {
    if (error instanceof NotAKey) return undefined;
    throw error;
  }
}

const anotherKey = (theirs: string, { verifier }: PublicKey): string =>
  `The checkpoints of this book are signed with ${theirs}, but the key in CHECKPOINT_KEY_FILE is ${verifier}: give this node the key that the others have.`;
