import { MAX_PROJECT_IDS } from '#contracts';
import type { Role } from '../admin-auth/principal.js';

const OF_A_PROJECT = /^project:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(admin|viewer)$/i;

/**
 * The roles in a token. Nobody gets a role by a word that is not exactly one.
 *
 * @param path name of the claim; of one within another with dots between
 * @throws RangeError for more projects than can be asked for at once
 */
export function rolesIn(claims: object, path: string): Role[] {
  const roles = words(claimAt(claims, path)).flatMap(roleFrom);
  if (new Set(roles.map(({ projectId }) => projectId)).size > MAX_PROJECT_IDS) {
    throw new RangeError(`roles in more than ${String(MAX_PROJECT_IDS)} projects`);
  }
  return roles;
}

/** A claim whose name has dots, as those that are URLs, comes first. */
function claimAt(claims: object, path: string): unknown {
  if (Object.hasOwn(claims, path)) return (claims as Record<string, unknown>)[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A list, or words with blanks between, as in `scope`. */
function words(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ');
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function roleFrom(word: string): Role[] {
  if (word === 'admin' || word === 'viewer') return [{ role: word, projectId: null }];
  const [, projectId, role] = OF_A_PROJECT.exec(word) ?? [];
  return projectId === undefined
    ? []
    : [{ role: role?.toLowerCase() === 'admin' ? 'admin' : 'viewer', projectId: projectId.toLowerCase() }];
}
