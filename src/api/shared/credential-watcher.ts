import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Authenticator } from '../../auth/authenticator.js';
import { isPublic } from '../../auth/authorization.js';
import type { Request } from '../../http/request.js';
import { Configuration } from '../../node/configuration.js';
import { ProblemError } from '../../problems/problem-error.js';
import { CREDENTIAL_CHECK_INTERVAL_MS } from './timeouts.js';

type OpenRequest = { readonly request: Request; readonly onRevoked: (problem: ProblemError) => void };

export const createUnknownKeyProblem = (): ProblemError =>
  new ProblemError('unknown-key', 'The API key is not known here, or was revoked.');

const createEndProblem = ({ principal }: Request): ProblemError =>
  principal.expiresAtMs === undefined
    ? createUnknownKeyProblem()
    : new ProblemError('invalid-token', 'The access token has expired.');

/**
 * Ends what is still being answered when the API key of the request is revoked, or its access token expires; and, where it
 * is answered only with a key, when the node has been cut off for so long that it accepts none (KEYS_TRUST).
 */
@Injectable()
export class CredentialWatcher implements OnModuleDestroy {
  readonly #open = new Set<OpenRequest>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly configuration: Configuration,
  ) {}

  onModuleDestroy(): void {
    this.#stop();
  }

  /** Whether the request may still be answered: its key or token is accepted, or it needs none. */
  isValid(request: Request): boolean {
    return this.#findEndProblem(request) === undefined;
  }

  /** Throws ProblemError if the request may not be answered any more. */
  assertValid(request: Request): void {
    const problem = this.#findEndProblem(request);
    if (problem) throw problem;
  }

  /**
   * Calls `onRevoked` once, with the reason, if the key of the request is revoked or its token expires before the function
   * that this returns is called.
   */
  watch(request: Request, onRevoked: (problem: ProblemError) => void): () => void {
    const open = { request, onRevoked };
    this.#open.add(open);
    this.#timer ??= setInterval(() => this.check(), CREDENTIAL_CHECK_INTERVAL_MS).unref();
    return () => {
      this.#open.delete(open);
      if (this.#open.size === 0) this.#stop();
    };
  }

  /** Checks the keys of all open requests. */
  check(): void {
    for (const open of this.#open) {
      const problem = this.#findEndProblem(open.request);
      if (!problem) continue;
      this.#open.delete(open);
      open.onRevoked(problem);
    }
  }

  #findEndProblem(request: Request): ProblemError | undefined {
    const { principal, headers, routeOptions } = request;
    const { policy } = routeOptions.config;
    const isKeyNeeded = policy !== undefined && !isPublic(policy, this.configuration);
    const fault =
      isKeyNeeded && principal.name !== null
        ? this.authenticator.findTrustFault(principal, policy)
        : undefined;
    if (fault) return new ProblemError(fault.code, fault.message, {}, fault.retryAfterSeconds);
    return this.authenticator.isStillValid(principal, headers.authorization)
      ? undefined
      : createEndProblem(request);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
