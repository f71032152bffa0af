import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Authenticator } from '../../auth/authenticator.js';
import type { Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';
import { KEY_CHECK_INTERVAL_MS } from './timeouts.js';

type OpenRequest = { readonly request: Request; readonly onRevoked: (problem: ProblemError) => void };

export const createUnknownKeyProblem = (): ProblemError =>
  new ProblemError('unknown-key', 'The API key is not known here, or was revoked.');

const createEndProblem = ({ principal }: Request): ProblemError =>
  principal.expiresAtMs === undefined
    ? createUnknownKeyProblem()
    : new ProblemError('invalid-token', 'The access token has expired.');

/** Ends what is still being answered when the API key of the request is revoked, or its access token expires. */
@Injectable()
export class KeyChecks implements OnModuleDestroy {
  readonly #open = new Set<OpenRequest>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly authenticator: Authenticator) {}

  onModuleDestroy(): void {
    this.#stop();
  }

  /** Whether the key or token of the request is valid, or it has none. */
  isValid({ principal, headers }: Request): boolean {
    return this.authenticator.isStillValid(principal, headers.authorization);
  }

  /** Throws ProblemError if the key or token of the request is not valid any more. */
  assertValid(request: Request): void {
    if (!this.isValid(request)) throw createEndProblem(request);
  }

  /**
   * Calls `onRevoked` once, with the reason, if the key of the request is revoked or its token expires before the function
   * that this returns is called.
   */
  watch(request: Request, onRevoked: (problem: ProblemError) => void): () => void {
    const open = { request, onRevoked };
    this.#open.add(open);
    this.#timer ??= setInterval(() => this.check(), KEY_CHECK_INTERVAL_MS).unref();
    return () => {
      this.#open.delete(open);
      if (this.#open.size === 0) this.#stop();
    };
  }

  /** Checks the keys of all open requests. */
  check(): void {
    for (const open of this.#open) {
      if (this.isValid(open.request)) continue;
      this.#open.delete(open);
      open.onRevoked(createEndProblem(open.request));
    }
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
