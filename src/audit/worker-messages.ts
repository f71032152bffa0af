// The messages between the audit thread and the main thread.
import type { AuditResult, AuditStep, AuditTask } from './run-audit.js';

export type AuditWorkerData = {
  readonly ledgerFile: string;
  readonly otherFiles: readonly string[];
  readonly declarations: string;
  readonly scratch: string;
  readonly entry: number;
  /** Names of read models. */
  readonly projections: readonly string[];
  readonly checkpoint: AuditTask['checkpoint'];
};

export type ToAuditWorker =
  /** The file that was requested; null if none serves. */
  | { readonly type: 'leased'; readonly file: { readonly generation: number; readonly file: string } | null }
  /** Stop soon, and keep the scratch files. */
  | { readonly type: 'close' };

export type FromAuditWorker =
  | { readonly type: 'step'; readonly step: AuditStep }
  /** One at a time: the next lease is requested after the release of the one before. */
  | { readonly type: 'lease'; readonly name: string }
  | { readonly type: 'release' }
  | { readonly type: 'done'; readonly result: AuditResult }
  | { readonly type: 'failed'; readonly reason: string };
