// The messages between the threads. One writer per file at any time: the rebuild thread closes a new generation before
// it sends `built`, and only then does the projection thread open it.
import type { ParkedStream } from './projecting/read-model-writer.js';
import type { ReadModelHistory } from './reading/generation-reader.js';

export type ReadModelWorkerData = {
  readonly directory: string;
  readonly ledgerFile: string;
  readonly declarations: string;
};

/** A file, and the last entry that is projected into it. */
export type GenerationPosition = {
  readonly name: string;
  readonly generation: number;
  readonly entry: number;
};

export type ToProjectionWorker =
  | { readonly type: 'head'; readonly head: number }
  | { readonly type: 'adopt'; readonly name: string; readonly generation: number }
  /** No reader has this generation open any more: remove its files. */
  | { readonly type: 'retire'; readonly name: string; readonly generation: number }
  /** The file of this generation was removed or damaged by others: nothing more is written to it. */
  | { readonly type: 'discard'; readonly name: string; readonly generation: number }
  | { readonly type: 'close' };

export type OpenedGeneration = GenerationPosition & { readonly parked: readonly ParkedStream[] };
export type FromProjectionWorker =
  /**
   * The first message: what can be served. Read models that are neither among these nor `delayed` have to be built. For
   * those that are delayed `adopted` or `missing` follows.
   */
  | {
      readonly type: 'opened';
      readonly files: readonly OpenedGeneration[];
      readonly delayed: readonly string[];
      readonly head: number;
    }
  /** A read model that was delayed has no file that can be served: it has to be built. */
  | { readonly type: 'missing'; readonly name: string }
  /** Committed. `parked` are those since the last message. */
  | { readonly type: 'projected'; readonly files: readonly OpenedGeneration[] }
  /** A new generation has caught up: `parked` are all of it. The one before is not written to any more. */
  | { readonly type: 'adopted'; readonly file: OpenedGeneration }
  | { readonly type: 'retired'; readonly name: string; readonly generation: number }
  /** `isDamaged`: the file is not what was written to it, and has to be built again. */
  | {
      readonly type: 'failed';
      readonly name: string;
      readonly generation: number;
      readonly reason: string;
      readonly isDamaged: boolean;
    }
  | { readonly type: 'retrying'; readonly name: string; readonly reason: string }
  | { readonly type: 'warning'; readonly sentence: string };

/** `live` is null while none serves. */
export type GenerationNumbers = { readonly live: number | null; readonly last: number };

export type RebuildWorkerData = ReadModelWorkerData & {
  /** `live` is the generation that serves meanwhile: its file must not be touched. Numbers up to `last` are taken. */
  readonly models: readonly ({ readonly name: string } & GenerationNumbers)[];
  readonly head: number;
};
export type ToRebuildWorker = { readonly type: 'head'; readonly head: number } | { readonly type: 'close' };
export type FromRebuildWorker =
  | { readonly type: 'progress'; readonly files: readonly GenerationPosition[] }
  /** Complete, closed, and near enough to the head for the projection thread to take it over. */
  | { readonly type: 'built'; readonly file: GenerationPosition }
  | { readonly type: 'failed'; readonly name: string; readonly reason: string }
  | { readonly type: 'retrying'; readonly name: string; readonly reason: string };

/** The queries about the past of a read model, which all read models have. */
export type HistoryQuery = keyof ReadModelHistory;
export type HistoryParameters<Q extends HistoryQuery> = Parameters<ReadModelHistory[Q]>[0];
export type HistoryResult<Q extends HistoryQuery> = ReturnType<ReadModelHistory[Q]>;

export type ToReaderWorker =
  | {
      readonly type: 'query';
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
      readonly parameters: HistoryParameters<HistoryQuery>;
    }
  /** Close this file if it is open, and confirm it. */
  | { readonly type: 'retire'; readonly name: string; readonly generation: number }
  | { readonly type: 'close' };
/** Replies come in the order of the requests. */
export type FromReaderWorker =
  | { readonly type: 'result'; readonly result: unknown }
  /** `code` is that of SQLite, which is lost when an error is sent. */
  | { readonly type: 'error'; readonly error: Error; readonly code: string }
  | { readonly type: 'retired' };
