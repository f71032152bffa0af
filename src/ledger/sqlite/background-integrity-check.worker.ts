// The thread that checks the pages of a ledger once.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { checkFileIntegrity } from './integrity-check.js';

export type IntegrityCheckWorkerData = { readonly file: string };
/** What is damaged; empty if nothing is. */
export type IntegrityCheckResult = readonly string[];

/** On Linux, where each thread has a priority: requests come first. */
const LOWERED_PRIORITY = 10;
if (process.platform === 'linux') setPriority(LOWERED_PRIORITY);

const { file } = workerData as IntegrityCheckWorkerData;
parentPort?.postMessage(checkFileIntegrity(file, 'quick_check') satisfies IntegrityCheckResult);
