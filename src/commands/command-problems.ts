// From the outcome of a command to its recording or to a problem: for HTTP, NDJSON and the CLI alike.
import { shortenText } from '../errors/shorten-text.js';
import { RefusedCommand } from '../eventsourcing/decide-command.js';
import { InvalidCommand, Refusal } from '../eventsourcing/refusal.js';
import { ProblemError } from '../problems/problem-error.js';
import { problems } from '../problems/problems.js';
import { toSentence } from '../problems/sentence.js';
import { type CommandOutcome, type RecordedCommand, RevisionMismatch } from './command-outcome.js';

/** The recorded command. Throws every other outcome as its problem. */
export function getRecordedCommand(outcome: CommandOutcome): RecordedCommand {
  if (outcome instanceof InvalidCommand || outcome instanceof Refusal || outcome instanceof RevisionMismatch)
    throw toCommandProblem(outcome);
  return outcome;
}

export function toCommandProblem(outcome: InvalidCommand | Refusal | RevisionMismatch): ProblemError {
  if (outcome instanceof InvalidCommand) {
    const [first] = outcome.errors;
    const subject = first.pointer === '' ? 'The body' : shortenText(first.pointer);
    const more = outcome.hasMore ? ' There are more errors than are listed.' : '';
    return new ProblemError(first.code, `${toSentence(`${subject}: ${first.detail}`)}${more}`, {
      errors: outcome.errors,
    });
  }
  if (outcome instanceof RevisionMismatch)
    return new ProblemError(
      'wrong-revision',
      outcome.currentRevision === null
        ? 'The stream has no events yet.'
        : `The stream is at revision ${outcome.currentRevision}.`,
      { currentRevision: outcome.currentRevision },
    );
  const { code, detail, pointer = '' } = outcome;
  // Of a group the client learns which of its commands was refused.
  const hasErrors = problems[code]?.status === 422 || (outcome instanceof RefusedCommand && pointer !== '');
  return new ProblemError(code, detail, hasErrors ? { errors: [{ pointer, code, detail }] } : {});
}
