// What the auditing thread and the others say to each other.
import type { AuditResult, AuditStep, AuditTask } from './run-audit.js';

export type AuditData = {
  readonly ledgerFile: string;
  readonly declarations: string;
  readonly scratch: string;
  readonly entry: number;
  /** Names of read models. */
  readonly projections: readonly string[];
  readonly checkpoint: AuditTask['checkpoint'];
};

export type ToAudit =
  /** The file that was asked for; null if nothing serves. */
  | { readonly type: 'lent'; readonly file: { readonly generation: number; readonly file: string } | null }
  /** Stop soon, and keep what is done. */
  | { readonly type: 'close' };

export type FromAudit =
  | { readonly type: 'step'; readonly step: AuditStep }
  /** One at a time: the next is asked for when the one before was given back. */
  | { readonly type: 'lend'; readonly name: string }
  | { readonly type: 'giveBack' }
  | { readonly type: 'done'; readonly result: AuditResult }
  | { readonly type: 'failed'; readonly reason: string };
