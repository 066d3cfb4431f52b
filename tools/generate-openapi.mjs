// Writes docs/openapi.json from the gateway, which has to be built: routes and rules come from its classes, types and
// comments from their source. And from that, the types of the console's client. With --check it writes nothing and fails
// when a file is not current.
import 'reflect-metadata';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { openApiDocument } from './openapi/document.mjs';
import { TypeSchemas } from './openapi/type-schemas.mjs';
import { repositoryDirectory } from './stack/paths.mjs';

const { version } = JSON.parse(readFileSync(join(repositoryDirectory, 'package.json'), 'utf8'));

const gateway = {
  module: (await built('gateway.module.js')).GatewayModule,
  operationKey: (await built('api-reference/operation.decorator.js')).OPERATION,
  plainOperations: (await built('api-reference/plain-operations.js')).PLAIN_OPERATIONS,
  problems: (await built('http/problem.js')).PROBLEMS,
};
const document = `${JSON.stringify(openApiDocument(gateway, new TypeSchemas(), version), null, 2)}\n`;
const texts = {
  'docs/openapi.json': document,
  'apps/console/src/api/schema.d.ts': COMMENT_HEADER + astToString(await openapiTS(document)),
};

for (const [file, text] of Object.entries(texts)) {
  const path = join(repositoryDirectory, file);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${file} is not current: npm run build && npm run generate`);
    process.exitCode = 1;
  }
}

/** Not for the type checker, which looks at the sources. @param {string} path */
function built(path) {
  return import(`../dist/apps/gateway/src/${path}`);
}
