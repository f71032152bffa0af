// What is known of a read model from outside.
import { ApplicationError } from '../errors/application-error.js';
import type { ParkedStream } from './projecting/read-model-writer.js';
import type { RebuildProgress } from './rebuild/rebuild-jobs.js';
import { BUILDING_RETRY_AFTER_SECONDS } from './timeouts.js';

export type ReadModelStatus = {
  readonly name: string;
  readonly version: number;
  /** Of the file that serves; null while there is none. */
  readonly generation: number | null;
  /** The last entry that can be read; 0 while nothing can. */
  readonly entry: number;
  readonly lag: number;
  /** `failed`: nothing more is projected, for `reason`; what was projected can be read, if there is a generation. */
  readonly status: 'live' | 'building' | 'failed';
  /** Of a generation that is being built, whether or not another one serves meanwhile. */
  readonly progress?: RebuildProgress;
  readonly parked: readonly Pick<ParkedStream, 'stream' | 'entry' | 'reason'>[];
  /** Why it failed, or why it is being retried. */
  readonly reason?: string;
};

/** Nothing can be read of this read model now: its first generation is being built, or the file cannot be read. */
export class ReadModelNotReadyError extends ApplicationError {
  readonly code = 'projection-building';
  override readonly retryAfterSeconds = BUILDING_RETRY_AFTER_SECONDS;

  constructor(
    readonly readModel: string,
    readonly progress: RebuildProgress | undefined,
    /** Left out while it is being built. Why it is so is for the operator, in the log. */
    state?: 'failed' | 'unreadable',
  ) {
    super(
      state === 'failed'
        ? `${readModel} cannot be read: its projection has failed, and the log of the server says why.`
        : state === 'unreadable'
          ? `${readModel} cannot be read now: its file cannot be opened, and the log of the server says why.`
          : `${readModel} is being built: ${progress?.done ?? 0} of ${progress?.of ?? 0} entries are projected.`,
    );
  }
}

/** A file that is leased: it is not removed before its release. */
export type GenerationLease = {
  readonly generation: number;
  readonly file: string;
  readonly release: () => void;
};
