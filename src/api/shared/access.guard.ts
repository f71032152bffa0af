import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Policy } from '../../auth/authorization.js';
import type { RepresentationConfiguration } from '../../http/representation.js';
import type { Request } from '../../http/request.js';
import { Configuration } from '../../node/configuration.js';
import { ProblemError } from '../../problems/problem-error.js';
import { assertAllowed } from './access.js';

const POLICY_METADATA = 'policy';

/**
 * Declares the policy of a route, or of every route of a controller, and which representations it offers. A route without
 * a policy is closed to every client.
 */
export const Allow =
  (policy: Policy, configuration: RepresentationConfiguration = {}): MethodDecorator & ClassDecorator =>
  (target: object, name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (name !== undefined && descriptor) {
      SetMetadata(POLICY_METADATA, policy)(target, name, descriptor);
      RouteConfig({ policy, ...configuration })(target, name, descriptor);
      return;
    }
    const { prototype } = target as { readonly prototype: object };
    for (const [method, own] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (
        method !== 'constructor' &&
        typeof own.value === 'function' &&
        !Reflect.hasMetadata(POLICY_METADATA, own.value as object)
      )
        Allow(policy, configuration)(prototype, method, own);
    SetMetadata(POLICY_METADATA, policy)(target as never);
  };

/** Checks the policy of the route against the principal of every request. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly configuration: Configuration,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const policy = this.reflector.getAllAndOverride<Policy | undefined>(POLICY_METADATA, targets);
    const { principal } = context.switchToHttp().getRequest<Request>();
    if (policy === undefined) throw new ProblemError('forbidden', 'This address is open to nobody.');
    assertAllowed(principal, policy, this.configuration);
    return true;
  }
}
