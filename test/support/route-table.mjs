// Prints the routes that Fastify has been given by the gateway as it is built, with their policies: [{method, url, policy}].
// Its environment is that of a gateway.
import 'reflect-metadata';

const { loadConfig } = await built('libs/config/src/index.js');
const { createLogger, Readiness } = await built('libs/observability/src/index.js');
const { createService } = await built('libs/messaging/src/index.js');
const { GatewayConfig } = await built('apps/gateway/src/gateway.config.js');
const { GatewayModule } = await built('apps/gateway/src/gateway.module.js');
const { httpDoor } = await built('apps/gateway/src/http/http-door.js');
const { RouteTable } = await built('apps/gateway/src/http/route-table.js');

const service = await createService(
  { name: 'gateway', config: GatewayConfig, module: GatewayModule, http: httpDoor },
  {
    config: loadConfig(GatewayConfig),
    logger: createLogger('gateway', { LOG_LEVEL: 'silent', LOG_FORMAT: 'json' }),
    readiness: new Readiness(),
  },
);
// Plugins register theirs last.
await service.app.getHttpAdapter().getInstance().ready();
console.log(JSON.stringify(service.app.get(RouteTable).all));
process.exit();

/** Not for the type checker, which looks at the sources. @param {string} path */
function built(path) {
  return import(`../../dist/${path}`);
}
