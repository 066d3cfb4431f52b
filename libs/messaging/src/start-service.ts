import { ConfigError, loadConfig, type ServiceConfig } from '#config';
import { createLogger, OperationsServer, Readiness } from '#observability';
import { type AssembledService, createService, type ServiceDefinition } from './create-service.js';
import { NatsConnection } from './nats-connection.js';
import { ServiceProcess } from './service-process.js';

/**
 * The one way to start a service: `main.ts` is this call.
 *
 * `/livez` answers from the first moment and `/readyz` names what is missing. NATS, PostgreSQL and Redis may come
 * up in any order, before or after. On SIGTERM or SIGINT the process takes no new work, answers what is in flight,
 * runs `onApplicationShutdown` and exits with 0; with 1 when `SHUTDOWN_GRACE_MS` is over, or the signal comes
 * again. What it cannot recover from, it logs before it exits with 1.
 */
export async function startService<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<void> {
  const config = readConfig(definition);
  const logger = createLogger(definition.name, config);
  const readiness = new Readiness();
  const operations = new OperationsServer(config, readiness);
  let service: AssembledService | undefined;

  const serviceProcess = new ServiceProcess(logger, config.SHUTDOWN_GRACE_MS, async () => {
    readiness.stopping();
    // Still undefined while something it needs is not there: it has taken no work that could get lost.
    await service?.close();
    await operations.stop();
  });

  try {
    await operations.start();
    const assembled = await createService(definition, { config, logger, readiness });
    if (serviceProcess.stopping) return;
    service = assembled;
    void service.app
      .get(NatsConnection)
      .lost()
      .then((error) => {
        serviceProcess.fail(error, 'NATS is lost for good');
      });
    await service.open();
    readiness.started();
    logger.info('Ready');
  } catch (error) {
    // Stopping closes connections under whatever was still starting.
    if (!serviceProcess.stopping) serviceProcess.fail(error, 'Could not start');
  }
}

function readConfig<C extends ServiceConfig>({ name, config }: ServiceDefinition<C>): C {
  try {
    return loadConfig(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // There is no logger without a configuration.
    process.stderr.write(`${name}: ${error.message}\n`);
    return process.exit(1);
  }
}
