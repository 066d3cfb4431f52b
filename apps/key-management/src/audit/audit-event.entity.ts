import type { AuditAction } from '#contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Append-only: the service's role may neither change nor remove a row. */
@Entity({ schema: 'key_management', name: 'audit_events' })
@Index('audit_events_by_time', ['occurredAt', 'id'])
@Index('audit_events_of_project', ['projectId', 'occurredAt', 'id'])
@Index('audit_events_of_target', ['targetId', 'occurredAt', 'id'])
@Index('audit_events_of_actor', ['actor', 'occurredAt', 'id'])
@Index('audit_events_of_action', ['action', 'occurredAt', 'id'])
export class AuditEventEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'audit_events_pkey' })
  id!: string;

  @Column({ type: 'timestamptz', name: 'occurred_at', precision: 3 })
  occurredAt!: Date;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: AuditAction;

  @Column({ type: 'uuid', name: 'project_id', nullable: true })
  projectId!: string | null;

  /** The project or API key that was changed. */
  @Column({ type: 'uuid', name: 'target_id', nullable: true })
  targetId!: string | null;

  @Column({ type: 'text', name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column({ type: 'inet', name: 'source_address', nullable: true })
  sourceAddress!: string | null;

  @Column({ type: 'text', nullable: true })
  detail!: string | null;

  /** How many of the kind this event stands for. */
  @Column({ type: 'integer', default: 1 })
  count!: number;
}
