// Who may do what. Nothing is allowed that no policy allows.
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Configuration } from '../../node/configuration.js';
import type { ApiKey } from '../../auth/key-store.js';
import { ApiKeys } from '../../auth/api-keys.js';
import { ProblemError } from '../../problems/problem-error.js';
import type { Request } from '../../http/request.js';

export const ROLES = ['reader', 'recorder', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a route is for. `open`: everybody, even where reading is closed (health, problem pages). */
export type Policy = 'open' | 'read' | 'record' | 'audit' | 'administer';

const ALLOWED_POLICIES: { readonly [R in Role]: ReadonlySet<Policy> } = {
  reader: new Set(['open', 'read']),
  recorder: new Set(['open', 'read', 'record']),
  auditor: new Set(['open', 'read', 'audit']),
  admin: new Set(['open', 'read', 'record', 'audit', 'administer']),
};

/** Whether a key of this role opens what has this policy. */
export const isAllowed = (role: Role, policy: Policy): boolean => ALLOWED_POLICIES[role].has(policy);

/** `name` is what stands in the metadata of facts; null for somebody without a key. */
export type Principal = { readonly name: string | null; readonly role: Role | null };

const ANONYMOUS: Principal = { name: null, role: null };
const POLICY_METADATA = 'policy';

/** Declares what a route, or every route of a controller, is for. A route without a policy is closed to everybody. */
export const Allow = (policy: Policy) => SetMetadata(POLICY_METADATA, policy);

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeys,
    private readonly configuration: Configuration,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const policy = getPolicy(this.reflector, context.getHandler(), context.getClass());
    const request = context.switchToHttp().getRequest<Request>();
    const principal = findPrincipal(this.keys, request.headers.authorization);
    if (!principal) throw new ProblemError('unknown-key', 'The API key is not known here, or was revoked.');
    request.principal = principal;
    if (policy === undefined) throw new ProblemError('forbidden', 'This address is open to nobody.');
    if (policy === 'open' || (policy === 'read' && this.configuration.publicReads)) return true;
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

/** Who sends this header; undefined if the key is not known. */
export function findPrincipal(keys: ApiKeys, authorization: string | undefined): Principal | undefined {
  if (authorization === undefined) return ANONYMOUS;
  const [, secret] = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization) ?? [];
  const key: ApiKey | undefined = secret === undefined ? undefined : keys.find(secret);
  return key && { name: key.name, role: key.role };
}

export const getPolicy = (reflector: Reflector, ...targets: Parameters<Reflector['getAllAndOverride']>[1]) =>
  reflector.getAllAndOverride<Policy | undefined>(POLICY_METADATA, targets);
