// The checkpoints of a cluster lie in the stream `<prefix>!checkpoints`, as events of this shape. It is stored forever: a
// new shape is read beside the old one.
//
//   CheckpointSigned { "note": "<C2SP tlog-checkpoint>", "key": "<vkey of the key that signed it>" }
//
// Whoever appends has compared all that stand before it with its own tree, so no two contradict each other. The key of
// the first is the book's. Every node compares every one, as soon as it has as many entries.
import { randomUUID } from 'node:crypto';
import { merge, Subject } from 'rxjs';
import type { JsonObject } from '../../../json/json.js';
import {
  type Checkpoint,
  parseSignedCheckpoint,
  signCheckpoint,
  parseUnverifiedCheckpoint,
} from '../../checkpoints/checkpoint.js';
import type { CheckpointFile } from '../../checkpoints/checkpoint-file.js';
import { type CheckpointSource, matchesCheckpoint } from '../../checkpoints/checkpoints.js';
import { InvalidKeyError, type NoteSigningKey, NoteVerifierKey } from '../../checkpoints/signed-note.js';
import type { Ledger } from '../../ledger.js';
import { type Sequencer, UnavailableError } from '../../sequencer.js';
import { LedgerUnusableError } from '../../sqlite/schema.js';
import { waitFor } from '../../wait-for.js';
import { getEventData } from '../client/event-serializer.js';
import { KurrentDbConnection, type KurrentDbSettings } from '../client/kurrentdb-connection.js';
import { diagnoseDivergence } from './diagnose-divergence.js';
import {
  type ReplicatedStreamHandler,
  type StreamPosition,
  type ReplicatedEvent,
  ReplicatedStream,
} from './replicated-stream.js';
import { CHECKPOINT_TIMEOUTS, type CheckpointTimeouts } from '../timeouts.js';

export type ClusterCheckpointsOptions = {
  readonly cluster: KurrentDbSettings;
  readonly ledger: Ledger;
  readonly sequencer: Pick<Sequencer, 'connectionState' | 'heads'> & {
    /** Something was recorded that does not come. */
    readonly resubscribeIfStalled?: () => void;
  };
  /** This node signs with it; undefined if only others do. */
  readonly key: NoteSigningKey | undefined;
  /** The book's key, if the operator says which it is. */
  readonly trustedKey: NoteVerifierKey | undefined;
  readonly file: CheckpointFile;
  /** For a second copy of the log, when it must be found out which copy differs. */
  readonly scratchFile: string;
  /** Called with a sentence when the process must end. */
  readonly onFatal: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
  readonly timeouts?: Partial<CheckpointTimeouts>;
};

const STREAM_NAME = 'checkpoints';

export class ClusterCheckpoints implements CheckpointSource, ReplicatedStreamHandler {
  fault: string | undefined;
  latest: Checkpoint | undefined;
  readonly #connection: KurrentDbConnection;
  readonly #stream: ReplicatedStream;
  readonly #timeouts: CheckpointTimeouts;
  readonly #verifiedSizes = new Subject<number>();
  readonly #abortController = new AbortController();
  readonly #stopped = new Subject<true>();
  /** The book's key, as far as is known. */
  #bookKey: NoteVerifierKey | undefined;
  /** Resolves when what this node saw last was compared. */
  readonly #initialVerification: Promise<void>;
  #pendingSave: Promise<void> | undefined;
  #pendingDiagnosis: Promise<void> | undefined;

  private constructor(private readonly options: ClusterCheckpointsOptions) {
    this.#connection = new KurrentDbConnection(options.cluster);
    this.#timeouts = { ...CHECKPOINT_TIMEOUTS, ...options.timeouts };
    this.#bookKey = options.trustedKey;
    const { latest } = options.file;
    this.#initialVerification = latest ? this.#verifyCheckpoint(latest) : Promise.resolve();
    this.#stream = new ReplicatedStream(this.#connection, STREAM_NAME, this);
  }

  /** Follows the stream from now on. Rejects with LedgerUnusable and a sentence. */
  static async open(options: ClusterCheckpointsOptions): Promise<ClusterCheckpoints> {
    const { key, trustedKey } = options;
    if (key && trustedKey && key.verifierKey !== trustedKey.verifierKey)
      throw new LedgerUnusableError(
        `CHECKPOINT_KEY is ${trustedKey.verifierKey}, but the key in CHECKPOINT_KEY_FILE is ${key.verifierKey}: set them right.`,
      );
    const checkpoints = new ClusterCheckpoints(options);
    try {
      await checkpoints.#assertKey();
    } catch (error) {
      await checkpoints.close();
      throw error;
    }
    checkpoints.#stream.start();
    return checkpoints;
  }

