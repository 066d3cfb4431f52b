import { type ApiKeyUsage, getApiKeyUsage } from '#contracts';
import { MessageBus } from '#messaging';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { ApiKeyParams } from '../api-keys/api-keys.dto.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { UsageQuery } from './usage.dto.js';

@Controller('v1/projects/:projectId/api-keys/:keyId/usage')
export class UsageController {
  constructor(private readonly bus: MessageBus) {}

  @Get()
  @Allow('project-viewer')
  @Operation('getApiKeyUsage', {
    summary: 'Reads how an API key was used, by day and by hour',
    description:
      'Days and hours are those of UTC and follow each other without a hole; what is no longer kept is left out. The range may have 400 days.',
    problems: ['api_key_not_found'],
  })
  get(@Param() params: ApiKeyParams, @Query() query: UsageQuery): Promise<ApiKeyUsage> {
    return this.bus.request(getApiKeyUsage, { ...params, ...query }, MANAGEMENT_REQUEST);
  }
}
