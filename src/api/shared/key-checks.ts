import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ApiKeys } from '../../auth/api-keys.js';
import { authenticate } from '../../auth/authenticate.js';
import type { Request } from '../../http/request.js';
import { ProblemError } from '../../problems/problem-error.js';
import { KEY_CHECK_INTERVAL_MS } from './timeouts.js';

type OpenRequest = { readonly request: Request; readonly onRevoked: () => void };

export const createUnknownKeyProblem = (): ProblemError =>
  new ProblemError('unknown-key', 'The API key is not known here, or was revoked.');

/** Ends what is still being answered when the API key of the request is revoked. */
@Injectable()
export class KeyChecks implements OnModuleDestroy {
  readonly #open = new Set<OpenRequest>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly keys: ApiKeys) {}

  onModuleDestroy(): void {
    this.#stop();
  }

  /** Whether the key of the request is valid, or it has none. */
  isValid({ headers }: Request): boolean {
    return authenticate(this.keys, headers.authorization) !== undefined;
  }

  /** Throws ProblemError if the key of the request is not valid any more. */
  assertValid(request: Request): void {
    if (!this.isValid(request)) throw createUnknownKeyProblem();
  }

  /** Calls `onRevoked` once if the key of the request is revoked before the function that this returns is called. */
  watch(request: Request, onRevoked: () => void): () => void {
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
      open.onRevoked();
    }
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
