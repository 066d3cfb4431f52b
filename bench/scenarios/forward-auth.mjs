import { startBaseline } from '../harness/baseline.mjs';
import { createKey, waitForUses } from '../harness/keys.mjs';
import { processesOf } from '../harness/processes.mjs';

/**
 * The path of every call of every caller, all of it: HTTP, NATS, verification, Redis and back, the use recorded.
 *
 * @type {import('./index.mjs').Scenario}
 */
export const forwardAuth = {
  name: 'forward-auth',
  title: '/v1/auth with one hot key, against a bare Fastify route',
  async prepare({ platform, dir }) {
    const { id, key } = await createKey(platform);
    const baseline = await startBaseline('bare-fastify', dir);
    return {
      subject: {
        name: 'gateway',
        url: `${platform.gatewayUrl}/v1/auth`,
        headers: { authorization: `Bearer ${key}` },
        processes: processesOf(platform),
      },
      baseline: {
        name: 'bare Fastify',
        url: baseline.url,
        processes: [{ name: 'bare Fastify', pid: baseline.pid }],
      },
      check: ({ subject: { requests, mostUnderWay } }) =>
        waitForUses(platform, id, { answered: requests, mostUnderWay }),
      stop: () => baseline.stop(),
    };
  },
};
