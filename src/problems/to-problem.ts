// The one map from errors to problems: an error whose code is in the catalog is shown to the client as that problem.
import { ApplicationError } from '../errors/application-error.js';
import { ProblemError } from './problem-error.js';
import { problems } from './problems.js';

/** The problem that this error is shown as; undefined if its code is not in the catalog. */
export function findProblem(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (!(error instanceof ApplicationError) || !Object.hasOwn(problems, error.code)) return undefined;
  return new ProblemError(error.code, error.message, error.extensions, error.retryAfterSeconds);
}

/** As findProblem; any other error is an internal error, of which the client is shown nothing more. */
export const toProblem = (error: unknown): ProblemError => findProblem(error) ?? createInternalErrorProblem();

const createInternalErrorProblem = (): ProblemError =>
  new ProblemError('internal-error', 'The server failed to answer this request.');
