// What the main thread keeps of a read model.
import type { FileReplacementDetector } from '../ledger/sqlite/file-replacement-detector.js';
import type { AnyReadModel } from './declaration/read-model.js';
import type { ParkedStream } from './projecting/read-model-writer.js';
import type { GenerationReader } from './reading/generation-reader.js';
import type { OpenedGeneration } from './worker-messages.js';

/** The file that serves. */
export type LiveGeneration = {
  readonly generation: number;
  readonly reader: GenerationReader;
  readonly guard: FileReplacementDetector;
  entry: number;
  /** Oldest first. */
  parked: ParkedStream[];
  readonly parkedStreams: Set<string>;
  /** Each resolves when the lease is released. */
  readonly leases: Set<Promise<void>>;
};
export type ServedReadModel = {
  readonly model: AnyReadModel;
  live?: LiveGeneration | undefined;
  /** A file that this process could not open, for want of descriptors or space, and tries to open again. */
  unopened?: OpenedGeneration | undefined;
  /** The highest number of a file that a thread of this process has opened. */
  lastGeneration: number;
  failed: boolean;
  reason?: string | undefined;
};
