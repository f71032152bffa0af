// The writer thread. Appends that are sent in one message are committed in one transaction (group commit).
import { getErrorMessage } from '../../errors/get-error-message.js';
import { parentPort, workerData } from 'node:worker_threads';
import type { Entry } from '../entry.js';
import { type LoggedEvent, BrokenLogError, type LogPosition } from '../cluster-log.js';
import { type Append, type AppendOutcome, ImportRefusedError } from '../sequencer.js';
import { LedgerUnavailableError, LedgerUnusableError } from '../ledger-unusable-error.js';
import { RECOVERY_INTERVAL_MS } from '../timeouts.js';
import { createJsonIndexes, type IndexedField } from './json-indexes.js';
import { LedgerWriter } from './ledger-writer.js';
import { readLogPosition } from './log-positions.js';
import { toLedgerUnusableError } from './sqlite-errors.js';
import { readLastEntryNumber } from './verify-entries.js';
import { formatUnavailability, LedgerStateUnknownError, NotWrittenError } from './write-errors.js';

export type WriterOptions = {
  /** ledger.db */
  readonly file: string;
  /** Whether the events come from a cluster's log. */
  readonly isReplica: boolean;
  /** See LedgerWriterOptions. */
  readonly continuesBehindHead?: boolean;
  readonly indexedFields?: readonly IndexedField[];
};
export type WriterRequest =
  /** In the order of the calls. */
  | { readonly type: 'append'; readonly appends: readonly Append[] }
  /** In the order of the cluster's log. */
  | { readonly type: 'replicate'; readonly loggedEvents: readonly LoggedEvent[] }
  | { readonly type: 'import'; readonly step: ImportStep }
  | { readonly type: 'close' };
/** A step of the import of another ledger's entries, which are sent between `begin` and `commit` (with their root). */
export type ImportStep = 'begin' | readonly Entry[] | { readonly commit: string | null } | 'abandon';

/** Why nothing can be written now. */
export type WriteFault = {
  readonly code: NotWrittenError['code'];
  readonly message: string;
  /** The same for the operator, with the file and what to do. */
  readonly detail?: string;
};
export type WriterReply =
  /** The first reply is one of these two. `fault`: the ledger can be read, but not be written yet. */
  | {
      readonly type: 'opened';
      readonly logPosition: LogPosition | undefined;
      readonly fault: WriteFault | undefined;
    }
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
  /** After a fault: appends can be written again. */
  | { readonly type: 'recovered' }
  /** Nothing can be written any more; the thread ends. */
  | { readonly type: 'fatal'; readonly message: string };

const options = workerData as WriterOptions;
const postReply = (reply: WriterReply): void => parentPort?.postMessage(reply);

/** Undefined while the ledger cannot be opened for writing. */
let writer: LedgerWriter | undefined;
/** Runs while the ledger cannot be written: whether a full disk has space again need not be tried by a client's command. */
let recoveryTimer: NodeJS.Timeout | undefined;

/** Throws LedgerUnusableError. */
function openWriter(): LedgerWriter {
  const { file, isReplica, continuesBehindHead = false, indexedFields = [] } = options;
  const opened = new LedgerWriter(file, Date.now, { isReplica, continuesBehindHead });
  try {
    createJsonIndexes(file, indexedFields);
    return opened;
  } catch (error) {
    opened.close();
    throw toLedgerUnusableError(file, error);
  }
}

/** Throws NotWrittenError while the ledger cannot be opened for writing, LedgerUnusableError if it turns out to be unusable. */
function getWriter(): LedgerWriter {
  if (writer) return writer;
  try {
    return (writer = openWriter());
  } catch (error) {
    if (!(error instanceof LedgerUnavailableError)) throw error;
    throw new NotWrittenError(error.unavailability, formatUnavailability(error.unavailability));
  }
}

/** A ledger that can only be read is opened all the same, and tried again until it can be written. */
function open(): void {
  try {
    writer = openWriter();
    postReply({ type: 'opened', logPosition: writer.logPosition, fault: undefined });
  } catch (error) {
    if (!(error instanceof LedgerUnavailableError)) throw error;
    assertReadable(error);
    const logPosition = options.isReplica ? readLogPosition(options.file) : undefined;
    const code = error.unavailability;
    const fault = { code, message: formatUnavailability(code), detail: error.message };
    postReply({ type: 'opened', logPosition, fault });
    scheduleRecovery();
  }
}

/** Throws the reason why the ledger cannot be written if it cannot be read either. */
function assertReadable(reason: LedgerUnavailableError): void {
  try {
    readLastEntryNumber(options.file);
  } catch {
    throw reason;
  }
}

function scheduleRecovery(): void {
  recoveryTimer ??= setTimeout(() => {
    recoveryTimer = undefined;
    try {
      getWriter().probe();
      postReply({ type: 'recovered' });
    } catch (error) {
      if (error instanceof NotWrittenError) scheduleRecovery();
      else reportFatal(error);
    }
  }, RECOVERY_INTERVAL_MS);
}

/** What passes by itself, or when an operator acts; but the clock and the files are looked at whenever that is asked for. */
const isRecoverable = ({ code }: NotWrittenError): boolean => code !== 'clock' && code !== 'ledger-lost';

function handleRequest(request: WriterRequest): void {
  switch (request.type) {
    case 'append':
    case 'replicate':
      return writeBatch(request);
    case 'import':
      return runImportStep(request.step);
    case 'close':
      clearTimeout(recoveryTimer);
      writer?.close();
      parentPort?.close();
  }
}

function writeBatch(request: Extract<WriterRequest, { type: 'append' | 'replicate' }>): void {
  try {
    const opened = getWriter();
    if (request.type === 'append')
      postReply({ type: 'appended', outcomes: opened.commit(request.appends), head: opened.head });
    else {
      opened.appendLoggedEvents(request.loggedEvents);
      postReply({ type: 'replicated', head: opened.head });
    }
  } catch (error) {
    if (error instanceof NotWrittenError) {
      const { code, message } = error;
      const { length: count } = request.type === 'append' ? request.appends : request.loggedEvents;
      postReply({ type: 'not-written', code, message, count });
      if (isRecoverable(error)) scheduleRecovery();
    } else reportFatal(error);
  }
}

function runImportStep(step: ImportStep): void {
  try {
    const opened = getWriter();
    if (step === 'begin') opened.beginImport();
    else if (step === 'abandon') opened.abandonImport();
    else if ('commit' in step) opened.commitImport(step.commit);
    else opened.importEntries(step);
    postReply({ type: 'imported', entries: opened.head });
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
  clearTimeout(recoveryTimer);
  const isSentence =
    error instanceof LedgerStateUnknownError ||
    error instanceof BrokenLogError ||
    error instanceof LedgerUnusableError;
  const message = isSentence ? error.message : `The writer of the ledger failed: ${String(error)}`;
  postReply({ type: 'fatal', message });
  parentPort?.close();
}

try {
  open();
  parentPort?.on('message', handleRequest);
} catch (error) {
  postReply({ type: 'unusable', message: getErrorMessage(error) });
}
