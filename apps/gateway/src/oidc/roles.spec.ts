import type { Role } from '../admin-auth/principal.js';
import { rolesIn } from './roles.js';

const ID = '01a20541-1cf0-75e3-b3a8-5d4c9a1f7e20';

describe('the roles in a token', () => {
  it.each<[claims: object, path: string, roles: Role[]]>([
    [{ roles: ['admin'] }, 'roles', [{ role: 'admin', projectId: null }]],
    [{ roles: ['viewer', 'editor'] }, 'roles', [{ role: 'viewer', projectId: null }]],
    [{ roles: [`project:${ID}:admin`] }, 'roles', [{ role: 'admin', projectId: ID }]],
    [{ roles: [`project:${ID.toUpperCase()}:viewer`] }, 'roles', [{ role: 'viewer', projectId: ID }]],
    [{ realm_access: { roles: ['admin'] } }, 'realm_access.roles', [{ role: 'admin', projectId: null }]],
    [{ 'https://a.b/roles': ['admin'] }, 'https://a.b/roles', [{ role: 'admin', projectId: null }]],
    [{ scope: `openid project:${ID}:viewer` }, 'scope', [{ role: 'viewer', projectId: ID }]],
  ])('of %j at %s are %j', (claims, path, roles) => {
    expect(rolesIn(claims, path)).toEqual(roles);
  });

  it.each<[claims: object, path: string]>([
    [{}, 'roles'],
    [{ roles: null }, 'roles'],
    [{ roles: { admin: true } }, 'roles'],
    [
      {
        roles: ['Admin', 'ADMIN', ' admin', 'admin\n', 'administrator', 'project:*:admin', 'project::admin'],
      },
      'roles',
    ],
    [
      { roles: [`project:${ID}`, `project:${ID}:owner`, `x:project:${ID}:admin`, `project:${ID}:admin:x`] },
      'roles',
    ],
    [{ roles: [['admin']] }, 'roles'],
    [{ realm_access: 'admin' }, 'realm_access.roles'],
    [{}, '__proto__.constructor.name'],
  ])('of %j at %s are none', (claims, path) => {
    expect(rolesIn(claims, path)).toEqual([]);
  });

  it('may be in 1,000 projects, and not in more', () => {
    const roles = Array.from(
      { length: 1_001 },
      (_, i) => `project:${ID.slice(0, -4)}${String(1_000 + i)}:viewer`,
    );
    expect(rolesIn({ roles: roles.slice(1) }, 'roles')).toHaveLength(1_000);
    expect(() => rolesIn({ roles }, 'roles')).toThrow(RangeError);
  });
});