  get isSigner(): boolean {
    return this.options.key !== undefined;
  }

  get verifierKey(): string | null {
    return (this.options.key ?? this.#bookKey)?.verifierKey ?? null;
  }

  async advanceTo(entries: number): Promise<void> {
    const { ledger, key } = this.options;
    if (this.latest && !matchesCheckpoint(ledger, this.latest)) this.#reportDivergence(this.latest);
    if (this.fault !== undefined) throw new UnavailableError('diverged', this.fault, 60);
    const covering = waitFor(this.#verifiedSizes, (size) => size >= entries, this.#timeouts.signingMs);
    const reason = key ? await this.#signHead(key) : 'it does not sign itself';
    if (this.#isCovered(entries) || (await covering) !== undefined) return;
    throw new UnavailableError(
      'not-signed',
      `No checkpoint over ${entries} entries has come to this node (${reason}): ask again later, or another node.`,
      5,
    );
  }

  async close(): Promise<void> {
    this.#abortController.abort();
    this.#stopped.next(true);
    this.#verifiedSizes.complete();
    void this.#connection.close(); // ends reads under way, and may itself wait for what a lost connection never ends
    await this.#stream.stop();
    await Promise.all([this.#initialVerification, this.#pendingSave, this.#pendingDiagnosis]);
  }

  /** Sizes grow with revisions, so what this node saw last is found by halves, and nothing before it is compared again. */
  async loadPosition(): Promise<StreamPosition | undefined> {
    const { latest } = this.options.file;
    const name = this.#stream.name;
    if (!latest) return undefined;
    const last = await this.#connection.readLastEvent(name);
    if (!last?.event) return undefined;
    const noteAt = async (revision: number) => {
      const found = await this.#connection.readEvent(name, revision);
      return (
        found?.event && { id: found.event.id, note: parseSignedNote(getEventData(found.event))?.note ?? '' }
      );
    };
    let [low, high] = [0, Number(last.event.revision)];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await noteAt(middle);
      if ((parseUnverifiedCheckpoint(found?.note ?? '')?.checkpoint.size ?? -1) < latest.size)
        low = middle + 1;
      else high = middle;
    }
    const found = await noteAt(low);
    return found?.note === latest.note ? { id: found.id, revision: low } : undefined;
  }

  async handleEvent(event: ReplicatedEvent): Promise<void> {
    await this.#initialVerification;
    const checkpoint = this.#parseCheckpoint(event);
    if (checkpoint) await this.#verifyCheckpoint(checkpoint);
    else
      this.options.warn(
        `${this.#stream.name}@${event.revision} is no checkpoint that the book's key has signed, and was left out.`,
      );
  }

  handleReplacedStream(sentence: string): boolean {
    this.options.warn(`${sentence} All its checkpoints are compared again.`);
    return true;
  }

  /** Signs what this node has, unless others have covered it. Resolves to why there may be nothing all the same. */
  async #signHead(key: NoteSigningKey): Promise<string> {
    const { ledger } = this.options;
    const { entry } = ledger.getHead();
    const { note } = signCheckpoint(key, entry, ledger.tree.getRoot(entry));
    const event = { id: randomUUID(), type: 'CheckpointSigned', data: { key: key.verifierKey, note } };
    const propose = () => (this.fault !== undefined || this.#isCovered(entry) ? undefined : event);
    try {
      await this.#stream.append(propose, this.#timeouts.signingMs);
      return 'what others have signed, and it has not compared yet, comes first';
    } catch (error) {
      if (error instanceof UnavailableError) return error.message;
      throw error;
    }
  }

  #isCovered(entries: number): boolean {
    return this.latest !== undefined && this.latest.size >= entries;
  }

  /** Rejects with LedgerUnusable if others sign with another key. */
  async #assertKey(): Promise<void> {
    const { key } = this.options;
    const last = key && (await this.#connection.readLastEvent(this.#stream.name).catch(() => undefined));
    const theirs = last?.event && parseSignedNote(getEventData(last.event))?.key;
    if (key && theirs !== undefined && theirs !== key.verifierKey)
      throw new LedgerUnusableError(describeKeyMismatch(theirs, key));
  }

  #parseCheckpoint({ type, data }: ReplicatedEvent): Checkpoint | undefined {
    const words = type === 'CheckpointSigned' ? parseSignedNote(data) : undefined;
    if (!words) return undefined;
    this.#bookKey ??= parsePublicKey(words.key);
    const { key, onFatal } = this.options;
    if (!this.#bookKey || words.key !== this.#bookKey.verifierKey) return undefined;
    if (key && this.#bookKey.verifierKey !== key.verifierKey) onFatal(describeKeyMismatch(words.key, key));
    return parseSignedCheckpoint(this.#bookKey, words.note);
  }

  /** Resolves when the checkpoint was compared with this node's tree, which may have to grow first. */
  async #verifyCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { ledger, file } = this.options;
    const { size } = checkpoint;
    const hasCome = await this.#waitForEntries(size);
    if (this.#abortController.signal.aborted || this.fault !== undefined) return;
    if (!hasCome || !matchesCheckpoint(ledger, checkpoint)) {
      this.#reportDivergence(checkpoint);
      return;
    }
    if (this.#isCovered(size)) return;
    this.latest = checkpoint;
    this.#verifiedSizes.next(size);
    if (file.latest?.note !== checkpoint.note) this.#saveLatest();
  }

  /**
   * Resolves to whether this node's ledger has so many entries; to false once the log gives it no more, also when it was
   * asked anew.
   */
  async #waitForEntries(size: number): Promise<boolean> {
    const { ledger, sequencer } = this.options;
    for (let isRenewed = false; ;) {
      if (this.#abortController.signal.aborted) return false;
      const { entry } = ledger.getHead();
      if (entry >= size) return true;
      const changes = merge(sequencer.heads, this.#stopped);
      const grew = (await waitFor(changes, () => true, this.#timeouts.arrivalMs)) !== undefined;
      if (grew || sequencer.connectionState !== 'live' || ledger.getHead().entry !== entry) continue;
      if (isRenewed) return false;
      isRenewed = true;
      sequencer.resubscribeIfStalled?.();
    }
  }

  /** The latest one, in the file: those that come while one is written are passed over. */
  #saveLatest(): void {
    const { file, warn } = this.options;
    const save = async (): Promise<void> => {
      while (this.latest && file.latest?.note !== this.latest.note) await file.write(this.latest);
    };
    this.#pendingSave ??= save()
      .catch((error: unknown) => warn(`The last checkpoint cannot be kept in a file: ${String(error)}`))
      .finally(() => (this.#pendingSave = undefined));
  }

  /** Compares it once more, when this node has as many entries, however long that takes. */
  async #verifyAfterCatchUp(checkpoint: Checkpoint): Promise<void> {
    while (!(await this.#waitForEntries(checkpoint.size))) if (this.#abortController.signal.aborted) return;
    await this.#verifyCheckpoint(checkpoint);
  }

  /** Nothing may be recorded by this node, unless it turns out that it was only behind. */
  #reportDivergence(checkpoint: Checkpoint): void {
    if (this.fault !== undefined) return;
    const { cluster, ledger, scratchFile, warn } = this.options;
    const { size } = checkpoint;
    this.fault = `What this node has of the book is not what the checkpoint over ${size} entries was signed for, so it records nothing; which copy differs is being found out.`;
    warn(this.fault);
    const verifiedSize = this.latest && this.latest.size < size ? this.latest.size : 0;
    const { signal } = this.#abortController;
    this.#pendingDiagnosis = diagnoseDivergence({
      cluster,
      ledger,
      checkpoint,
      verifiedSize,
      scratchFile,
      signal,
    }).then(
      async (sentence) => {
        this.fault = sentence;
        warn(sentence ?? "This node's ledger.db is a true beginning of what was signed: it was only behind.");
        if (sentence === undefined) await this.#verifyAfterCatchUp(checkpoint);
      },
      (error: unknown) => {
        if (!signal.aborted) warn(`Which copy differs could not be found out: ${String(error)}`);
      },
    );
  }
}

const parseSignedNote = ({ key, note }: JsonObject): { key: string; note: string } | undefined =>
  typeof key === 'string' && typeof note === 'string' ? { key, note } : undefined;

function parsePublicKey(text: string): NoteVerifierKey | undefined {
  try {
    return NoteVerifierKey.fromVerifierKey(text);
  } catch (error) {
    if (error instanceof InvalidKeyError) return undefined;
    throw error;
  }
}

const describeKeyMismatch = (theirs: string, { verifierKey }: NoteVerifierKey): string =>
  `The checkpoints of this book are signed with ${theirs}, but the key in CHECKPOINT_KEY_FILE is ${verifierKey}: give this node the key that the others have.`;
