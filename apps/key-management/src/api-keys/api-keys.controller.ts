import {
  type ApiKey,
  changeApiKeyNote,
  ChangeApiKeyNoteRequest,
  createApiKey,
  CreateApiKeyRequest,
  deleteApiKey,
  DeleteApiKeyRequest,
  deleteOwnApiKey,
  DeleteOwnApiKeyRequest,
  type DeleteOwnApiKeyResponse,
  EmptyResponse,
  getApiKey,
  GetApiKeyRequest,
  identifyApiKey,
  IdentifyApiKeyRequest,
  type IdentifyApiKeyResponse,
  listAllApiKeys,
  ListAllApiKeysRequest,
  listApiKeys,
  ListApiKeysRequest,
  type ListApiKeysResponse,
  listDeletedApiKeys,
  ListDeletedApiKeysRequest,
  type ListDeletedApiKeysResponse,
  lookupApiKey,
  LookupApiKeyRequest,
  type LookupApiKeyResponse,
} from '#contracts';
import { Handles } from '#messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ApiKeyCreation } from './api-key-creation.js';
import { ApiKeyDeletion } from './api-key-deletion.js';
import { ApiKeyLists } from './api-key-lists.js';
import { ApiKeysService } from './api-keys.service.js';
import { DeletedApiKeysService } from './deleted-api-keys.service.js';

@Controller()
export class ApiKeysController {
  constructor(
    private readonly creation: ApiKeyCreation,
    private readonly apiKeys: ApiKeysService,
    private readonly lists: ApiKeyLists,
    private readonly deletion: ApiKeyDeletion,
    private readonly deletedApiKeys: DeletedApiKeysService,
  ) {}

  @Handles(createApiKey)
  create(@Payload() request: CreateApiKeyRequest): Promise<ApiKey> {
    return this.creation.create(request);
  }

  @Handles(listApiKeys)
  list(@Payload() request: ListApiKeysRequest): Promise<ListApiKeysResponse> {
    return this.lists.ofProject(request);
  }

  @Handles(listAllApiKeys)
  listAll(@Payload() request: ListAllApiKeysRequest): Promise<ListApiKeysResponse> {
    return this.lists.ofAll(request);
  }

  @Handles(listDeletedApiKeys)
  listDeleted(@Payload() request: ListDeletedApiKeysRequest): Promise<ListDeletedApiKeysResponse> {
    return this.deletedApiKeys.list(request);
  }

  @Handles(getApiKey)
  get(@Payload() request: GetApiKeyRequest): Promise<ApiKey> {
    return this.apiKeys.get(request);
  }

  @Handles(lookupApiKey)
  lookup(@Payload() request: LookupApiKeyRequest): Promise<LookupApiKeyResponse> {
    return this.apiKeys.lookup(request);
  }

  @Handles(changeApiKeyNote)
  changeNote(@Payload() request: ChangeApiKeyNoteRequest): Promise<ApiKey> {
    return this.apiKeys.changeNote(request);
  }

  @Handles(identifyApiKey)
  identify(@Payload() request: IdentifyApiKeyRequest): Promise<IdentifyApiKeyResponse> {
    return this.apiKeys.identify(request);
  }

  @Handles(deleteApiKey)
  async delete(@Payload() request: DeleteApiKeyRequest): Promise<EmptyResponse> {
    await this.deletion.delete(request);
    return new EmptyResponse();
  }

  @Handles(deleteOwnApiKey)
  deleteOwn(@Payload() request: DeleteOwnApiKeyRequest): Promise<DeleteOwnApiKeyResponse> {
    return this.deletion.deleteOwn(request);
  }
}
