import { hashKey, keyStart, mintKey } from '#api-key';
import { type ApiKey, createApiKey, deleteApiKey, type Id, type Instant, listApiKeys } from '#contracts';
import { MessageBus } from '#messaging';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Acting, type ActingAdmin } from '../admin-auth/acting-admin.decorator.js';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { GatewayConfig } from '../gateway.config.js';
import { type Idempotency, IDEMPOTENCY_KEY_HEADER, Idempotent } from '../http/idempotency-key.js';
import { DELETION_REQUEST, MANAGEMENT_REQUEST, REPEATABLE_REQUEST } from '../http/management-request.js';
import { Problem } from '../http/problem.js';
import { JSON_API_PREFIX } from './json-api.js';
import {
  CreateApiKeyDocument,
  JsonApiPageQuery,
  OrganizationKeyParams,
  OrganizationParams,
} from './json-api.dto.js';

interface ApiKeyResource {
  type: 'api_keys';
  id: Id;
  attributes: ApiKeyResourceAttributes;
}

interface ApiKeyResourceAttributes {
  note: string | null;
  /** The key start. */
  publicKey: string;
  /** The key start and asterisks: nobody can give the rest back. */
  displaySecretKey: string;
  createdAt: Instant;
  expiresAt: Instant | null;
  lastUsedAt: Instant | null;
}

interface CreatedApiKeyDocument {
  data: ApiKeyResource;
  meta: CreatedApiKeyMeta;
}

/** The only answer that ever has the key in it. */
interface CreatedApiKeyMeta {
  /** Shown this once: nobody can give it back. @schema {"pattern": "^tlx_[0-9A-Za-z]{49}$"} */
  secretKey: string;
}

interface ApiKeysDocument {
  data: ApiKeyResource[];
  links: PageLinks;
}

interface PageLinks {
  /** Path and query of the next page; `null` on the last one. */
  next: string | null;
}

/** Not 404: clients take that for a key that has been deleted already. */
const OTHER_ORGANIZATION = new Problem('invalid_request', {
  detail: 'This gateway serves another organization.',
});

/**
 * The contract of the `traylinx` CLI that is already out there. The same services and the same guarantee as below `/v1`:
 * only the presentation differs.
 */
@Controller(`${JSON_API_PREFIX.slice(1)}/organizations/:organizationId/projects/:projectId/api_keys`)
export class JsonApiController {
  constructor(
    private readonly bus: MessageBus,
    private readonly config: GatewayConfig,
  ) {}

  @Post()
  @Allow('project-admin')
  @Header('Cache-Control', 'no-store')
  @Operation('createApiKeyAsJsonApi', {
    summary: 'Creates an API key',
    description: 'For the `traylinx` CLI. The key is `meta.secretKey`.',
    problems: ['project_not_found', 'limit_reached', 'idempotency_key_reused', 'idempotency_key_mismatch'],
    requestHeaders: IDEMPOTENCY_KEY_HEADER,
    example: { data: { attributes: { note: 'CLI created' } } },
  })
  async create(
    @Param() params: OrganizationParams,
    @Body() { data }: CreateApiKeyDocument,
    @Acting() admin: ActingAdmin,
    @Idempotent() idempotency: Idempotency,
  ): Promise<CreatedApiKeyDocument> {
    const projectId = this.projectOf(params);
    const secretKey = mintKey();
    const secrets = { keyHash: hashKey(secretKey), keyStart: keyStart(secretKey) };
    const request = { projectId, ...data.attributes, ...admin, ...idempotency, ...secrets };
    const apiKey = await this.bus.request(createApiKey, request, REPEATABLE_REQUEST);
    return { data: toResource(apiKey), meta: { secretKey } };
  }

  @Get()
  @Allow('project-viewer')
  @Operation('listApiKeysAsJsonApi', {
    summary: 'Lists the API keys of a project, newest first',
    description: 'For the `traylinx` CLI.',
    problems: ['project_not_found'],
  })
  async list(
    @Param() params: OrganizationParams,
    @Query() query: JsonApiPageQuery,
  ): Promise<ApiKeysDocument> {
    const { 'page[size]': limit, 'page[cursor]': cursor } = query;
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) };
    const request = { projectId: this.projectOf(params), ...page };
    const { data, nextCursor } = await this.bus.request(listApiKeys, request, MANAGEMENT_REQUEST);
    return { data: data.map(toResource), links: { next: nextCursor && nextPage(params, limit, nextCursor) } };
  }

  @Delete(':keyId')
  @Allow('project-admin')
  @HttpCode(204)
  @Operation('deleteApiKeyAsJsonApi', {
    summary: 'Deletes an API key, immediately and for ever',
    description: 'For the `traylinx` CLI. 204 means what it means below `/v1`.',
    problems: ['api_key_not_found'],
  })
  async delete(@Param() params: OrganizationKeyParams, @Acting() admin: ActingAdmin): Promise<void> {
    const request = { projectId: this.projectOf(params), keyId: params.keyId, ...admin };
    await this.bus.request(deleteApiKey, request, DELETION_REQUEST);
  }

  private projectOf({ organizationId, projectId }: OrganizationParams): string {
    const { ORGANIZATION_ID } = this.config;
    if (ORGANIZATION_ID !== undefined && organizationId !== ORGANIZATION_ID) throw OTHER_ORGANIZATION;
    return projectId;
  }
}

function toResource({ id, keyStart: start, note, createdAt, expiresAt, lastUsedAt }: ApiKey): ApiKeyResource {
  return {
    type: 'api_keys',
    id,
    // The CLI cuts what is longer than 20 characters in two.
    attributes: {
      note,
      publicKey: start,
      displaySecretKey: `${start}********`,
      createdAt,
      expiresAt,
      lastUsedAt,
    },
  };
}

function nextPage({ organizationId, projectId }: OrganizationParams, size: number, cursor: string): string {
  const path = `${JSON_API_PREFIX}/organizations/${encodeURIComponent(organizationId)}/projects/${projectId}/api_keys`;
  return `${path}?${new URLSearchParams({ 'page[size]': String(size), 'page[cursor]': cursor }).toString()}`;
}
