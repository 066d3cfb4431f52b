import { listAllApiKeys, type ListApiKeysResponse } from '#contracts';
import { MessageBus } from '#messaging';
import { Controller, Get, Query } from '@nestjs/common';
import { MayView, type Visible } from '../admin-auth/acting-admin.decorator.js';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { ApiKeysQuery } from './api-keys.dto.js';

/** Across projects: for whoever does not know yet where to look. */
@Controller('v1/api-keys')
export class AllApiKeysController {
  constructor(private readonly bus: MessageBus) {}

  @Get()
  @Allow('viewer')
  @Operation('listAllApiKeys', {
    summary: 'Lists the API keys of all projects that one may see',
    description:
      'A search that has looked at 10,000 keys goes on with the next page: a page with few keys, or none, is the last one only when `nextCursor` is null. Sorting by last use is for up to 50,000 keys.',
  })
  list(@Query() query: ApiKeysQuery, @MayView() visible: Visible): Promise<ListApiKeysResponse> {
    return this.bus.request(listAllApiKeys, { ...query, ...visible }, MANAGEMENT_REQUEST);
  }
}
