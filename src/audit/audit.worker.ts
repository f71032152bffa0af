// The thread that audits beside a server. Its messages are in worker-messages.ts.
import { getErrorMessage } from '../errors/get-error-message.js';
import { parentPort, workerData } from 'node:worker_threads';
import { loadProjections } from '../read-models/declaration/load-projections.js';
import type { GenerationLease } from '../read-models/read-model-status.js';
import { runAudit, type AuditStep } from './run-audit.js';
import type { AuditWorkerData, FromAuditWorker, ToAuditWorker } from './worker-messages.js';
import { AUDIT_PROGRESS_INTERVAL_MS } from './timeouts.js';
import { hashProjectionCode } from './scratch-directory.js';

const { declarations, projections, ...data } = workerData as AuditWorkerData;
const send = (message: FromAuditWorker): void => parentPort?.postMessage(message);

const shutdown = { isRequested: false };
let resolveLease: (lease: GenerationLease | undefined) => void = () => undefined;
parentPort?.on('message', (message: ToAuditWorker) => {
  if (message.type === 'close') shutdown.isRequested = true;
  else resolveLease(message.file ? { ...message.file, release: () => send({ type: 'release' }) } : undefined);
});

let lastReported = { at: -Infinity, phase: '' };
function reportProgress(step: AuditStep): void {
  const now = performance.now();
  if (step.phase === lastReported.phase && now - lastReported.at < AUDIT_PROGRESS_INTERVAL_MS) return;
  lastReported = { at: now, phase: step.phase };
  send({ type: 'step', step });
}

try {
  const { readModels, entryUpcaster } = await loadProjections(declarations);
  const steps = runAudit({
    ...data,
    entryUpcaster,
    readModels: readModels.filter(({ name }) => projections.includes(name)),
    code: hashProjectionCode(new URL(declarations)),
    lease: ({ name }) => {
      send({ type: 'lease', name });
      return new Promise((resolve) => (resolveLease = resolve));
    },
  });
  for (;;) {
    const turn = await steps.next();
    if (turn.done) {
      send({ type: 'done', result: turn.value });
      break;
    }
    reportProgress(turn.value);
    await new Promise(setImmediate); // messages arrive between two steps
    if (!shutdown.isRequested) continue;
    await steps.return(undefined as never);
    send({ type: 'failed', reason: 'The server stopped; the next audit resumes from the scratch files.' });
    break;
  }
} catch (error) {
  send({ type: 'failed', reason: getErrorMessage(error) });
}
parentPort?.close();
