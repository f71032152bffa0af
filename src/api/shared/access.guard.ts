import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiKeys } from '../../auth/api-keys.js';
import { authenticate } from '../../auth/authenticate.js';
import { isAllowed, type Policy } from '../../auth/authorization.js';
import type { Request } from '../../http/request.js';
import { Configuration } from '../../node/configuration.js';
import { ProblemError } from '../../problems/problem-error.js';
import './principal.js';

const POLICY_METADATA = 'policy';

/** Declares the policy of a route, or of every route of a controller. A route without one is closed to every client. */
export const Allow = (policy: Policy) => SetMetadata(POLICY_METADATA, policy);

/** Authenticates every request and checks the policy of the route against its principal. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
    private readonly configuration: Configuration,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const policy = this.reflector.getAllAndOverride<Policy | undefined>(POLICY_METADATA, targets);
    const request = context.switchToHttp().getRequest<Request>();
    const isPublic = policy === 'open' || (policy === 'read' && this.configuration.publicReads);
    const { authorization } = request.headers;
    if (policy !== undefined && !isPublic && authorization !== undefined) this.keys.assertTrusted(policy);
    const principal = authenticate(this.keys, authorization);
    if (!principal) throw new ProblemError('unknown-key', 'The API key is not known here, or was revoked.');
    request.principal = principal;
    if (policy === undefined) throw new ProblemError('forbidden', 'This address is open to nobody.');
    if (isPublic) return true;
    if (principal.role === null)
      throw new ProblemError('unknown-key', 'This needs an API key: send "Authorization: Bearer <key>".');
    if (!isAllowed(principal.role, policy))
      throw new ProblemError(
        'forbidden',
        `The role of this key is "${principal.role}", which may not ${policy}.`,
      );
    return true;
  }
}
