import type { AuditAction } from '#contracts';
import { requestContext } from '#observability';
import { v7 as uuidv7 } from 'uuid';
import type { EntityManager } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity.js';

interface Acting {
  actor: string;
  sourceAddress: string | null;
}

interface AuditedChange {
  by: Acting;
  action: AuditAction;
  projectId: string;
  targetId: string;
  /** What people recognize the target by, and what has become of it. */
  detail: string;
}

/** Writes down who changed what, in the transaction of the change itself: there is never the one without the other. */
export async function recordChange(manager: EntityManager, { by, ...change }: AuditedChange): Promise<void> {
  await record(manager, by, change);
}

/** @param key undefined when there is none that the asker may see */
export async function recordLookup(
  manager: EntityManager,
  by: Acting,
  key: { id: string; projectId: string; detail: string } | undefined,
): Promise<void> {
  const found = { projectId: key?.projectId ?? null, targetId: key?.id ?? null };
  await record(manager, by, { action: 'api-key.looked-up', ...found, detail: key?.detail ?? 'not found' });
}

async function record(
  manager: EntityManager,
  { actor, sourceAddress }: Acting,
  event: Pick<AuditEventEntity, 'action' | 'projectId' | 'targetId' | 'detail'>,
): Promise<void> {
  await manager.insert(AuditEventEntity, {
    id: uuidv7(),
    occurredAt: new Date(),
    actor,
    sourceAddress,
    requestId: requestContext.getStore()?.requestId ?? null,
    ...event,
  });
}
