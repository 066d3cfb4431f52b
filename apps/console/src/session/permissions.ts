import type { Me } from '../api/types.js';
import { useMe } from './use-me.js';

const READ_ONLY = 'Your role is read-only here. An admin of this project can do it.';
const READ_ONLY_IN_SOME = 'Your role is read-only in some of their projects. Clear the selection of those.';
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

/** As {@link useWhyNot}, of several projects at once: all of them have to be theirs. */
export function useWhyNotAll(projectIds: readonly string[]): string | undefined {
  const { data: me } = useMe();
  if (me === undefined) return undefined;
  const others = new Set(projectIds.filter((projectId) => !mayChange(me, projectId)));
  if (others.size === 0) return undefined;
  return new Set(projectIds).size === 1 ? READ_ONLY : READ_ONLY_IN_SOME;
}

export function roleText({ roles }: Me): string {
  if (roles.some(({ role, projectId }) => role === 'admin' && projectId === null))
    return 'Admin of all projects';
  const admins = roles.filter(({ role }) => role === 'admin').length;
  if (admins > 0) return `Admin of ${String(admins)} ${admins === 1 ? 'project' : 'projects'}`;
  return 'Read-only';
}
