import { DataSource } from 'typeorm';
import { CreateKeyManagement1763800000000 } from '../migrations/1763800000000-create-key-management.js';
import { CompleteAuditTrail1764020000000 } from '../migrations/1764020000000-complete-audit-trail.js';
import { IndexApiKeysOfAllProjects1764020010000 } from '../migrations/1764020010000-index-api-keys-of-all-projects.js';
import { RememberIdempotencyKeys1764020020000 } from '../migrations/1764020020000-remember-idempotency-keys.js';
import { CreateFirstProject1764020030000 } from '../migrations/1764020030000-create-first-project.js';
import { PublishCreation1764030000000 } from '../migrations/1764030000000-publish-creation.js';
import { CreateNotifications1764031000000 } from '../migrations/1764031000000-create-notifications.js';
import { PublishEntryLifetime1764040000000 } from '../migrations/1764040000000-publish-entry-lifetime.js';
import { IndexAuditEventsOfTarget1764041000000 } from '../migrations/1764041000000-index-audit-events-of-target.js';
import { entities } from './entities.js';

/** For migrations only, as the owner of the schema. The service itself connects as a role that owns nothing. */
export const dataSource = new DataSource({
  type: 'postgres',
  ...(process.env['DATABASE_URL'] === undefined ? {} : { url: process.env['DATABASE_URL'] }),
  schema: 'key_management',
  entities,
  migrations: [
    CreateKeyManagement1763800000000,
    CompleteAuditTrail1764020000000,
    IndexApiKeysOfAllProjects1764020010000,
    RememberIdempotencyKeys1764020020000,
    CreateFirstProject1764020030000,
    PublishCreation1764030000000,
    CreateNotifications1764031000000,
    PublishEntryLifetime1764040000000,
    IndexAuditEventsOfTarget1764041000000,
  ],
  migrationsTableName: 'migrations',
  migrationsTransactionMode: 'all',
  installExtensions: false,
});
