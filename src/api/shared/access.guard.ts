// Who may do what. Nothing is allowed that no policy allows.
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Configuration } from '../../node/configuration.js';
import type { Key } from '../../auth/key-store.js';
import { Keys } from '../../auth/api-keys.js';
import { HttpProblem } from '../../problems/problems.js';
import type { Request } from '../../http/request.js';

export const ROLES = ['reader', 'recorder', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a route is for. `open`: everybody, even where reading is closed (health, problem pages). */
export type Policy = 'open' | 'read' | 'record' | 'audit' | 'administer';

const MAY: { readonly [R in Role]: ReadonlySet<Policy> } = {
  reader: new Set(['open', 'read']),
  recorder: new Set(['open', 'read', 'record']),
  auditor: new Set(['open', 'read', 'audit']),
  admin: new Set(['open', 'read', 'record', 'audit', 'administer']),
};

/** Whether a key of this role opens what has this policy. */
export const may = (role: Role, policy: Policy): boolean => MAY[role].has(policy);

/** `name` is what stands in the metadata of facts; null for somebody without a key. */
export type Principal = { readonly name: string | null; readonly role: Role | null };

const ANYBODY: Principal = { name: null, role: null };
const POLICY = 'policy';

/** Declares what a route, or every route of a controller, is for. A route without a policy is closed to everybody. */
export const Allow = (policy: Policy) => SetMetadata(POLICY, policy);

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: Keys,
    private readonly configuration: Configuration,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const policy = policyOf(this.reflector, context.getHandler(), context.getClass());
    const request = context.switchToHttp().getRequest<Request>();
    const principal = principalOf(this.keys, request.headers.authorization);
    if (!principal) throw unknownKey('The API key is not known here, or was revoked.');
    request.principal = principal;
    if (policy === undefined) throw new HttpProblem('forbidden', 'This address is open to nobody.');
    if (policy === 'open' || (policy === 'read' && this.configuration.publicReads)) return true;
    if (principal.role === null)
      throw unknownKey('This needs an API key: send "Authorization: Bearer <key>".');
    if (!may(principal.role, policy))
      throw new HttpProblem(
        'forbidden',
        `The role of this key is "${principal.role}", which may not ${policy}.`,
      );
    return true;
  }
}

/** Who sends this header; undefined if the key is not known. */
export function principalOf(keys: Keys, authorization: string | undefined): Principal | undefined {
  if (authorization === undefined) return ANYBODY;
  const [, secret] = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization) ?? [];
  const key: Key | undefined = secret === undefined ? undefined : keys.find(secret);
  return key && { name: key.name, role: key.role };
}

export const policyOf = (reflector: Reflector, ...targets: Parameters<Reflector['getAllAndOverride']>[1]) =>
  reflector.getAllAndOverride<Policy | undefined>(POLICY, targets);

const unknownKey = (detail: string): HttpProblem =>
  new HttpProblem('unknown-key', detail, {}, { 'www-authenticate': 'Bearer realm="minutebook"' });
