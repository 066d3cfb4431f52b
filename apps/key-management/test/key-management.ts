import { hashKey, keyStart, mintKey } from '#api-key';
import { type ApiKey, type CreateApiKeyRequest, DomainError } from '#contracts';
import { loadConfig } from '#config';
import { Readiness } from '#observability';
import { Global, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { ApiKeyCreation } from '../src/api-keys/api-key-creation.js';
import { KeyManagementConfig } from '../src/key-management.config.js';
import { KeyManagementModule } from '../src/key-management.module.js';
import { ProjectsService } from '../src/projects/projects.service.js';

/** Nobody listens there: for what needs no Redis. */
export const NO_REDIS = 'redis://127.0.0.1:1';

export const BY = { actor: 'admin-token', sourceAddress: '127.0.0.1' };

/** The service without its door to the bus. */
export async function startKeyManagement(env: Record<string, string>): Promise<INestApplicationContext> {
  const config = loadConfig(KeyManagementConfig, env);

  @Global()
  @Module({
    providers: [
      { provide: KeyManagementConfig, useValue: config },
      { provide: Readiness, useValue: new Readiness() },
    ],
    exports: [KeyManagementConfig, Readiness],
  })
  class Surroundings {}

  @Module({ imports: [Surroundings, KeyManagementModule] })
  class Root {}

  return NestFactory.createApplicationContext(Root, { logger: ['error', 'fatal'], abortOnError: false });
}

export async function createProject(
  app: INestApplicationContext,
  name = `Project ${randomUUID()}`,
): Promise<string> {
  const { id } = await app.get(ProjectsService).create({ name, ...BY });
  return id;
}

export interface CreatedKey extends ApiKey {
  keyHash: string;
}

export async function createKey(
  app: INestApplicationContext,
  projectId: string,
  options: Partial<CreateApiKeyRequest> = {},
): Promise<CreatedKey> {
  const key = mintKey();
  const keyHash = hashKey(key);
  const request = { projectId, keyHash, keyStart: keyStart(key), ...BY, ...options };
  return { ...(await app.get(ApiKeyCreation).create(request)), keyHash };
}

/** The code that it fails with. */
export const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  );
