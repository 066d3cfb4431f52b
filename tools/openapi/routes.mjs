// What only the built controllers know: the routes, as Nest's decorators keep them.
import { RequestMethod } from '@nestjs/common';

/** @typedef {new (...args: never[]) => object} Class */
/** @typedef {import('../../apps/gateway/src/api-reference/operation.decorator.js').OperationDescription} Description */
/**
 * @typedef {object} Route
 * @property {Class} controller
 * @property {string} handler
 * @property {string} method  in lower case
 * @property {string} path    as OpenAPI writes it
 * @property {number} status  of its success
 * @property {Record<string, string>} headers  that its success always has
 * @property {Partial<Record<'body' | 'query' | 'params', new () => object>>} inputs
 * @property {import('../../apps/gateway/src/admin-auth/policy.js').Policy} policy
 * @property {Description & { id: string }} operation
 */

/** Nest's numbers of what a parameter of a handler is. @type {Record<string, 'body' | 'query' | 'params'>} */
const INPUTS = { 3: 'body', 4: 'query', 5: 'params' };

/** @param {Class} module @param {string} operationKey @returns {Route[]} */
export function routesOf(module, operationKey) {
  /** @type {Class[]} */
  const imports = Reflect.getMetadata('imports', module) ?? [];
  /** @type {Class[]} */
  const controllers = Reflect.getMetadata('controllers', module) ?? [];
  return [
    ...controllers.flatMap((controller) => routesOfController(controller, operationKey)),
    ...imports.flatMap((imported) => routesOf(imported, operationKey)),
  ];
}

/** @param {Class} controller @param {string} operationKey */
function routesOfController(controller, operationKey) {
  const prefix = String(Reflect.getMetadata('path', controller));
  const handlers = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
  return handlers.flatMap((handler) => {
    const method = Reflect.get(controller.prototype, handler);
    const path = Reflect.getMetadata('path', method);
    if (path === undefined) return [];
    const operation = Reflect.getMetadata(operationKey, method);
    if (operation === undefined) throw new Error(`${controller.name}.${handler} needs an @Operation`);
    const verb = RequestMethod[Reflect.getMetadata('method', method)]?.toLowerCase() ?? '';
    /** @type {{ name: string, value: string }[]} */
    const headers = Reflect.getMetadata('__headers__', method) ?? [];
    return {
      controller,
      handler,
      method: verb,
      path: pathOf(prefix, path),
      status:
        operation.status ?? Reflect.getMetadata('__httpCode__', method) ?? (verb === 'post' ? 201 : 200),
      headers: Object.fromEntries(
        headers.filter(({ name }) => !/^content-type$/i.test(name)).map(({ name, value }) => [name, value]),
      ),
      inputs: inputsOf(controller, handler),
      policy: Reflect.getMetadata('__fastify_route_config__', method)?.policy,
      operation,
    };
  });
}

/** @param {Class} controller @param {string} handler */
function inputsOf(controller, handler) {
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype, handler) ?? [];
  /** @type {Record<string, { index: number, data?: unknown }>} */
  const parameters = Reflect.getMetadata('__routeArguments__', controller, handler) ?? {};
  const inputs = Object.entries(parameters).flatMap(([key, { index, data }]) => {
    const input = INPUTS[key.split(':')[0] ?? ''];
    if (input === undefined) return [];
    if (data !== undefined)
      throw new Error(`${controller.name}.${handler} takes a part of its ${input}: take a class`);
    return [[input, types[index]]];
  });
  return Object.fromEntries(inputs);
}

/** @param {string} prefix @param {string} path */
function pathOf(prefix, path) {
  const segments = `${prefix}/${path}`.split('/').filter((segment) => segment !== '');
  return `/${segments.map((segment) => segment.replace(/^:(.*)$/, '{$1}')).join('/')}`;
}
