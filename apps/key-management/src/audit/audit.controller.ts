import {
  EmptyResponse,
  listAuditEvents,
  ListAuditEventsRequest,
  type ListAuditEventsResponse,
  recordAuditEvent,
  RecordAuditEventRequest,
} from '#contracts';
import { Handles } from '#messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { AuditService } from './audit.service.js';

@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Handles(recordAuditEvent)
  async record(@Payload() request: RecordAuditEventRequest): Promise<EmptyResponse> {
    await this.audit.record(request);
    return new EmptyResponse();
  }

  @Handles(listAuditEvents)
  list(@Payload() request: ListAuditEventsRequest): Promise<ListAuditEventsResponse> {
    return this.audit.list(request);
  }
}
