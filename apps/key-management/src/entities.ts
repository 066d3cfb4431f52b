import { ApiKeyRefusalsView } from './api-keys/api-key-refusals.view.js';
import {
  ApiKeyUsageView,
  ApiKeyUseCountsView,
  UsageCompletenessView,
} from './api-keys/api-key-usage.view.js';
import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { IdempotencyKeyEntity } from './api-keys/idempotency-key.entity.js';
import { AuditEventEntity } from './audit/audit-event.entity.js';
import { ProjectEntity } from './projects/project.entity.js';

export const entities = [
  ProjectEntity,
  ApiKeyEntity,
  IdempotencyKeyEntity,
  AuditEventEntity,
  ApiKeyUsageView,
  ApiKeyUseCountsView,
  ApiKeyRefusalsView,
  UsageCompletenessView,
];
