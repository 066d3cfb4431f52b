import { listDeletedApiKeys, type ListDeletedApiKeysResponse } from '#contracts';
import { MessageBus } from '#messaging';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { PageQuery } from '../http/list.query.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { ProjectParams } from '../projects/projects.dto.js';

/** The radar: whom a deletion has broken. */
@Controller('v1/projects/:projectId/deleted-api-keys')
export class DeletedApiKeysController {
  constructor(private readonly bus: MessageBus) {}

  @Get()
  @Allow('project-viewer')
  @Operation('listDeletedApiKeys', {
    summary: 'Lists the API keys that were deleted in the last 90 days, and who still calls with them',
    description: 'The latest deletion first. A refused call is there about a second later.',
    problems: ['project_not_found'],
  })
  list(@Param() params: ProjectParams, @Query() query: PageQuery): Promise<ListDeletedApiKeysResponse> {
    return this.bus.request(listDeletedApiKeys, { ...params, ...query }, MANAGEMENT_REQUEST);
  }
}
