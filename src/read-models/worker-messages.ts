// What the threads say to each other. One writer per file at any time: the rebuilding thread closes a new
// generation before it says `built`, and only then does the folding thread open it.
import type { ParkedStream } from './projecting/read-model-writer.js';
import type { ReadModelHistory } from './reading/read-model-reader.js';

export type WorkerData = {
  readonly directory: string;
  readonly ledgerFile: string;
  readonly declarations: string;
};

/** Which file, and how far it is folded. */
export type GenerationPosition = {
  readonly name: string;
  readonly generation: number;
  readonly entry: number;
};

export type ToProjectionWorker =
  | { readonly type: 'head'; readonly head: number }
  | { readonly type: 'adopt'; readonly name: string; readonly generation: number }
  /** Nobody reads this generation any more: remove its files. */
  | { readonly type: 'retire'; readonly name: string; readonly generation: number }
  | { readonly type: 'close' };

export type OpenedGeneration = GenerationPosition & { readonly parked: readonly ParkedStream[] };
export type FromProjectionWorker =
  /** First of all: what can be served. Read models that are not among these have to be built. */
  | { readonly type: 'opened'; readonly files: readonly OpenedGeneration[]; readonly head: number }
  /** Committed. `parked` is new since the last time. */
  | { readonly type: 'folded'; readonly files: readonly OpenedGeneration[] }
  /** A new generation has caught up: `parked` is all of it. The one before is not written to any more. */
  | { readonly type: 'adopted'; readonly file: OpenedGeneration }
  | { readonly type: 'retired'; readonly name: string; readonly generation: number }
  | { readonly type: 'failed'; readonly name: string; readonly generation: number; readonly reason: string }
  | { readonly type: 'troubled'; readonly name: string; readonly generation: number; readonly reason: string }
  | { readonly type: 'warning'; readonly sentence: string };

export type RebuildData = WorkerData & {
  /** `live` is the generation that serves meanwhile, and so must be left alone. */
  readonly models: readonly { readonly name: string; readonly live: number | null }[];
  readonly head: number;
};
export type ToRebuildWorker = { readonly type: 'head'; readonly head: number } | { readonly type: 'close' };
export type FromRebuildWorker =
  | { readonly type: 'progress'; readonly files: readonly GenerationPosition[] }
  /** Complete, closed, and near enough to the head for the folding thread to take it over. */
  | { readonly type: 'built'; readonly file: GenerationPosition }
  | { readonly type: 'failed'; readonly name: string; readonly reason: string }
  | { readonly type: 'troubled'; readonly name: string; readonly reason: string };

/** What can be asked of the versions of a read model's rows, whatever it is about. */
export type HistoryQuery = keyof ReadModelHistory;
export type HistoryParameters<Q extends HistoryQuery> = Parameters<ReadModelHistory[Q]>[0];
export type HistoryResult<Q extends HistoryQuery> = ReturnType<ReadModelHistory[Q]>;

export type ToReaderWorker =
  | {
      readonly type: 'ask';
      readonly name: string;
      readonly generation: number;
      readonly query: string;
      readonly parameters: unknown;
      readonly entry: number;
    }
  | {
      readonly type: 'history';
      readonly name: string;
      readonly generation: number;
      readonly query: HistoryQuery;
      readonly asked: HistoryParameters<HistoryQuery>;
    }
  /** Close this file if it is open, and say so. */
  | { readonly type: 'retire'; readonly name: string; readonly generation: number }
  | { readonly type: 'close' };
/** Answers come in the order of what was asked. */
export type FromReaderWorker =
  | { readonly type: 'answer'; readonly answer: unknown }
  | { readonly type: 'error'; readonly error: Error }
  | { readonly type: 'retired' };
