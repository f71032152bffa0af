// The thread that audits beside a server. See messages.ts for what it is told and what it says.
import { parentPort, workerData } from 'node:worker_threads';
import { loadProjections } from '../read-models/declaration/load-projections.js';
import type { GenerationLease } from '../read-models/read-models.js';
import { toErrorMessage } from '../read-models/projecting/entry-batches.js';
import { runAudit, type AuditStep } from './run-audit.js';
import type { AuditData, FromAudit, ToAudit } from './worker-messages.js';
import { digestCode } from './scratch-directory.js';

/** How often it says how far it is, in milliseconds. */
const PROGRESS_INTERVAL_MS = 100;

const { declarations, projections, ...data } = workerData as AuditData;
const send = (message: FromAudit): void => parentPort?.postMessage(message);

const shutdown = { toClose: false };
let resolveLease: (loan: GenerationLease | undefined) => void = () => undefined;
parentPort?.on('message', (message: ToAudit) => {
  if (message.type === 'close') shutdown.toClose = true;
  else
    resolveLease(message.file ? { ...message.file, release: () => send({ type: 'giveBack' }) } : undefined);
});

let lastReported = { at: -Infinity, phase: '' };
function reportProgress(step: AuditStep): void {
  const now = performance.now();
  if (step.phase === lastReported.phase && now - lastReported.at < PROGRESS_INTERVAL_MS) return;
  lastReported = { at: now, phase: step.phase };
  send({ type: 'step', step });
}

try {
  const { readModels, read } = await loadProjections(declarations);
  const steps = runAudit({
    ...data,
    read,
    readModels: readModels.filter(({ name }) => projections.includes(name)),
    code: digestCode(new URL(declarations)),
    lend: ({ name }) => {
      send({ type: 'lend', name });
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
    await new Promise(setImmediate); // messages are heard between two pieces of work
    if (!shutdown.toClose) continue;
    await steps.return(undefined as never);
    send({ type: 'failed', reason: 'The server stopped; the next audit goes on from what is folded.' });
    break;
  }
} catch (error) {
  send({ type: 'failed', reason: toErrorMessage(error) });
}
parentPort?.close();
