// The checkpoints of a cluster are events of the stream `<prefix>!checkpoints`, in this shape. It is stored forever: a new
// shape is read beside the old one.
//
//   CheckpointSigned { "note": "<C2SP tlog-checkpoint>", "key": "<vkey of the key that signed it>" }
//
// The node that appends one has compared all earlier ones with its own tree, so no two contradict each other. The key of
// the first is that of the book. Every node compares each checkpoint with its tree as soon as it has as many entries.
import { randomUUID } from 'node:crypto';
import { merge, Subject } from 'rxjs';
import type { JsonObject } from '../../../json/json.js';
import {
  type Checkpoint,
  parseSignedCheckpoint,
  signCheckpoint,
  parseUnverifiedCheckpoint,
} from '../../checkpoints/checkpoint.js';
import type { CheckpointFile } from '../../checkpoints/checkpoint-files.js';
import { type CheckpointProvider, matchesCheckpoint } from '../../checkpoints/checkpoints.js';
import { InvalidKeyError, type NoteSigningKey, NoteVerifierKey } from '../../checkpoints/signed-note.js';
import type { Ledger } from '../../ledger.js';
import { type Sequencer, UnavailableError } from '../../sequencer.js';
import { LedgerUnusableError } from '../../ledger-unusable-error.js';
import { waitFor } from '../../wait-for.js';
import { getDataOrEmpty } from '../client/event-serializer.js';
import type { KurrentDbSettings } from '../client/connection-string.js';
import { KurrentDbConnection } from '../client/kurrentdb-connection.js';
import { diagnoseDivergence } from './diagnose-divergence.js';
import {
  type ReplicatedStreamHandler,
  type StreamPosition,
  type ReplicatedEvent,
  ReplicatedStream,
} from './replicated-stream.js';
import { CHECKPOINT_TIMEOUTS, type CheckpointTimeouts } from '../timeouts.js';

type ClusterCheckpointsOptions = {
  readonly cluster: KurrentDbSettings;
  readonly ledger: Ledger;
  readonly sequencer: Pick<Sequencer, 'connectionState' | 'heads' | 'resubscribeIfStalled'>;
  /** The key with which this node signs; undefined if only other nodes sign. */
  readonly key: NoteSigningKey | undefined;
  /** The book's key, if the operator has configured it. */
  readonly trustedKey: NoteVerifierKey | undefined;
  readonly file: CheckpointFile;
  /** The file for a second copy of the log, which is needed to find out which copy differs. */
  readonly scratchFile: string;
  /** Called when the process must end. The message says why. */
  readonly onFatal: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly timeouts?: Partial<CheckpointTimeouts>;
};

const STREAM_NAME = 'checkpoints';

export class ClusterCheckpoints implements CheckpointProvider, ReplicatedStreamHandler {
  fault: string | undefined;
  latest: Checkpoint | undefined;
  readonly #connection: KurrentDbConnection;
  readonly #stream: ReplicatedStream;
  readonly #timeouts: CheckpointTimeouts;
  readonly #verifiedSizes = new Subject<number>();
  readonly #abortController = new AbortController();
  readonly #stopped = new Subject<true>();
  /** The book's key; undefined while none is known. */
  #bookKey: NoteVerifierKey | undefined;
  /** Resolves when the checkpoint from this node's file was verified. */
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

