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
import { ListQuery } from '../http/list.query.js';
import { DELETION_REQUEST, MANAGEMENT_REQUEST } from '../http/management-request.js';
import { ProjectParams } from '../projects/projects.dto.js';
import { ApiKeyParams, ChangeNoteBody, CreateApiKeyBody } from './api-keys.dto.js';

/** The only answer that ever has the key in it. */
interface CreatedApiKey extends ApiKey {
  key: string;
}

@Controller('v1/projects/:projectId/api-keys')
export class ApiKeysController {
  constructor(private readonly bus: MessageBus) {}

  /** The key is made here and handed to the caller; behind the gateway there is only its hash. */
  @Post()
  @Header('Cache-Control', 'no-store')
  async create(
    @Param() params: ProjectParams,
    @Body() body: CreateApiKeyBody,
    @Acting() admin: ActingAdmin,
  ): Promise<CreatedApiKey> {
    const key = mintKey();
    const request = { ...params, ...body, ...admin, keyHash: hashKey(key), keyStart: keyStart(key) };
    const apiKey = await this.bus.request(createApiKey, request, MANAGEMENT_REQUEST);
    return { ...apiKey, key };
  }

  @Get()
  list(@Param() params: ProjectParams, @Query() query: ListQuery): Promise<ListApiKeysResponse> {
    return this.bus.request(listApiKeys, { ...params, ...query }, MANAGEMENT_REQUEST);
  }

  @Get(':keyId')
  get(@Param() params: ApiKeyParams): Promise<ApiKey> {
    return this.bus.request(getApiKey, params, MANAGEMENT_REQUEST);
  }

  @Patch(':keyId')
  changeNote(
    @Param() params: ApiKeyParams,
    @Body() body: ChangeNoteBody,
    @Acting() admin: ActingAdmin,
  ): Promise<ApiKey> {
    return this.bus.request(changeApiKeyNote, { ...params, ...body, ...admin }, MANAGEMENT_REQUEST);
  }

  @Delete(':keyId')
  @HttpCode(204)
  async delete(@Param() params: ApiKeyParams, @Acting() admin: ActingAdmin): Promise<void> {
    await this.bus.request(deleteApiKey, { ...params, ...admin }, DELETION_REQUEST);
  }
}
