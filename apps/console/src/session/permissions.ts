import type { Me } from '../api/types.js';
import { useMe } from './use-me.js';

const READ_ONLY = 'Your role is read-only here. An admin of this project can do it.';
const NOT_A_GLOBAL_ADMIN = 'Only an admin of all projects can do this.';

/** @param projectId null for what concerns no single project */
function mayChange(me: Me, projectId: string | null): boolean {
  return me.roles.some(
    ({ role, projectId: scope }) => role === 'admin' && (scope === null || scope === projectId),
  );
}

/** @returns why something cannot be changed; undefined when it can. The gateway decides; this only explains. */
export function useWhyNot(projectId: string | null): string | undefined {
  const { data: me } = useMe();
  if (me === undefined || mayChange(me, projectId)) return undefined;
  return projectId === null ? NOT_A_GLOBAL_ADMIN : READ_ONLY;
}

export function roleText({ roles }: Me): string {
  if (roles.some(({ role, projectId }) => role === 'admin' && projectId === null))
    return 'Admin of all projects';
  const admins = roles.filter(({ role }) => role === 'admin').length;
  if (admins > 0) return `Admin of ${String(admins)} ${admins === 1 ? 'project' : 'projects'}`;
  return 'Read-only';
}
