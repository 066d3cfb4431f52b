import type { Id, Instant } from '#contracts';
import type { FastifyRequest } from 'fastify';

export interface Role {
  role: 'admin' | 'viewer';
  /** `null`: in all projects. */
  projectId: Id | null;
}

/** Somebody who has shown an admin credential, and what they may do. */
export interface Principal {
  /** As the audit trail names them. */
  actor: string;
  /** As people read it. */
  name: string;
  roles: readonly Role[];
  /** When the credential ends, whatever is done with it; `null` for one that does not. */
  expiresAt: Instant | null;
  /** What unsafe requests of the session have to send along; `null` for credentials that no browser sends by itself. */
  csrfToken: string | null;
}

export const ADMIN_TOKEN_HOLDER: Principal = {
  actor: 'admin-token',
  name: 'Admin token',
  roles: [{ role: 'admin', projectId: null }],
  expiresAt: null,
  csrfToken: null,
};

/** An admin may do whatever a viewer may, and a role in all projects is one in each of them. */
export function hasRole({ roles }: Pick<Principal, 'roles'>, wanted: Role): boolean {
  return roles.some(
    ({ role, projectId }) =>
      (role === 'admin' || role === wanted.role) && (projectId === null || projectId === wanted.projectId),
  );
}

/** The projects that are all somebody may see; `undefined`: they may see all of them. */
export function visibleProjects({ roles }: Pick<Principal, 'roles'>): string[] | undefined {
  const ids = new Set<string>();
  for (const { projectId } of roles) {
    if (projectId === null) return undefined;
    ids.add(projectId);
  }
  return [...ids];
}

const principals = new WeakMap<FastifyRequest, Principal>();

export function rememberPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal);
}

/** @throws Error on routes whose policy asks for nobody: whoever gets here has declared the wrong one. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new Error('the policy of this route identifies nobody');
  return principal;
}
