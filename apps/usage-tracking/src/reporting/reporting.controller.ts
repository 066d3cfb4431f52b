import { type ApiKeyUsage, getApiKeyUsage, GetApiKeyUsageRequest } from '#contracts';
import { Handles } from '#messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ReportingService } from './reporting.service.js';

@Controller()
export class ReportingController {
  constructor(private readonly reporting: ReportingService) {}

  @Handles(getApiKeyUsage)
  get(@Payload() request: GetApiKeyUsageRequest): Promise<ApiKeyUsage> {
    return this.reporting.get(request);
  }
}
