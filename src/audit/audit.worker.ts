// The thread that audits beside a server. See messages.ts for what it is told and what it says.
import { parentPort, workerData } from 'node:worker_threads';
import { loadDeclarations } from '../read-models/declaration/load-projections.js';
import type { Loan } from '../read-models/read-models.js';
import { sentence } from '../read-models/projecting/entry-batches.js';
import { audit, type Step } from './run-audit.js';
import type { AuditData, FromAudit, ToAudit } from './worker-messages.js';
import { codeOf } from './scratch-directory.js';

/** How often it says how far it is, in milliseconds. */
const PAUSE = 100;

const { declarations, projections, ...data } = workerData as AuditData;
const say = (message: FromAudit): void => parentPort?.postMessage(message);

const asked = { toClose: false };
let lent: (loan: Loan | undefined) => void = () => undefined;
parentPort?.on('message', (message: ToAudit) => {
  if (message.type === 'close') asked.toClose = true;
  else lent(message.file ? { ...message.file, giveBack: () => say({ type: 'giveBack' }) } : undefined);
});

let told = { at: -Infinity, phase: '' };
function tell(step: Step): void {
  const now = performance.now();
  if (step.phase === told.phase && now - told.at < PAUSE) return;
  told = { at: now, phase: step.phase };
  say({ type: 'step', step });
}

try {
  const { readModels, read } = await loadDeclarations(declarations);
  const steps = audit({
    ...data,
    read,
    readModels: readModels.filter(({ name }) => projections.includes(name)),
    code: codeOf(new URL(declarations)),
    lend: ({ name }) => {
      say({ type: 'lend', name });
      return new Promise((resolve) => (lent = resolve));
    },
  });
  for (;;) {
    const turn = await steps.next();
    if (turn.done) {
      say({ type: 'done', result: turn.value });
      break;
    }
    tell(turn.value);
    await new Promise(setImmediate); // messages are heard between two pieces of work
    if (!asked.toClose) continue;
    await steps.return(undefined as never);
    say({ type: 'failed', reason: 'The server stopped; the next audit goes on from what is folded.' });
    break;
  }
} catch (error) {
  say({ type: 'failed', reason: sentence(error) });
}
parentPort?.close();
