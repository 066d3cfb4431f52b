// Writes docs/openapi.json from the gateway, which has to be built: routes and rules come from its classes, types and
// comments from their source. With --check it writes nothing and fails when the file is not current.
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from './openapi/document.mjs';
import { TypeSchemas } from './openapi/type-schemas.mjs';

const file = new URL('../docs/openapi.json', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const gateway = {
  module: (await built('gateway.module.js')).GatewayModule,
  operationKey: (await built('api-reference/operation.decorator.js')).OPERATION,
  plainOperations: (await built('api-reference/plain-operations.js')).PLAIN_OPERATIONS,
  problems: (await built('http/problem.js')).PROBLEMS,
};
const text = `${JSON.stringify(openApiDocument(gateway, new TypeSchemas(), version), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/openapi.json is not current: npm run build && npm run generate');
  process.exitCode = 1;
}

/** Not for the type checker, which looks at the sources. @param {string} path */
function built(path) {
  return import(`../dist/apps/gateway/src/${path}`);
}
