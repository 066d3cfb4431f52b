import {
  listAuditEvents,
  type ListAuditEventsRequest,
  type ListAuditEventsResponse,
  MAX_PAGE_ITEMS,
} from '#contracts';
import { MessageBus } from '#messaging';
import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { MayView, type Visible } from '../admin-auth/acting-admin.decorator.js';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { AuditEventsQuery, AuditExportQuery } from './audit-events.dto.js';

const JSON_LINES = 'application/x-ndjson';

@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(private readonly bus: MessageBus) {}

  @Get()
  @Allow('viewer')
  @Operation('listAuditEvents', {
    summary: 'Lists audit events, newest first',
    description:
      'Who did what, when and from where. Sign-ins and most denials belong to no project; denials of one kind are summed up.',
  })
  list(@Query() query: AuditEventsQuery, @MayView() visible: Visible): Promise<ListAuditEventsResponse> {
    return this.page({ ...query, ...visible });
  }

  /**
   * All of them as lines of JSON, newest first, page by page as fast as they are taken: neither side ever has more than a
   * few pages in memory. When a later page cannot be read, the connection is cut, so that no part is taken for the whole.
   */
  @Get('export')
  @Allow('viewer')
  @Operation('exportAuditEvents', {
    summary: 'Exports audit events as JSON lines',
    description:
      'All of them, newest first, each an `AuditEvent` on a line of its own. The connection is cut when they cannot all be read.',
    mediaType: JSON_LINES,
    answerHeaders: {
      'Content-Disposition': {
        description: 'A name for the file.',
        required: true,
        schema: { type: 'string' },
      },
    },
  })
  @Header('Cache-Control', 'no-store')
  async export(@Query() query: AuditExportQuery, @MayView() visible: Visible): Promise<StreamableFile> {
    const filters = { ...query, ...visible };
    // Before the head of the answer goes out: what is wrong from the beginning is a problem with a status.
    const first = await this.page({ ...filters, limit: MAX_PAGE_ITEMS });
    return new StreamableFile(Readable.from(this.lines(first, filters)), {
      type: `${JSON_LINES}; charset=utf-8`,
      disposition: 'attachment; filename="audit-events.jsonl"',
    });
  }

  private async *lines(
    first: ListAuditEventsResponse,
    filters: AuditExportQuery & Visible,
  ): AsyncGenerator<string> {
    for (let page = first; ;) {
      yield page.data.map((event) => `${JSON.stringify(event)}\n`).join('');
      if (page.nextCursor === null) return;
      page = await this.page({ ...filters, limit: MAX_PAGE_ITEMS, cursor: page.nextCursor });
    }
  }

  private page(request: ListAuditEventsRequest): Promise<ListAuditEventsResponse> {
    return this.bus.request(listAuditEvents, request, { ...MANAGEMENT_REQUEST, attempts: 2 });
  }
}
