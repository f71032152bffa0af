// The writer thread. Appends that are sent in one message are committed in one transaction (group commit).
import { parentPort, workerData } from 'node:worker_threads';
import type { Entry } from '../entry.js';
import { type LoggedEvent, BrokenLogError, type LogPosition } from '../cluster-log.js';
import { type Append, type AppendOutcome, ImportRefusedError } from '../sequencer.js';
import { LedgerLostError, LedgerWriter, NotWrittenError } from './ledger-writer.js';

export type WriterData = { readonly file: string; readonly isReplica: boolean };
export type WriterRequest =
  /** In the order of the calls. */
  | { readonly type: 'append'; readonly appends: readonly Append[] }
  /** In the order of the cluster's log. */
  | { readonly type: 'replicate'; readonly loggedEvents: readonly LoggedEvent[] }
  | { readonly type: 'import'; readonly step: ImportStep }
  | { readonly type: 'close' };
/** A step of the import of another ledger's entries, which are sent between `begin` and `commit` (with their root). */
export type ImportStep = 'begin' | readonly Entry[] | { readonly commit: string | null } | 'abandon';
export type WriterReply =
  /** The first reply is one of these two. */
  | { readonly type: 'opened'; readonly logPosition: LogPosition | undefined }
  | { readonly type: 'unusable'; readonly message: string }
  /** One outcome for each of the appends that were sent first. */
  | { readonly type: 'appended'; readonly outcomes: readonly AppendOutcome[]; readonly head: number }
  /** All logged events that were sent are durable, up to this entry. */
  | { readonly type: 'replicated'; readonly head: number }
  | {
      readonly type: 'not-written';
      readonly code: NotWrittenError['code'];
      readonly message: string;
      readonly count: number;
    }
  | { readonly type: 'imported'; readonly entries: number }
  | {
      readonly type: 'import-refused';
      readonly code: ImportRefusedError['code'];
      readonly message: string;
      readonly entry: number;
    }
  | { readonly type: 'import-failed'; readonly code: NotWrittenError['code']; readonly message: string }
  /** Nothing can be written any more; the thread ends. */
  | { readonly type: 'fatal'; readonly message: string };

const { file, isReplica } = workerData as WriterData;
const postReply = (reply: WriterReply): void => parentPort?.postMessage(reply);

try {
  const writer = new LedgerWriter(file, Date.now, isReplica);
  postReply({ type: 'opened', logPosition: writer.logPosition });
  parentPort?.on('message', (request: WriterRequest) => handleRequest(writer, request));
} catch (error) {
  postReply({ type: 'unusable', message: error instanceof Error ? error.message : String(error) });
}

function handleRequest(writer: LedgerWriter, request: WriterRequest): void {
  switch (request.type) {
    case 'append':
    case 'replicate':
      return writeBatch(writer, request);
    case 'import':
      return runImportStep(writer, request.step);
    case 'close':
      writer.close();
      parentPort?.close();
  }
}

function writeBatch(
  writer: LedgerWriter,
  request: Extract<WriterRequest, { type: 'append' | 'replicate' }>,
): void {
  try {
    if (request.type === 'append')
      postReply({ type: 'appended', outcomes: writer.commit(request.appends), head: writer.head });
    else {
      writer.appendLoggedEvents(request.loggedEvents);
      postReply({ type: 'replicated', head: writer.head });
    }
  } catch (error) {
    if (error instanceof NotWrittenError) {
      const { code, message } = error;
      const { length: count } = request.type === 'append' ? request.appends : request.loggedEvents;
      postReply({ type: 'not-written', code, message, count });
    } else reportFatal(error);
  }
}

function runImportStep(writer: LedgerWriter, step: ImportStep): void {
  try {
    if (step === 'begin') writer.beginImport();
    else if (step === 'abandon') writer.abandonImport();
    else if ('commit' in step) writer.commitImport(step.commit);
    else writer.importEntries(step);
    postReply({ type: 'imported', entries: writer.head });
  } catch (error) {
    if (error instanceof ImportRefusedError) {
      const { code, message, entry } = error;
      postReply({ type: 'import-refused', code, message, entry });
    } else if (error instanceof NotWrittenError)
      postReply({ type: 'import-failed', code: error.code, message: error.message });
    else reportFatal(error);
  }
}

function reportFatal(error: unknown): void {
  const isSentence = error instanceof LedgerLostError || error instanceof BrokenLogError;
  const message = isSentence ? error.message : `The writer of the ledger failed: ${String(error)}`;
  postReply({ type: 'fatal', message });
  parentPort?.close();
}
