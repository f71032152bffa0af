// The writer thread. Appends that are sent in one message are committed in one transaction (group commit).
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Entry } from '../entry.js';
import { type LoggedEvent, BrokenLogError, type LogPosition } from '../cluster-log.js';
import { type Append, type AppendOutcome, ImportRefusedError } from '../sequencer.js';
import { LedgerLostError, LedgerWriter, NotWrittenError } from './ledger-writer.js';

export type WriterData = { readonly file: string; readonly isReplica: boolean; readonly port: MessagePort };
export type WriterRequest =
  /** In the order of the calls. */
  | { readonly appends: readonly Append[] }
  /** In the order of the cluster's log. */
  | { readonly loggedEvents: readonly LoggedEvent[] }
  | { readonly importStep: ImportStep }
  | { readonly close: true };
/** A step of the import of another ledger's entries, which are sent between `begin` and `commit` (with their root). */
export type ImportStep = 'begin' | readonly Entry[] | { readonly commit: string | null } | 'abandon';
export type WriterReply =
  | { readonly opened: number; readonly logPosition: LogPosition | undefined }
  | { readonly unusable: string }
  /** One outcome for each of the appends that were sent first. */
  | { readonly outcomes: readonly AppendOutcome[]; readonly head: number }
  /** All logged events that were sent are durable, up to this entry. */
  | { readonly replicatedHead: number }
  | { readonly importedEntries: number }
  | { readonly importRefused: ImportRefusedError['code']; readonly message: string; readonly entry: number }
  | { readonly importFailed: NotWrittenError['code']; readonly message: string }
  | { readonly notWritten: NotWrittenError['code']; readonly message: string; readonly count: number }
  /** Nothing can be written any more; the thread ends. */
  | { readonly fatal: string }
  | { readonly closed: true };

const { file, isReplica, port } = workerData as WriterData;
const postReply = (message: WriterReply): void => port.postMessage(message);

try {
  const writer = new LedgerWriter(file, Date.now, isReplica);
  postReply({ opened: writer.head, logPosition: writer.logPosition });
  port.on('message', (request: WriterRequest) => handleRequest(writer, request));
} catch (error) {
  postReply({ unusable: error instanceof Error ? error.message : String(error) });
  port.close();
}

function handleRequest(writer: LedgerWriter, request: WriterRequest): void {
  if ('importStep' in request) runImportStep(writer, request.importStep);
  else if ('close' in request) {
    writer.close();
    postReply({ closed: true });
    port.close();
  } else writeBatch(writer, request);
}

function writeBatch(
  writer: LedgerWriter,
  request: { appends: readonly Append[] } | { loggedEvents: readonly LoggedEvent[] },
): void {
  try {
    if ('appends' in request) postReply({ outcomes: writer.commit(request.appends), head: writer.head });
    else {
      writer.appendLoggedEvents(request.loggedEvents);
      postReply({ replicatedHead: writer.head });
    }
  } catch (error) {
    if (error instanceof NotWrittenError) {
      const { length } = 'appends' in request ? request.appends : request.loggedEvents;
      postReply({ notWritten: error.code, message: error.message, count: length });
    } else reportFatal(error);
  }
}

function runImportStep(writer: LedgerWriter, step: ImportStep): void {
  try {
    if (step === 'begin') writer.beginImport();
    else if (step === 'abandon') writer.abandonImport();
    else if ('commit' in step) writer.commitImport(step.commit);
    else writer.importEntries(step);
    postReply({ importedEntries: writer.head });
  } catch (error) {
    if (error instanceof ImportRefusedError)
      postReply({ importRefused: error.code, message: error.message, entry: error.entry });
    else if (error instanceof NotWrittenError)
      postReply({ importFailed: error.code, message: error.message });
    else reportFatal(error);
  }
}

function reportFatal(error: unknown): void {
  const isSentence = error instanceof LedgerLostError || error instanceof BrokenLogError;
  postReply({ fatal: isSentence ? error.message : `The writer of the ledger failed: ${String(error)}` });
  port.close();
}
