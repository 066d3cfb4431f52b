import { DatabaseModule } from '#database';
import { KeyFence } from '#key-fence';
import { Module } from '@nestjs/common';
import { ApiKeyCreation } from './api-keys/api-key-creation.js';
import { ApiKeyDeletion } from './api-keys/api-key-deletion.js';
import { ApiKeyLists } from './api-keys/api-key-lists.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { EntryLifetime } from './api-keys/entry-lifetime.js';
import { DeletedApiKeysService } from './api-keys/deleted-api-keys.service.js';
import { FenceMode } from './api-keys/fence-mode.js';
import { DeletionSweeper } from './api-keys/deletion-sweeper.js';
import { IdempotencyKeys } from './api-keys/idempotency-keys.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditService } from './audit/audit.service.js';
import { entities } from './entities.js';
import { KeyManagementConfig } from './key-management.config.js';
import { ApiKeyGauge } from './notifications/api-key-gauge.js';
import { NotificationsService } from './notifications/notifications.service.js';
import { WebhookSender } from './notifications/webhook-sender.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ProjectsService } from './projects/projects.service.js';

@Module({
  imports: [
    DatabaseModule.register({ config: KeyManagementConfig, applicationName: 'key-management', entities }),
  ],
  controllers: [ProjectsController, ApiKeysController, AuditController],
  providers: [
    { provide: KeyFence, useFactory: createFence, inject: [KeyManagementConfig] },
    ProjectsService,
    ApiKeysService,
    ApiKeyCreation,
    ApiKeyLists,
    IdempotencyKeys,
    ApiKeyDeletion,
    DeletionSweeper,
    DeletedApiKeysService,
    ApiKeyGauge,
    WebhookSender,
    NotificationsService,
    EntryLifetime,
    FenceMode,
    AuditService,
  ],
})
export class KeyManagementModule {}

/** A Redis that answers is no condition for being ready: without it deletions take longer, and are as right. */
function createFence(config: KeyManagementConfig): KeyFence {
  return new KeyFence({
    redisUrl: config.REDIS_URL,
    connectionName: 'key-management',
    budgetMs: config.FENCE_TIMEOUT_MS,
    fillTokenLifetimeMs: config.FILL_TOKEN_LIFETIME_MS,
  });
}
