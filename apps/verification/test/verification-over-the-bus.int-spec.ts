import { type DomainError, verifyApiKeys } from '#contracts';
import { createService, MessageBus, type ServiceDefinition } from '#messaging';
import { ServiceConfig } from '#config';
import { createLogger, Readiness } from '#observability';
import { Module } from '@nestjs/common';
import { loadCredentials, startNats } from '../../../tools/stack/servers.mjs';
import { eventually } from '../../../test/support/eventually.js';
import { VerificationConfig } from '../src/verification.config.js';
import { VerificationModule } from '../src/verification.module.js';
import { newHash, PlatformForTests } from './platform-for-tests.js';

interface Running {
  service: Awaited<ReturnType<typeof createService>>;
  readiness: Readiness;
}

class CallerConfig extends ServiceConfig {
  OPERATIONS_PORT = 0;
}

@Module({})
class CallerModule {}

let platform: PlatformForTests;
let nats: Awaited<ReturnType<typeof startNats>>;
let running: Running[];
let readiness: Readiness;
let bus: MessageBus;

async function start<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  config: C,
  password: string,
): Promise<Running> {
  Object.assign(config, {
    LOG_LEVEL: 'silent',
    NATS_URL: `nats://127.0.0.1:${String(nats.port)}`,
    NATS_USER: definition.name,
    NATS_PASSWORD: password,
  });
  const logger = createLogger(definition.name, config);
  const readiness = new Readiness();
  const service = await createService(definition, { config, logger, readiness });
  running.push({ service, readiness });
  await service.open();
  readiness.started();
  return { service, readiness };
}

beforeAll(async () => {
  platform = await PlatformForTests.start();
  nats = await startNats({ dir: platform.directory });
  running = [];
  const { natsGatewayPassword, natsVerificationPassword } = loadCredentials(platform.directory);
  const gateway = await start(
    { name: 'gateway', config: CallerConfig, module: CallerModule },
    new CallerConfig(),
    natsGatewayPassword,
  );
  bus = gateway.service.app.get(MessageBus);
  const verification = await start(
    { name: 'verification', config: VerificationConfig, module: VerificationModule },
    platform.config(),
    natsVerificationPassword,
  );
  readiness = verification.readiness;
}, 60_000);

afterEach(() => platform.heal());

afterAll(async () => {
  for (const { service } of running) await service.close();
  await nats.stop();
  await platform.stop();
});

describe('verification over the bus', () => {
  it('answers for each key of the message', async () => {
    const key = await platform.createKey({ expiresAt: new Date('2031-01-01T00:00:00.000Z') });
    const answer = await bus.request(verifyApiKeys, { keyHashes: [newHash(), key.keyHash] });
    expect(answer).toEqual({
      outcomes: ['UNKNOWN', 'VALID'],
      keyIds: [null, key.keyId],
      projectIds: [null, key.projectId],
      expiresAts: [null, '2031-01-01T00:00:00.000Z'],
    });
  });

  const hash = newHash();
  it.each([
    ['no key hash', []],
    ['one twice', [hash, hash]],
    ['more than 256', Array.from({ length: 257 }, newHash)],
    ['something else', ['tlx_'.padEnd(43, 'x').slice(0, 42)]],
  ])('refuses a message with %s', async (_what, keyHashes) => {
    await expect(bus.request(verifyApiKeys, { keyHashes })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    } satisfies Partial<DomainError>);
  });

  it('answers within the 900 ms of an attempt while both stores are silent', async () => {
    await Promise.all([platform.redis.kill('SIGSTOP'), platform.postgres.kill('SIGSTOP')]);
    for (let i = 0; i < 3; i += 1) {
      const answer = await bus.request(verifyApiKeys, { keyHashes: [newHash()] }, { timeoutMs: 900 });
      expect(answer.outcomes).toEqual(['UNAVAILABLE']);
    }
  });

  it('is ready without Redis, and not without PostgreSQL', async () => {
    await platform.redis.kill('SIGKILL');
    expect(await readiness.missing()).toEqual({});
    await platform.postgres.kill('SIGKILL');
    expect(Object.keys(await readiness.missing())).toEqual(['postgresql']);
    await platform.postgres.start();
    await eventually(async () => {
      expect(await readiness.missing()).toEqual({});
    });
  });
});
