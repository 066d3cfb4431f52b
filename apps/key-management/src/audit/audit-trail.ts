import type { AuditAction } from '#contracts';
import { requestContext } from '#observability';
import { v7 as uuidv7 } from 'uuid';
import type { EntityManager } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity.js';

interface AuditedChange {
  by: { actor: string; sourceAddress: string | null };
  action: AuditAction;
  projectId: string;
  targetId: string;
}

/** Writes down who changed what, in the transaction of the change itself: there is never the one without the other. */
export async function recordChange(
  manager: EntityManager,
  { by, action, projectId, targetId }: AuditedChange,
): Promise<void> {
  await manager.insert(AuditEventEntity, {
    id: uuidv7(),
    occurredAt: new Date(),
    actor: by.actor,
    action,
    projectId,
    targetId,
    requestId: requestContext.getStore()?.requestId ?? null,
    sourceAddress: by.sourceAddress,
  });
}
