import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity.js';

const pkey = { primaryKeyConstraintName: 'idempotency_keys_pkey' } as const;

/** Who has used which `Idempotency-Key` in which project, and the API key that was made. */
@Entity({ schema: 'key_management', name: 'idempotency_keys' })
@Index('idempotency_keys_by_creation', ['createdAt'])
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'uuid', name: 'project_id', ...pkey })
  projectId!: string;

  @PrimaryColumn({ type: 'text', ...pkey })
  actor!: string;

  /** SHA-256 of the header. */
  @PrimaryColumn({ type: 'bytea', name: 'idempotency_key_hash', ...pkey })
  idempotencyKeyHash!: Buffer;

  /** SHA-256 of what was asked for, however it was written. */
  @Column({ type: 'bytea', name: 'body_hash' })
  bodyHash!: Buffer;

  @Column({ type: 'uuid', name: 'api_key_id' })
  apiKeyId!: string;

  @ManyToOne(() => ApiKeyEntity)
  @JoinColumn({ name: 'api_key_id', foreignKeyConstraintName: 'idempotency_keys_api_key_fkey' })
  apiKey?: Relation<ApiKeyEntity>;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
}
