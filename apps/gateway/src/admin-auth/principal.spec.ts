import { hasRole, type Role, visibleProjects } from './principal.js';

const admin = (projectId: string | null): Role => ({ role: 'admin', projectId });
const viewer = (projectId: string | null): Role => ({ role: 'viewer', projectId });

describe('hasRole', () => {
  it.each<[roles: Role[], wanted: Role, expected: boolean]>([
    [[], viewer('a'), false],
    [[], viewer(null), false],
    [[viewer(null)], viewer('a'), true],
    [[viewer(null)], admin('a'), false],
    [[admin(null)], admin('a'), true],
    [[admin(null)], viewer(null), true],
    [[viewer('a')], viewer('a'), true],
    [[viewer('a')], viewer('b'), false],
    [[viewer('a')], viewer(null), false],
    [[admin('a')], viewer('a'), true],
    [[admin('a')], admin('b'), false],
    [[admin('a')], admin(null), false],
    [[viewer('a'), admin('b')], admin('b'), true],
    [[viewer('a'), admin('b')], admin('a'), false],
  ])('of %j for %j is %s', (roles, wanted, expected) => {
    expect(hasRole({ roles }, wanted)).toBe(expected);
  });
});

describe('visibleProjects', () => {
  it.each<[roles: Role[], expected: string[] | undefined]>([
    [[], []],
    [
      [viewer('a'), admin('a'), viewer('b')],
      ['a', 'b'],
    ],
    [[viewer('a'), viewer(null)], undefined],
    [[admin(null)], undefined],
  ])('of %j are %j', (roles, expected) => {
    expect(visibleProjects({ roles })).toEqual(expected);
  });
});
