// The writer thread: commits what it is sent at once in one transaction (group commit).
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Entry } from '../entry.js';
import { type Logged, LogNotWhole, type Position } from '../cluster-log.js';
import { type Append, type AppendOutcome, NotTakenOver } from '../sequencer.js';
import { LedgerLost, LedgerWriter, NotWritten } from './ledger-writer.js';

export type WriterData = { readonly file: string; readonly isCopy: boolean; readonly port: MessagePort };
export type WriterRequest =
  /** In the order in which they were asked for. */
  | { readonly appends: readonly Append[] }
  /** In the order of the cluster's log. */
  | { readonly logged: readonly Logged[] }
  | { readonly takeOver: TakeOver }
  | { readonly close: true };
/** A step on the way to another book's entries, which are written between `begin` and `commit`, with their root. */
export type TakeOver = 'begin' | readonly Entry[] | { readonly commit: string | null } | 'abandon';
export type WriterReply =
  | { readonly opened: number; readonly position: Position | undefined }
  | { readonly unusable: string }
  /** For the appends that were sent first, one outcome each. */
  | { readonly outcomes: readonly AppendOutcome[]; readonly head: number }
  /** All that was logged is on disk. */
  | { readonly followed: number }
  | { readonly takenOver: number }
  | { readonly notTakenOver: NotTakenOver['code']; readonly message: string; readonly entry: number }
  | { readonly takeOverFailed: NotWritten['code']; readonly message: string }
  | { readonly notWritten: NotWritten['code']; readonly message: string; readonly count: number }
  | { readonly lost: string }
  | { readonly closed: true };

const { file, isCopy, port } = workerData as WriterData;
const reply = (message: WriterReply): void => port.postMessage(message);

try {
  const writer = new LedgerWriter(file, Date.now, isCopy);
  reply({ opened: writer.head, position: writer.position });
  port.on('message', (request: WriterRequest) => serve(writer, request));
} catch (error) {
  reply({ unusable: error instanceof Error ? error.message : String(error) });
  port.close();
}

function serve(writer: LedgerWriter, request: WriterRequest): void {
  if ('takeOver' in request) takeOver(writer, request.takeOver);
  else if ('close' in request) {
    writer.close();
    reply({ closed: true });
    port.close();
  } else write(writer, request);
}

function write(
  writer: LedgerWriter,
  request: { appends: readonly Append[] } | { logged: readonly Logged[] },
): void {
  try {
    if ('appends' in request) reply({ outcomes: writer.commit(request.appends), head: writer.head });
    else {
      writer.follow(request.logged);
      reply({ followed: writer.head });
    }
  } catch (error) {
    if (error instanceof NotWritten) {
      const { length } = 'appends' in request ? request.appends : request.logged;
      reply({ notWritten: error.code, message: error.message, count: length });
    } else lose(error);
  }
}

function takeOver(writer: LedgerWriter, step: TakeOver): void {
  try {
    if (step === 'begin') writer.beginTakeOver();
    else if (step === 'abandon') writer.abandonTakeOver();
    else if ('commit' in step) writer.commitTakeOver(step.commit);
    else writer.takeOver(step);
    reply({ takenOver: writer.head });
  } catch (error) {
    if (error instanceof NotTakenOver)
      reply({ notTakenOver: error.code, message: error.message, entry: error.entry });
    else if (error instanceof NotWritten) reply({ takeOverFailed: error.code, message: error.message });
    else lose(error);
  }
}

/** Nothing may be written any more. */
function lose(error: unknown): void {
  const isSentence = error instanceof LedgerLost || error instanceof LogNotWhole;
  reply({ lost: isSentence ? error.message : `The writer of the ledger failed: ${String(error)}` });
  port.close();
}