  /** Starts to replicate the stream. Rejects with LedgerUnusableError. */
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
    if (this.fault !== undefined) throw new UnavailableError('diverged', this.fault);
    const covering = waitFor(this.#verifiedSizes, (size) => size >= entries, this.#timeouts.signingMs);
    const reason = key ? await this.#signHead(key) : 'this node does not sign';
    if (this.#isCovered(entries) || (await covering) !== undefined) return;
    throw new UnavailableError(
      'not-signed',
      `No checkpoint over ${entries} entries has come to this node (${reason}): try again later, or on another node.`,
    );
  }

  async close(): Promise<void> {
    this.#abortController.abort();
    this.#stopped.next(true);
    this.#verifiedSizes.complete();
    this.#connection.close(); // ends reads in flight
    await this.#stream.stop();
    await Promise.all([this.#initialVerification, this.#pendingSave, this.#pendingDiagnosis]);
  }

  /**
   * Sizes grow with revisions, so a binary search finds the checkpoint of this node's file, and none before it is
   * compared again.
   */
  async loadPosition(): Promise<StreamPosition | undefined> {
    const { latest } = this.options.file;
    const name = this.#stream.name;
    if (!latest) return undefined;
    const last = await this.#connection.readLastEvent(name);
    if (!last?.event) return undefined;
    const readNoteAt = async (revision: number) => {
      const found = await this.#connection.readEvent(name, revision);
      return (
        found?.event && {
          id: found.event.id,
          note: parseSignedNote(getDataOrEmpty(found.event))?.note ?? '',
        }
      );
    };
    let [low, high] = [0, Number(last.event.revision)];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await readNoteAt(middle);
      if ((parseUnverifiedCheckpoint(found?.note ?? '')?.checkpoint.size ?? -1) < latest.size)
        low = middle + 1;
      else high = middle;
    }
    const found = await readNoteAt(low);
    return found?.note === latest.note ? { id: found.id, revision: low } : undefined;
  }

  async handleEvent(event: ReplicatedEvent): Promise<void> {
    await this.#initialVerification;
    const checkpoint = this.#parseCheckpoint(event);
    if (checkpoint) await this.#verifyCheckpoint(checkpoint);
    else
      this.options.warn(
        `${this.#stream.name}@${event.revision} is no checkpoint that was signed with the book's key, and was ignored.`,
      );
  }

  handleReplacedStream(message: string): boolean {
    this.options.warn(`${message} All its checkpoints are compared again.`);
    return true;
  }

  /** Signs this node's head unless a checkpoint covers it. Resolves to the reason why there may still be none. */
  async #signHead(key: NoteSigningKey): Promise<string> {
    const { ledger } = this.options;
    const { entry } = ledger.getHead();
    const { note } = signCheckpoint(key, entry, ledger.tree.getRoot(entry));
    const event = { id: randomUUID(), type: 'CheckpointSigned', data: { key: key.verifierKey, note } };
    const propose = () => (this.fault !== undefined || this.#isCovered(entry) ? undefined : event);
    try {
      await this.#stream.append(propose, this.#timeouts.signingMs);
      return 'it has yet to compare earlier checkpoints of other nodes';
    } catch (error) {
      if (error instanceof UnavailableError) return error.message;
      throw error;
    }
  }

  #isCovered(entries: number): boolean {
    return this.latest !== undefined && this.latest.size >= entries;
  }

  /**
   * Rejects with LedgerUnusableError if the book has another key, which is that of its first checkpoint. What another
   * client appended behind it does not matter: a running node ignores that, too.
   */
  async #assertKey(): Promise<void> {
    const { key } = this.options;
    if (!key || this.#bookKey) return;
    const first = await this.#connection.readEvent(this.#stream.name, 0).catch(() => undefined);
    const signed =
      first?.event && verifySignedNote({ type: first.event.type, data: getDataOrEmpty(first.event) });
    if (signed && signed.key.verifierKey !== key.verifierKey)
      throw new LedgerUnusableError(describeKeyMismatch(signed.key, key));
  }

  #parseCheckpoint(event: ReplicatedEvent): Checkpoint | undefined {
    const signed = verifySignedNote(event);
    if (!signed) return undefined;
    this.#bookKey ??= signed.key;
    const { key, onFatal } = this.options;
    if (signed.key.verifierKey !== this.#bookKey.verifierKey) return undefined;
    if (key && this.#bookKey.verifierKey !== key.verifierKey) onFatal(describeKeyMismatch(signed.key, key));
    return signed.checkpoint;
  }

  /** Compares the checkpoint with this node's tree as soon as that is large enough. */
  async #verifyCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { ledger, file } = this.options;
    const { size } = checkpoint;
    const hasEntries = await this.#waitForEntries(size);
    if (this.#abortController.signal.aborted || this.fault !== undefined) return;
    if (!hasEntries || !matchesCheckpoint(ledger, checkpoint)) {
      this.#reportDivergence(checkpoint);
      return;
    }
    if (this.#isCovered(size)) return;
    this.latest = checkpoint;
    this.#verifiedSizes.next(size);
    if (file.latest?.note !== checkpoint.note) this.#saveLatest();
  }

  /**
   * Resolves to whether this node's ledger has so many entries; to false once the log delivers no more, not even to a new
   * subscription.
   */
  async #waitForEntries(size: number): Promise<boolean> {
    const { ledger, sequencer } = this.options;
    for (let hasResubscribed = false; ;) {
      if (this.#abortController.signal.aborted) return false;
      const { entry } = ledger.getHead();
      if (entry >= size) return true;
      const changes = merge(sequencer.heads, this.#stopped);
      const grew = (await waitFor(changes, () => true, this.#timeouts.arrivalMs)) !== undefined;
      if (grew || sequencer.connectionState !== 'live' || ledger.getHead().entry !== entry) continue;
      if (hasResubscribed) return false;
      hasResubscribed = true;
      sequencer.resubscribeIfStalled();
    }
  }

  /** Writes the latest checkpoint to the file; of those that come during a write only the last is written. */
  #saveLatest(): void {
    const { file, warn } = this.options;
    const save = async (): Promise<void> => {
      while (this.latest && file.latest?.note !== this.latest.note) await file.write(this.latest);
    };
    this.#pendingSave ??= save()
      .catch((error: unknown) => warn(`The last checkpoint cannot be written to its file: ${String(error)}`))
      .finally(() => (this.#pendingSave = undefined));
  }

  /** Compares the checkpoint once more when this node has as many entries, however long that takes. */
  async #verifyAfterCatchUp(checkpoint: Checkpoint): Promise<void> {
    while (!(await this.#waitForEntries(checkpoint.size))) if (this.#abortController.signal.aborted) return;
    await this.#verifyCheckpoint(checkpoint);
  }

  /** From now on this node records nothing, unless the diagnosis shows that it only lagged behind. */
  #reportDivergence(checkpoint: Checkpoint): void {
    if (this.fault !== undefined) return;
    const { cluster, ledger, scratchFile, warn } = this.options;
    const { size } = checkpoint;
    this.fault = `What this node has of the book is not what the checkpoint over ${size} entries was signed for, so it records nothing; it is finding out which copy differs.`;
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
      async (message) => {
        this.fault = message;
        warn(message ?? "This node's ledger.db agrees with the checkpoint: it only lagged behind.");
        if (message === undefined) await this.#verifyAfterCatchUp(checkpoint);
      },
      (error: unknown) => {
        if (!signal.aborted) warn(`The node could not find out which copy differs: ${String(error)}`);
      },
    );
  }
}

const parseSignedNote = ({ key, note }: JsonObject): { key: string; note: string } | undefined =>
  typeof key === 'string' && typeof note === 'string' ? { key, note } : undefined;

/** The checkpoint and the key that has signed it; undefined if the event is no checkpoint with a valid signature. */
function verifySignedNote({
  type,
  data,
}: Pick<ReplicatedEvent, 'type' | 'data'>): { key: NoteVerifierKey; checkpoint: Checkpoint } | undefined {
  const signed = type === 'CheckpointSigned' ? parseSignedNote(data) : undefined;
  const key = signed && parsePublicKey(signed.key);
  const checkpoint = key && parseSignedCheckpoint(key, signed.note);
  return checkpoint && { key, checkpoint };
}

function parsePublicKey(text: string): NoteVerifierKey | undefined {
  try {
    return NoteVerifierKey.fromVerifierKey(text);
  } catch (error) {
    if (error instanceof InvalidKeyError) return undefined;
    throw error;
  }
}

const describeKeyMismatch = (other: NoteVerifierKey, { verifierKey }: NoteVerifierKey): string =>
  `The checkpoints of this book are signed with ${other.verifierKey}, but the key in CHECKPOINT_KEY_FILE is ${verifierKey}: give this node the key of the other nodes.`;
