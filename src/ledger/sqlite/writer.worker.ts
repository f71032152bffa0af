// The writer thread: commits what it is sent at once in one transaction (group commit).
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Entry } from '../entry.js';
import { type LoggedEvent, BrokenLogError, type LogPosition } from '../cluster-log.js';
import { type Append, type AppendOutcome, ImportRefusedError } from '../sequencer.js';
import { LedgerLostError, LedgerWriter, NotWrittenError } from './ledger-writer.js';

export type WriterData = { readonly file: string; readonly isReplica: boolean; readonly port: MessagePort };
export type WriterRequest =
  /** In the order in which they were asked for. */
  | { readonly appends: readonly Append[] }
  /** In the order of the cluster's log. */
  | { readonly logged: readonly LoggedEvent[] }
  | { readonly takeOver: ImportStep }
  | { readonly close: true };
/** A step on the way to another book's entries, which are written between `begin` and `commit`, with their root. */
export type ImportStep = 'begin' | readonly Entry[] | { readonly commit: string | null } | 'abandon';
export type WriterReply =
  | { readonly opened: number; readonly logPosition: LogPosition | undefined }
  | { readonly unusable: string }
  /** For the appends that were sent first, one outcome each. */
  | { readonly outcomes: readonly AppendOutcome[]; readonly head: number }
  /** All that was logged is on disk. */
  | { readonly followed: number }
  | { readonly takenOver: number }
  | { readonly notTakenOver: ImportRefusedError['code']; readonly message: string; readonly entry: number }
  | { readonly takeOverFailed: NotWrittenError['code']; readonly message: string }
  | { readonly notWritten: NotWrittenError['code']; readonly message: string; readonly count: number }
  | { readonly lost: string }
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
  if ('takeOver' in request) runImportStep(writer, request.takeOver);
  else if ('close' in request) {
    writer.close();
    postReply({ closed: true });
    port.close();
  } else writeBatch(writer, request);
}

function writeBatch(
  writer: LedgerWriter,
  request: { appends: readonly Append[] } | { logged: readonly LoggedEvent[] },
): void {
  try {
    if ('appends' in request) postReply({ outcomes: writer.commit(request.appends), head: writer.head });
    else {
      writer.appendLoggedEvents(request.logged);
      postReply({ followed: writer.head });
    }
  } catch (error) {
    if (error instanceof NotWrittenError) {
      const { length } = 'appends' in request ? request.appends : request.logged;
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
    postReply({ takenOver: writer.head });
  } catch (error) {
    if (error instanceof ImportRefusedError)
      postReply({ notTakenOver: error.code, message: error.message, entry: error.entry });
    else if (error instanceof NotWrittenError)
      postReply({ takeOverFailed: error.code, message: error.message });
    else reportFatal(error);
  }
}

/** Nothing may be written any more. */
function reportFatal(error: unknown): void {
  const isSentence = error instanceof LedgerLostError || error instanceof BrokenLogError;
  postReply({ lost: isSentence ? error.message : `The writer of the ledger failed: ${String(error)}` });
  port.close();
}
