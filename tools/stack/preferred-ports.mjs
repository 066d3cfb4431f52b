// Where the stack serves when nobody else does. The stores are far from their usual ports, where the servers of
// other projects listen.

/** @type {Record<string, number>} */
const stores = { postgres: 25432, redis: 26380, 'session-redis': 26381, nats: 24222 };
const gateway = 8080;
/** @type {Record<string, number>} */
const operations = { gateway: 9464, 'key-management': 9465, verification: 9466, 'usage-tracking': 9467 };
const operationsStepPerReplica = 10;

/** @param {string} name as `startPlatform` asks for it: a store, `gateway-2` or `gateway-2-operations` */
export function preferredPort(name) {
  const store = stores[name];
  if (store !== undefined) return store;
  const [, service = '', number] = /^(.+)-(\d+)(-operations)?$/.exec(name) ?? [];
  const further = Number(number) - 1;
  if (!name.endsWith('-operations')) return gateway + further;
  return (operations[service] ?? NaN) + further * operationsStepPerReplica;
}
