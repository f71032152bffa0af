// The writer thread: commits what it is sent at once in one transaction (group commit).
import { type MessagePort, workerData } from 'node:worker_threads';
import type { Entry } from '../entry.js';
import { type Append, type AppendOutcome, NotTakenOver } from '../sequencer.js';
import { LedgerLost, LedgerWriter, NotWritten } from './ledger-writer.js';

export type WriterData = { readonly file: string; readonly port: MessagePort };
/** Appends in the order in which they were asked for; an empty list asks the writer to close. */
export type WriterRequest = readonly Append[] | { readonly takeOver: TakeOver };
/** A step on the way to another book's entries, which are written between `begin` and `commit`, with their root. */
export type TakeOver = 'begin' | readonly Entry[] | { readonly commit: string | null } | 'abandon';
export type WriterReply =
  | { readonly opened: number }
  | { readonly unusable: string }
  /** For the appends that were sent first, one outcome each. */
  | { readonly outcomes: readonly AppendOutcome[]; readonly head: number }
  | { readonly takenOver: number }
  | { readonly notTakenOver: NotTakenOver['code']; readonly message: string; readonly entry: number }
  | { readonly takeOverFailed: NotWritten['code']; readonly message: string }
  | { readonly notWritten: NotWritten['code']; readonly message: string; readonly count: number }
  | { readonly lost: string }
  | { readonly closed: true };

const { file, port } = workerData as WriterData;
const reply = (message: WriterReply): void => port.postMessage(message);

try {
  const writer = new LedgerWriter(file);
  reply({ opened: writer.head });
  port.on('message', (request: WriterRequest) => serve(writer, request));
} catch (error) {
  reply({ unusable: error instanceof Error ? error.message : String(error) });
  port.close();
}

function serve(writer: LedgerWriter, request: WriterRequest): void {
  if ('takeOver' in request) return takeOver(writer, request.takeOver);
  if (request.length > 0) return commit(writer, request);
  writer.close();
  reply({ closed: true });
  port.close();
}

function commit(writer: LedgerWriter, appends: readonly Append[]): void {
  try {
    reply({ outcomes: writer.commit(appends), head: writer.head });
  } catch (error) {
    if (error instanceof NotWritten)
      reply({ notWritten: error.code, message: error.message, count: appends.length });
    else lose(error);
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
  reply({
    lost: error instanceof LedgerLost ? error.message : `The writer of the ledger failed: ${String(error)}`,
  });
  port.close();
}
