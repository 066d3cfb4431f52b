import { hashKey, keyStart, mintKey } from '#api-key';
import {
  type ApiKey,
  changeApiKeyNote,
  createApiKey,
  deleteApiKey,
  getApiKey,
  listApiKeys,
  type ListApiKeysResponse,
} from '#contracts';
import { MessageBus } from '#messaging';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { Acting, type ActingAdmin } from '../admin-auth/acting-admin.decorator.js';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { type Idempotency, IDEMPOTENCY_KEY_HEADER, Idempotent } from '../http/idempotency-key.js';
import { DELETION_REQUEST, MANAGEMENT_REQUEST, REPEATABLE_REQUEST } from '../http/management-request.js';
import { ProjectParams } from '../projects/projects.dto.js';
import { ApiKeyParams, ApiKeysQuery, ChangeNoteBody, CreateApiKeyBody } from './api-keys.dto.js';

/** The only answer that ever has the key in it. */
interface CreatedApiKey extends ApiKey {
  /** Shown this once: nobody can give it back. @schema {"pattern": "^tlx_[0-9A-Za-z]{49}$"} */
  key: string;
}

@Controller('v1/projects/:projectId/api-keys')
export class ApiKeysController {
  constructor(private readonly bus: MessageBus) {}

  /**
   * The key is made here and handed to the caller; behind the gateway there is only its hash. By that key-management knows
   * a request that arrives again, so a lost answer is asked for again.
   */
  @Post()
  @Allow('project-admin')
  @Header('Cache-Control', 'no-store')
  @Operation('createApiKey', {
    summary: 'Creates an API key',
    problems: [
      'project_not_found',
      'api_key_not_found',
      'already_replaced',
      'limit_reached',
      'idempotency_key_reused',
      'idempotency_key_mismatch',
    ],
    requestHeaders: IDEMPOTENCY_KEY_HEADER,
    example: { note: 'GitHub Actions deploy', expiresAt: null },
  })
  async create(
    @Param() params: ProjectParams,
    @Body() body: CreateApiKeyBody,
    @Acting() admin: ActingAdmin,
    @Idempotent() idempotency: Idempotency,
  ): Promise<CreatedApiKey> {
    const key = mintKey();
    const secrets = { keyHash: hashKey(key), keyStart: keyStart(key) };
    const request = { ...params, ...body, ...admin, ...idempotency, ...secrets };
    const apiKey = await this.bus.request(createApiKey, request, REPEATABLE_REQUEST);
    return { ...apiKey, key };
  }

  @Get()
  @Allow('project-viewer')
  @Operation('listApiKeys', {
    summary: 'Lists the API keys of a project',
    problems: ['project_not_found'],
  })
  list(@Param() params: ProjectParams, @Query() query: ApiKeysQuery): Promise<ListApiKeysResponse> {
    return this.bus.request(listApiKeys, { ...params, ...query }, MANAGEMENT_REQUEST);
  }

  @Get(':keyId')
  @Allow('project-viewer')
  @Operation('getApiKey', { summary: 'Reads an API key', problems: ['api_key_not_found'] })
  get(@Param() params: ApiKeyParams): Promise<ApiKey> {
    return this.bus.request(getApiKey, params, MANAGEMENT_REQUEST);
  }

  @Patch(':keyId')
  @Allow('project-admin')
  @Operation('changeApiKeyNote', {
    summary: 'Changes the note of an API key',
    description: 'Nothing else of a key can change.',
    problems: ['api_key_not_found'],
    example: { note: 'GitHub Actions deploy, EU' },
  })
  changeNote(
    @Param() params: ApiKeyParams,
    @Body() body: ChangeNoteBody,
    @Acting() admin: ActingAdmin,
  ): Promise<ApiKey> {
    return this.bus.request(changeApiKeyNote, { ...params, ...body, ...admin }, MANAGEMENT_REQUEST);
  }

  @Delete(':keyId')
  @Allow('project-admin')
  @HttpCode(204)
  @Operation('deleteApiKey', {
    summary: 'Deletes an API key, immediately and for ever',
    description:
      'Answered when no verification that starts later can succeed: after about 10 ms; after about 11.5 s while Redis is out of reach. After 503 repeat it: 404 then means that it is done.',
    problems: ['api_key_not_found'],
  })
  async delete(@Param() params: ApiKeyParams, @Acting() admin: ActingAdmin): Promise<void> {
    await this.bus.request(deleteApiKey, { ...params, ...admin }, DELETION_REQUEST);
  }
}
