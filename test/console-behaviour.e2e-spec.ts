import { jest } from '@jest/globals';
import { describeAudit } from './console/audit.js';
import { describeDeletions } from './console/deletions.js';
import { describeFailures } from './console/failures.js';
import { describeList } from './console/list.js';
import { describeLive } from './console/live.js';
import { describeProjects } from './console/projects.js';
import { describeRoles } from './console/roles.js';
import { World } from './console/world.js';
import { describeInBrowser } from './support/browser.js';

// What an admin does in the console, and what happens to them there: one platform, one browser, a story in each file.
jest.setTimeout(90_000);

describeInBrowser('in the console', (executablePath) => {
  let world: World;
  const getWorld = (): World => world;

  beforeAll(async () => {
    // The provider warns of being a provider for tests.
    for (const level of ['info', 'warn'] as const) jest.spyOn(console, level).mockReturnValue();
    world = await World.start(executablePath);
  }, 120_000);

  afterAll(() => world.stop(), 60_000);

  describe('signing in, and what roles allow', () => describeRoles(getWorld));

  describe('deleting, and what comes after', () => describeDeletions(getWorld));

  describe('the list', () => describeList(getWorld));
  describe('the audit trail', () => describeAudit(getWorld));
  describe('projects', () => describeProjects(getWorld));
  describe('what is shown is live', () => describeLive(getWorld));
  describe('when something fails', () => describeFailures(getWorld));

  it('none of these pages broke a rule of its Content-Security-Policy, or failed', () => {
    expect(world.complaints.flat()).toEqual([]);
  });
});
