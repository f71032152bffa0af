import { ApplicationError } from '../errors/application-error.js';
import { problems } from './problems.js';

/** An error that is shown to the client as a problem of the catalog (RFC 9457). Knows nothing of HTTP but the status. */
export class ProblemError extends ApplicationError {
  constructor(
    readonly code: string,
    /** One sentence about this occurrence. */
    readonly detail: string,
    override readonly extensions: { readonly [member: string]: unknown } = {},
    override readonly retryAfterSeconds?: number,
  ) {
    super(detail);
  }

  get status(): number {
    return problems[this.code]?.status ?? 500;
  }

  /** The problem document, without `instance`. The page of the problem is under this path of the server. */
  toDocument(basePath = ''): { readonly [member: string]: unknown } {
    const known = problems[this.code] ?? problems['internal-error'];
    return {
      type: `${basePath}/problems/${this.code}`,
      title: known?.title,
      status: this.status,
      detail: this.detail,
      code: this.code,
      ...this.extensions,
    };
  }
}
