// Roles and their policies. What no policy allows is forbidden.

export const ROLES = ['reader', 'recorder', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a route requires. `open`: no key, even where reading requires one (health, problem pages). */
export type Policy = 'open' | 'read' | 'record' | 'audit' | 'administer';

const ALLOWED_POLICIES: { readonly [R in Role]: ReadonlySet<Policy> } = {
  reader: new Set(['open', 'read']),
  recorder: new Set(['open', 'read', 'record']),
  auditor: new Set(['open', 'read', 'audit']),
  admin: new Set(['open', 'read', 'record', 'audit', 'administer']),
};

/** Whether this role allows a policy. */
export const isAllowed = (role: Role, policy: Policy): boolean => ALLOWED_POLICIES[role].has(policy);

/** Whether what has this policy is answered without a key. */
export const isPublic = (policy: Policy, { publicReads }: { readonly publicReads: boolean }): boolean =>
  policy === 'open' || (policy === 'read' && publicReads);
